//go:build !trusted_profile_cgo && race

package engine

import "github.com/tetratelabs/wazero"

// The race detector would slow the interpreter down to a tenth, and with it whatever is tested. It does not concern
// what wazero compiles, which is one goroutine's anyway.
func configuration() wazero.RuntimeConfig { return wazero.NewRuntimeConfig() }
