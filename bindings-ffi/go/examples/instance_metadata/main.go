// Command instance_metadata prints what an instance knows about itself.
//
//	go run ./examples/instance_metadata
//
// On a laptop METADATA_URL is the address of the simulator's metadata service.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/metadata"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	var options []trustedprofile.SourceOption
	// Only where the service is elsewhere, as in tests.
	if endpoint := os.Getenv("METADATA_URL"); endpoint != "" {
		options = append(options, trustedprofile.WithEndpoint(endpoint))
	}
	tokens, err := trustedprofile.New(trustedprofile.VPCInstance(options...))
	if err != nil {
		return err
	}
	defer tokens.Close()
	client, err := metadata.New(tokens, metadata.Options{})
	if err != nil {
		return err
	}
	instance, err := client.GetInstance(ctx, metadata.GetInstanceParams{})
	if err != nil {
		return err
	}
	// Whatever a service sends may be missing.
	if instance.Name != nil && instance.Zone != nil && instance.Zone.Name != nil {
		fmt.Println(*instance.Name, "in", *instance.Zone.Name)
	}
	return nil
}
