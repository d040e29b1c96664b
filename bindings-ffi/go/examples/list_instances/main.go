// Command list_instances prints the instances of a region, page by page.
//
//	go run ./examples/list_instances
//
// Its tokens are those of the settings VPC_..., or of the kind of compute this is. On a laptop, with the addresses of the
// simulator's VPC API and metadata service: VPC_URL=... VPC_AUTH_TYPE=vpc VPC_AUTH_URL=...
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/values"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/vpc"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	tokens, err := trustedprofile.New(trustedprofile.FromEnvironment("VPC"))
	if err != nil {
		return err
	}
	defer tokens.Close()
	// An endpoint only where the service is elsewhere, as in tests.
	client, err := vpc.New(tokens, vpc.Options{Region: "us-south", Endpoint: os.Getenv("VPC_URL"), Deadline: time.Minute})
	if err != nil {
		return err
	}
	ctx := context.Background()
	for instance, err := range client.ListInstancesItems(ctx, vpc.ListInstancesParams{Limit: values.Ptr(int64(50))}) {
		if err != nil {
			return err
		}
		// Whatever a service sends may be missing.
		if instance.Name != nil && instance.Status != nil {
			fmt.Println(*instance.Name, *instance.Status)
		}
	}
	return nil
}
