// Command first_boot is a service that starts while the instance is still being set up.
//
//	go run ./examples/first_boot
//
// On a laptop METADATA_URL is the address of the simulator's metadata service.
package main

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
	"time"

	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
)

func main() {
	var options []trustedprofile.SourceOption
	// Only where the service is elsewhere, as in tests.
	if endpoint := os.Getenv("METADATA_URL"); endpoint != "" {
		options = append(options, trustedprofile.WithEndpoint(endpoint))
	}
	// Until there was a first token, "not linked" and "unreachable" are tried again, for five minutes.
	patient := trustedprofile.WithPolicy(trustedprofile.Policy{WaitUntilReady: 5 * time.Minute})
	tell := trustedprofile.WithLogger(slog.Default())
	tokens, err := trustedprofile.New(trustedprofile.VPCInstance(options...), patient, tell)
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
