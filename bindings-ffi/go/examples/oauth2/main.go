// Command oauth2 hands tokens to a library that takes an oauth2.TokenSource.
//
//	API_KEY=... go run ./examples/oauth2
//
// On a laptop IAM_URL is the address of the simulator's IAM.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/oauthsource"
)

func main() {
	options := []trustedprofile.SourceOption{}
	// Only where it is elsewhere, as in tests.
	if endpoint := os.Getenv("IAM_URL"); endpoint != "" {
		options = append(options, trustedprofile.WithEndpoint(endpoint))
	}
	tokens, err := trustedprofile.New(trustedprofile.APIKey(os.Getenv("API_KEY"), options...))
	if err != nil {
		log.Fatal(err)
	}
	defer tokens.Close()
	source := oauthsource.New(context.Background(), tokens)
	token, err := source.Token()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.Type(), token.Valid())
}
