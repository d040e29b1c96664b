// Command vpc_instance gets a token on a virtual server instance, for a trusted profile that is linked to it.
//
//	go run ./examples/vpc_instance
//
// PROFILE_ID is a profile other than the default one of the instance. On a laptop METADATA_URL is the address of the
// simulator's metadata service.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
)

func main() {
	var options []trustedprofile.SourceOption
	if id := os.Getenv("PROFILE_ID"); id != "" {
		options = append(options, trustedprofile.WithProfileID(id))
	}
	// Only where the service is elsewhere, as in tests.
	if endpoint := os.Getenv("METADATA_URL"); endpoint != "" {
		options = append(options, trustedprofile.WithEndpoint(endpoint))
	}
	tokens, err := trustedprofile.New(trustedprofile.VPCInstance(options...))
	if err != nil {
		log.Fatal(err)
	}
	defer tokens.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	token, err := tokens.Token(ctx)
	if errors.Is(err, trustedprofile.ErrProfileNotLinked) {
		log.Fatal("the profile is not linked to this instance: ", err)
	} else if err != nil {
		log.Fatal(err)
	}
	// token.Authorization() is the header. Printing the token itself shows which one it is, and not its text.
	fmt.Printf("%v, good for %v\n", token, time.Until(token.ExpiresAt()).Round(time.Minute))
}
