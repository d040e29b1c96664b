// Package engine runs the functions of the core: as WebAssembly that is part of the program, or, with the build tag
// trusted_profile_cgo, as the static library of bindings-ffi/c. The names of functions, and what they take and return,
// are those of its header. Addresses, sizes and times are numbers on both ways.
package engine

import "fmt"

// A Failure is a core that failed in the middle of a call. Nobody knows its state, so its Instance is to be closed.
type Failure struct {
	// Function is what was called.
	Function string
	// Err is what the machine below says about it.
	Err error
}

// Error says where, and what the machine below says about it. It holds no secret.
func (f *Failure) Error() string { return fmt.Sprintf("%s: %v", f.Function, f.Err) }

// Unwrap gives what the machine below says about it.
func (f *Failure) Unwrap() error { return f.Err }

// A Call is one use of an instance: it collects what is passed in, and the first failure.
type Call struct {
	*Instance
	// Err is the first failure. Whatever is called after it does nothing and returns 0.
	Err     error
	buffers []buffer
}

type buffer struct{ address, size uint64 }

// outSize is room for an address or a size on any machine.
const outSize = 8

// Begin begins a call. Its End overwrites and frees what was passed in.
func (i *Instance) Begin() *Call {
	call := &Call{Instance: i}
	if i.out == 0 {
		i.out, call.Err = i.allocate(outSize)
	}
	return call
}

// End overwrites and frees what was passed in.
func (c *Call) End() {
	for _, buffer := range c.buffers {
		if c.Err == nil {
			c.release(buffer.address, buffer.size)
		}
	}
	c.buffers = nil
}

// Run calls a function.
func (c *Call) Run(function string, arguments ...uint64) uint64 {
	if c.Err != nil {
		return 0
	}
	result, err := c.run(function, arguments)
	if err != nil {
		c.Err = &Failure{Function: function, Err: err}
		return 0
	}
	return result
}

// Text passes a text in: its address and its length.
func (c *Call) Text(text string) (address, length uint64) { return c.Bytes([]byte(text)) }

// Bytes passes bytes in: their address and their length.
func (c *Call) Bytes(content []byte) (address, length uint64) {
	if len(content) == 0 {
		return 0, 0
	}
	address = c.reserve(uint64(len(content)))
	if c.Err == nil {
		c.write(address, content)
	}
	return address, uint64(len(content))
}

// Out is where a function may leave a handle that it makes.
func (c *Call) Out() uint64 { return c.out }

// Made is the handle that a function left there.
func (c *Call) Made() uint64 {
	if c.Err != nil {
		return 0
	}
	return c.word(c.out)
}

// Read calls a function that returns the address of text or bytes and leaves their length, and copies them.
func (c *Call) Read(function string, arguments ...uint64) []byte {
	address := c.Run(function, append(arguments, c.out)...)
	if c.Err != nil {
		return nil
	}
	return c.read(address, c.word(c.out))
}

func (c *Call) reserve(size uint64) uint64 {
	if c.Err != nil {
		return 0
	}
	address, err := c.allocate(size)
	if err != nil {
		c.Err = &Failure{Function: "tp_alloc", Err: err}
		return 0
	}
	c.buffers = append(c.buffers, buffer{address, size})
	return address
}
