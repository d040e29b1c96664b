// Command ibms is a program with IBM's go-sdk-core.
package main

import (
	"github.com/IBM/go-sdk-core/v5/core"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/benches/measure"
)

func main() {
	measure.Run(func(url string) func() (string, error) {
		authenticator, err := core.NewVpcInstanceAuthenticatorBuilder().SetURL(url).Build()
		if err != nil {
			panic(err)
		}
		return authenticator.GetToken
	})
}
