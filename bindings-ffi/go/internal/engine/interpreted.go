//go:build !trusted_profile_cgo && !race

package engine

import "github.com/tetratelabs/wazero"

// Interpreted: the README of the module has the measurement.
func configuration() wazero.RuntimeConfig { return wazero.NewRuntimeConfigInterpreter() }
