//go:build trusted_profile_cgo

package engine

/*
#cgo LDFLAGS: -ltrusted_profile_sansio -lm -ldl -lpthread
#include "native.h"
*/
import "C"

import (
	"errors"
	"unsafe"
)

// Name says how the core is run.
const Name = "cgo"

var numbers = func() map[string]C.size_t {
	numbers := map[string]C.size_t{}
	for number := C.size_t(0); number < C.tp_go_functions(); number++ {
		numbers[C.GoString(C.tp_go_name(number))] = number
	}
	return numbers
}()

// An Instance is a use of the library, which has no state of its own. It is used by one goroutine at a time.
type Instance struct {
	stack [16]C.uint64_t
	// Where functions leave the length of what they return, and handles that they make.
	out uint64
}

// A Module is a part of the library, which has all of it.
type Module struct{}

// The modules.
var (
	// Tokens has the token machine.
	Tokens Module
	// Operations has the clients of services.
	Operations Module
	// CompiledOperations has the same.
	CompiledOperations Module
)

// New makes an instance.
func (*Module) New() (*Instance, error) { return &Instance{}, nil }

// Close frees what the instance itself holds. Machines are freed by their own function, which overwrites their tokens.
func (i *Instance) Close() {
	if i.out != 0 {
		i.release(i.out, outSize)
		i.out = 0
	}
}

// Live is how many results, handles and pieces of memory the whole program has to free yet. For tests.
func Live() int64 { return int64(C.tp_go_live()) }

func (i *Instance) run(name string, arguments []uint64) (uint64, error) {
	number, ok := numbers[name]
	if !ok {
		return 0, errors.New("the core has no such function")
	}
	for at, argument := range arguments {
		i.stack[at] = C.uint64_t(argument)
	}
	return uint64(C.tp_go_run(number, &i.stack[0])), nil
}

func (i *Instance) allocate(size uint64) (uint64, error) {
	address := uint64(C.tp_go_allocate(C.size_t(size)))
	if address == 0 {
		return 0, errors.New("out of memory")
	}
	return address, nil
}

func (i *Instance) release(address, size uint64) {
	C.tp_go_release(C.uint64_t(address), C.size_t(size))
}

func (i *Instance) write(address uint64, content []byte) {
	C.tp_go_write(C.uint64_t(address), unsafe.Pointer(unsafe.SliceData(content)), C.size_t(len(content)))
}

func (i *Instance) read(address, length uint64) []byte {
	content := make([]byte, length)
	if length > 0 {
		C.tp_go_read(C.uint64_t(address), unsafe.Pointer(unsafe.SliceData(content)), C.size_t(length))
	}
	return content
}

func (i *Instance) word(address uint64) uint64 { return uint64(C.tp_go_word(C.uint64_t(address))) }
