package vpc_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/values"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/vpc"
)

func Example() {
	tokens, err := trustedprofile.New(trustedprofile.VPCInstance())
	if err != nil {
		log.Fatal(err)
	}
	defer tokens.Close()
	client, err := vpc.New(tokens, vpc.Options{Region: "us-south"})
	if err != nil {
		log.Fatal(err)
	}
	for instance, err := range client.ListInstancesItems(context.Background(), vpc.ListInstancesParams{}) {
		if err != nil {
			log.Fatal(err)
		}
		if instance.Status != nil && *instance.Status == vpc.InstanceStatusRunning {
			fmt.Println(*instance.ID)
		}
	}
}

// A patch says what to set, and what to remove; the entity tag of what was read goes along by itself.
func ExampleClient_UpdateVPC() {
	update := func(ctx context.Context, client *vpc.Client, id string) error {
		patch := vpc.VPCPatch{Name: values.Set("other"), DNS: values.Null[vpc.VPCDNSPatch]()}
		_, err := client.UpdateVPC(ctx, vpc.UpdateVPCParams{ID: id, Body: patch})
		var refused *trustedprofile.Error
		if errors.As(err, &refused) && refused.Status == 412 {
			return errors.New("somebody else changed it meanwhile: read it again")
		}
		return err
	}
	_ = update
}

// One of several is a struct with a pointer for each.
func ExampleClient_CreateFloatingIP() {
	create := func(ctx context.Context, client *vpc.Client) (*vpc.FloatingIP, error) {
		zone := vpc.ZoneIdentity{ByName: &vpc.ZoneIdentityByName{Name: values.Ptr("us-south-1")}}
		prototype := vpc.FloatingIPPrototypeFloatingIPByZone{Name: values.Ptr("mine"), Zone: &zone}
		return client.CreateFloatingIP(ctx, vpc.CreateFloatingIPParams{Body: vpc.FloatingIPPrototype{FloatingIPByZone: &prototype}})
	}
	_ = create
}
