package trustedprofile

import "golang.org/x/sys/windows"

// The codes of Winsock, which those of package syscall are not.
var (
	refusedErrors     = []error{windows.WSAECONNREFUSED}
	unreachableErrors = []error{windows.WSAEHOSTUNREACH, windows.WSAENETUNREACH, windows.WSAEHOSTDOWN, windows.WSAENETDOWN, windows.WSAEADDRNOTAVAIL}
	interruptedErrors = []error{windows.WSAECONNRESET, windows.WSAECONNABORTED, windows.WSAESHUTDOWN}
)
