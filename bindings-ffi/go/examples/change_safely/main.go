// Command change_safely makes a VPC, changes it beside somebody else, and takes it away.
//
//	go run ./examples/change_safely
//
// Its tokens are those of the settings VPC_..., or of the kind of compute this is. On a laptop, with the addresses of the
// simulator's VPC API and metadata service: VPC_URL=... VPC_AUTH_TYPE=vpc VPC_AUTH_URL=...
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"

	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/values"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/vpc"
)

// change works with a client that has AlwaysIfMatch: the tag that it last saw goes along with every change of what it has read.
func change(ctx context.Context, client, somebodyElse *vpc.Client, name string) error {
	made, err := client.CreateVPC(ctx, vpc.CreateVPCParams{Body: &vpc.CreateVpcRequest{Name: &name}})
	if err != nil {
		return err
	}
	id := *made.ID
	// A list, or what making it was answered with, says nothing of tags: read what is to be changed.
	if _, err := client.GetVPC(ctx, vpc.GetVPCParams{ID: id}); err != nil {
		return err
	}

	theirs := vpc.UpdateVPCParams{ID: id, Body: vpc.VPCPatch{Name: values.Set(name + "-theirs")}}
	if _, err := somebodyElse.UpdateVPC(ctx, theirs); err != nil {
		return err
	}

	ours := vpc.UpdateVPCParams{ID: id, Body: vpc.VPCPatch{Name: values.Set(name + "-ours")}}
	_, err = client.UpdateVPC(ctx, ours)
	var refused *trustedprofile.Error
	if !errors.As(err, &refused) || refused.Status != http.StatusPreconditionFailed {
		return fmt.Errorf("nobody noticed: %w", err)
	}
	fmt.Println("somebody else was faster")
	// What they made of it has a tag of its own. Look at it, and decide anew.
	if _, err := client.GetVPC(ctx, vpc.GetVPCParams{ID: id}); err != nil {
		return err
	}
	changed, err := client.UpdateVPC(ctx, ours)
	if err != nil {
		return err
	}
	fmt.Println(*changed.Name)
	return client.DeleteVPC(ctx, vpc.DeleteVPCParams{ID: id})
}

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
	options := vpc.Options{Region: "us-south", Endpoint: os.Getenv("VPC_URL")}
	somebodyElse, err := vpc.New(tokens, options)
	if err != nil {
		return err
	}
	options.AlwaysIfMatch = true
	client, err := vpc.New(tokens, options)
	if err != nil {
		return err
	}
	return change(context.Background(), client, somebodyElse, "mine")
}
