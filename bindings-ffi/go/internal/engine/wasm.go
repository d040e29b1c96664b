//go:build !trusted_profile_cgo

package engine

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed" // the module
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// Name says how the core is run.
const Name = "WebAssembly"

// What scripts/go-wasm.sh builds. Half the size, unpacked in a millisecond or two. The linker leaves out of a program what
// nothing in it refers to, so that the second one is part of those alone that make a client.
var (
	//go:embed core.wasm.gz
	compressedTokens []byte
	//go:embed operations.wasm.gz
	compressedOperations []byte
)

// A Module is a part of the core. It is read once for a whole program: what is shared is code, and no state.
type Module struct {
	compressed *[]byte
	isCompiled bool
	once       sync.Once
	runtime    wazero.Runtime
	compiled   wazero.CompiledModule
	err        error
}

// The modules. They are independent of each other.
var (
	// Tokens has the token machine.
	Tokens = Module{compressed: &compressedTokens}
	// Operations has the clients of services.
	Operations = Module{compressed: &compressedOperations}
	// CompiledOperations has the same, compiled where wazero can: the README of the module has the measurement.
	CompiledOperations = Module{compressed: &compressedOperations, isCompiled: true}
)

func (m *Module) load() error {
	m.once.Do(func() { m.err = m.read() })
	return m.err
}

func (m *Module) read() error {
	reader, err := gzip.NewReader(bytes.NewReader(*m.compressed))
	if err != nil {
		return err
	}
	module, err := io.ReadAll(reader)
	if err != nil {
		return err
	}
	ctx := context.Background()
	configuration := configuration()
	if m.isCompiled {
		configuration = wazero.NewRuntimeConfig()
	}
	m.runtime = wazero.NewRuntimeWithConfig(ctx, configuration.WithDebugInfoEnabled(false))
	m.compiled, err = m.runtime.CompileModule(ctx, module)
	return err
}

// An Instance is the core with a memory of its own. It is used by one goroutine at a time.
type Instance struct {
	module    api.Module
	memory    api.Memory
	functions map[string]api.Function
	stack     [16]uint64
	// Where functions leave the length of what they return, and handles that they make.
	out uint64
}

// New makes an instance.
func (m *Module) New() (*Instance, error) {
	if err := m.load(); err != nil {
		return nil, fmt.Errorf("the core cannot be read: %w", err)
	}
	// Without a name, there can be any number of them.
	module, err := m.runtime.InstantiateModule(context.Background(), m.compiled, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return nil, fmt.Errorf("the core cannot begin: %w", err)
	}
	return &Instance{module: module, memory: module.Memory(), functions: map[string]api.Function{}}, nil
}

// Close overwrites its memory and ends it. It cannot be used afterwards.
func (i *Instance) Close() {
	if content, ok := i.memory.Read(0, i.memory.Size()); ok {
		clear(content)
	}
	// Nothing of it is left that could fail to close.
	_ = i.module.Close(context.Background())
}

func (i *Instance) run(name string, arguments []uint64) (uint64, error) {
	function, ok := i.functions[name]
	if !ok {
		if function = i.module.ExportedFunction(name); function == nil {
			return 0, errors.New("the core has no such function")
		}
		i.functions[name] = function
	}
	copy(i.stack[:], arguments)
	if err := function.CallWithStack(context.Background(), i.stack[:]); err != nil {
		return 0, err
	}
	return i.stack[0], nil
}

func (i *Instance) allocate(size uint64) (uint64, error) {
	address, err := i.run("tp_alloc", []uint64{size})
	if err == nil && address == 0 {
		err = errors.New("out of memory")
	}
	return address, err
}

func (i *Instance) release(address, size uint64) {
	_, _ = i.run("tp_dealloc", []uint64{address, size})
}

func (i *Instance) write(address uint64, content []byte) {
	i.memory.Write(uint32(address), content)
}

func (i *Instance) read(address, length uint64) []byte {
	content, ok := i.memory.Read(uint32(address), uint32(length))
	if !ok {
		return nil
	}
	return bytes.Clone(content)
}

func (i *Instance) word(address uint64) uint64 {
	word, _ := i.memory.ReadUint32Le(uint32(address))
	return uint64(word)
}
