// Command external gets its tokens from a callback: anything that knows a token and how long it lives.
//
//	go run ./examples/external
//
// It takes nothing: the token is its own.
package main

import (
	"context"
	"fmt"
	"log"
	"time"

	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
)

func main() {
	fetch := func(ctx context.Context) (trustedprofile.ExternalToken, error) {
		// Ask a vault here, with ctx.
		return trustedprofile.ExternalToken{AccessToken: "a-token-of-the-vault", ExpiresIn: time.Hour}, nil
	}
	tokens, err := trustedprofile.New(trustedprofile.External(fetch), trustedprofile.WithOnEvent(func(event trustedprofile.Event) {
		fmt.Println("event:", event.Kind, event.Life)
	}))
	if err != nil {
		log.Fatal(err)
	}
	defer tokens.Close()
	token, err := tokens.Token(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token)
}
