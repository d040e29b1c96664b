// Command vpc_client lists the instances of a region with go-sdk-core, which the clients of IBM's Go SDKs are made of.
//
//	go run ./examples/vpc_client
//
// Its tokens are those of the settings VPC_..., or of the kind of compute this is. On a laptop, with the addresses of the
// simulator's VPC API, without /v1, and metadata service: VPC_ORIGIN=... VPC_AUTH_TYPE=vpc VPC_AUTH_URL=...
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/IBM/go-sdk-core/v5/core"
	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/sdkcore"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	origin := "https://us-south.iaas.cloud.ibm.com"
	// Only where the service is elsewhere, as in tests.
	if elsewhere := os.Getenv("VPC_ORIGIN"); elsewhere != "" {
		origin = elsewhere
	}
	tokens, err := trustedprofile.New(trustedprofile.FromEnvironment("VPC"))
	if err != nil {
		return err
	}
	defer tokens.Close()
	authenticator, err := sdkcore.New(tokens, origin)
	if err != nil {
		return err
	}
	url := origin + "/v1"
	// A client takes it in the same way: vpcv1.NewVpcV1(&vpcv1.VpcV1Options{Authenticator: authenticator, URL: url}).
	service, err := core.NewBaseService(&core.ServiceOptions{Authenticator: authenticator, URL: url})
	if err != nil {
		return err
	}
	builder, err := core.NewRequestBuilder(core.GET).ResolveRequestURL(url, "/instances", nil)
	if err != nil {
		return err
	}
	builder.AddQuery("version", "2026-10-06")
	builder.AddQuery("generation", "2")
	request, err := builder.Build()
	if err != nil {
		return err
	}
	var page struct {
		Instances []struct{ Name, Status string }
	}
	if _, err := service.Request(request, &page); err != nil {
		return err
	}
	for _, instance := range page.Instances {
		fmt.Println(instance.Name, instance.Status)
	}
	return nil
}
