// Command bare_metal gets a token on a bare metal server, for a trusted profile that is linked to it.
//
//	PROFILE_ID=Profile-... go run ./examples/bare_metal
//
// On a laptop METADATA_URL is the address of the simulator's metadata service.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
)

func main() {
	options := []trustedprofile.SourceOption{trustedprofile.WithProfileID(os.Getenv("PROFILE_ID"))}
	// Only where the service is elsewhere, as in tests.
	if endpoint := os.Getenv("METADATA_URL"); endpoint != "" {
		options = append(options, trustedprofile.WithEndpoint(endpoint))
	}
	tokens, err := trustedprofile.New(trustedprofile.BareMetal(options...))
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
