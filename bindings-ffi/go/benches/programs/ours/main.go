// Command ours is a program with this module.
package main

import (
	"context"

	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/benches/measure"
)

func main() {
	ctx := context.Background()
	measure.Run(func(url string) func() (string, error) {
		tokens, err := trustedprofile.New(trustedprofile.VPCInstance(trustedprofile.WithEndpoint(url)))
		if err != nil {
			panic(err)
		}
		return func() (string, error) {
			token, err := tokens.Token(ctx)
			if err != nil {
				return "", err
			}
			return token.Value(), nil
		}
	})
}
