module github.com/trusted-profile/trusted-profile/bindings-ffi/go

go 1.25.0

require (
	github.com/tetratelabs/wazero v1.12.0
	golang.org/x/oauth2 v0.36.0
	golang.org/x/sys v0.44.0
)
