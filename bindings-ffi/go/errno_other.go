//go:build !windows

package trustedprofile

import "syscall"

var (
	refusedErrors     = []error{syscall.ECONNREFUSED}
	unreachableErrors = []error{syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.EHOSTDOWN, syscall.ENETDOWN, syscall.EADDRNOTAVAIL}
	interruptedErrors = []error{syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE}
)
