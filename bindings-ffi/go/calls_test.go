package trustedprofile_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	tp "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/containers"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/iam"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/iam/accessgroups"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/iam/identity"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/simulator"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/metadata"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/values"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/vpc"
)

func keyOf(t *testing.T, simulator *simulator.Simulator) *tp.TokenProvider {
	t.Helper()
	return opened(t, tp.APIKey(simulator.Seed.APIKey.Value, tp.WithEndpoint(simulator.IAMURL)))
}

func vpcOf(t *testing.T, simulator *simulator.Simulator, tokens *tp.TokenProvider) *vpc.Client {
	t.Helper()
	client, err := vpc.New(tokens, vpc.Options{Endpoint: simulator.VPCURL})
	must(t, err)
	return client
}

// How many tokens were fetched with the API key.
func tokensOf(t *testing.T, simulator *simulator.Simulator) int {
	t.Helper()
	count, err := simulator.Count(url.Values{"service": {"iam"}, "path": {"/identity/token"}})
	must(t, err)
	return count
}

func named(name string) vpc.CreateVPCParams {
	return vpc.CreateVPCParams{Body: &vpc.CreateVpcRequest{Name: values.Ptr(name)}}
}

func TestResourcesComeChangeAndGo(t *testing.T) {
	simulator := simulator.Start(t)
	client := vpcOf(t, simulator, keyOf(t, simulator))
	made, err := client.CreateVPC(t.Context(), named("first"))
	must(t, err)
	id := *made.ID
	var reply tp.Reply
	found, err := client.GetVPC(tp.ReplyInto(t.Context(), &reply), vpc.GetVPCParams{ID: id})
	tag := reply.Header.Get("ETag")
	if err != nil || *found.Name != "first" || reply.Status != 200 || tag == "" || !json.Valid(reply.Body) {
		t.Fatal(found, err, reply.Status, reply.Header)
	}
	// What was read is what is changed: its tag goes along by itself where the service demands it.
	change := func(name string, tag *string) (*vpc.VPC, error) {
		return client.UpdateVPC(t.Context(), vpc.UpdateVPCParams{ID: id, IfMatch: tag, Body: vpc.VPCPatch{Name: values.Set(name)}})
	}
	if changed, err := change("second", nil); err != nil || *changed.Name != "second" {
		t.Fatal(changed, err)
	}
	var refused *tp.Error
	if _, err := change("third", &tag); !errors.As(err, &refused) || refused.Status != 412 {
		t.Fatal(err)
	}
	must(t, client.DeleteVPC(tp.ReplyInto(t.Context(), &reply), vpc.DeleteVPCParams{ID: id}))
	if reply.Status != 204 || len(reply.Body) != 0 {
		t.Error(reply.Status, string(reply.Body))
	}
	if _, err := client.GetVPC(t.Context(), vpc.GetVPCParams{ID: id}); !errors.Is(err, tp.ErrNotFound) {
		t.Error(err)
	}
}

func TestPagesAndItems(t *testing.T) {
	simulator := simulator.Start(t)
	client := vpcOf(t, simulator, keyOf(t, simulator))
	for number := range 5 {
		_, err := client.CreateVPC(t.Context(), named(fmt.Sprintf("vpc-%d", number)))
		must(t, err)
	}
	two := vpc.ListVPCsParams{Limit: values.Ptr(int64(2))}
	seen := map[string]bool{}
	var last string
	for item, err := range client.ListVPCsItems(t.Context(), two) {
		must(t, err)
		last = *item.Name
		seen[last] = true
	}
	if len(seen) != 6 || last != "vpc-4" {
		t.Error(seen, last)
	}
	var lengths []int
	for page, err := range client.ListVPCsPages(t.Context(), two) {
		must(t, err)
		lengths = append(lengths, len(page.VPCs))
	}
	if fmt.Sprint(lengths) != "[2 2 2]" {
		t.Error(lengths)
	}
	// Whoever has seen enough has nothing more fetched.
	before, err := simulator.Count(url.Values{"service": {"vpc"}, "path": {"/v1/vpcs"}})
	must(t, err)
	for _, err := range client.ListVPCsItems(t.Context(), two) {
		must(t, err)
		break
	}
	after, err := simulator.Count(url.Values{"service": {"vpc"}, "path": {"/v1/vpcs"}})
	if err != nil || after != before+1 {
		t.Error(before, after, err)
	}
	for _, err := range client.Pages(t.Context(), "get_vpc", map[string]any{"id": "x"}) {
		if !errors.Is(err, tp.ErrInvalidArgument) {
			t.Error(err)
		}
	}
}

func TestEveryService(t *testing.T) {
	simulator := simulator.Start(t)
	tokens := keyOf(t, simulator)
	client, err := iam.New(tokens, iam.Options{Endpoint: simulator.IAMURL})
	must(t, err)
	profiles := map[string]bool{}
	for profile, err := range client.Identity.ListProfilesItems(t.Context(), identity.ListProfilesParams{AccountID: simulator.AccountID, PageSize: values.Ptr(int64(1))}) {
		must(t, err)
		profiles[*profile.ID] = true
	}
	if !profiles[simulator.Seed.PodProfile.ID] || !profiles[simulator.Seed.InstanceProfile.ID] {
		t.Error(profiles)
	}
	settings, err := client.Identity.GetAccountSettings(t.Context(), identity.GetAccountSettingsParams{AccountID: simulator.AccountID})
	if err != nil || *settings.AccountID != simulator.AccountID {
		t.Error(settings, err)
	}
	if _, err := client.AccessGroups.GetAccountSettings(t.Context(), accessgroups.GetAccountSettingsParams{AccountID: simulator.AccountID}); err != nil {
		t.Error(err)
	}
	clusters, err := containers.New(tokens, containers.Options{Endpoint: simulator.ContainersURL})
	must(t, err)
	listed, err := clusters.ListClusters(t.Context(), containers.ListClustersParams{})
	if err != nil || len(listed) != 1 || *listed[0].ID != simulator.Seed.Cluster.ID {
		t.Error(listed, err)
	}
	machine, err := metadata.New(opened(t, instanceOf(simulator)), metadata.Options{})
	must(t, err)
	instance, err := machine.GetInstance(t.Context(), metadata.GetInstanceParams{})
	if err != nil || *instance.ID != simulator.Seed.Instance.ID {
		t.Error(instance, err)
	}
	if _, err := machine.Call(t.Context(), "get_key", map[string]any{"idd": "x"}); !errors.Is(err, tp.ErrInvalidArgument) || !strings.Contains(err.Error(), "did you mean") {
		t.Error(err)
	}
	if _, err := metadata.New(tokens, metadata.Options{Endpoint: "https://a.example"}); !errors.Is(err, tp.ErrInvalidArgument) {
		t.Error(err)
	}
	if _, err := mustNew(t, tokens, "metadata").Call(t.Context(), "get_instance", nil); !errors.Is(err, tp.ErrInvalidArgument) {
		t.Error(err)
	}
}

func mustNew(t *testing.T, tokens *tp.TokenProvider, service string) *tp.Client {
	t.Helper()
	client, err := tp.NewClient(tokens, service, tp.ClientOptions{})
	must(t, err)
	return client
}

func TestMistakesOfCallsAreNamedAndNothingIsSent(t *testing.T) {
	simulator := simulator.Start(t)
	tokens := keyOf(t, simulator)
	client := vpcOf(t, simulator, tokens)
	endless := map[string]any{}
	endless["again"] = []any{endless}
	for words, arguments := range map[string]any{
		"the argument id is missing":             nil,
		"did you mean id":                        map[string]any{"id": "x", "idd": "y"},
		"id: expected":                           map[string]any{"id": 7},
		"id: expected something that JSON has":   map[string]any{"id": make(chan int)},
		"body.a[1].b: expected something that":   map[string]any{"id": "x", "body": map[string]any{"a": []any{0, map[string]any{"b": func() {}}}}},
		"body: expected names that are text":     map[string]any{"id": "x", "body": map[int]string{1: "a"}},
		"body.a: expected text in UTF-8":         map[string]any{"id": "x", "body": map[string]any{"a": "\xff"}},
		"nests too deep":                         map[string]any{"id": "x", "body": endless},
		"body: expected one of its alternatives": map[string]any{"id": "x", "body": vpc.ZoneIdentity{}},
		"and no more":                            map[string]any{"body": vpc.ZoneIdentity{ByName: &vpc.ZoneIdentityByName{}, ByHref: &vpc.ZoneIdentityByHref{}}},
	} {
		if _, err := client.Call(t.Context(), "get_vpc", arguments); !errors.Is(err, tp.ErrInvalidArgument) || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", words, err)
		}
	}
	if _, err := client.Call(t.Context(), "list_vpc", nil); !errors.Is(err, tp.ErrInvalidArgument) || !strings.Contains(err.Error(), "list_vpcs") {
		t.Error(err)
	}
	if _, err := mustNew(t, tokens, "vpc").Call(t.Context(), "list_vpcs", nil); !errors.Is(err, tp.ErrInvalidArgument) || !strings.Contains(err.Error(), "region") {
		t.Error(err)
	}
	for words, options := range map[string]vpc.Options{"deadline": {Deadline: -time.Second}, "UTF-8": {Region: "\xff"}} {
		if _, err := vpc.New(tokens, options); !errors.Is(err, tp.ErrInvalidArgument) || !strings.Contains(err.Error(), words) {
			t.Error(err)
		}
	}
	if _, err := vpc.New(nil, vpc.Options{}); !errors.Is(err, tp.ErrInvalidArgument) {
		t.Error(err)
	}
	if _, err := tp.NewClient(tokens, "vcp", tp.ClientOptions{}); !errors.Is(err, tp.ErrInvalidArgument) {
		t.Error(err)
	}
	if tokensOf(t, simulator) != 0 {
		t.Error("a token was fetched")
	}
}

func TestAnArgumentThatIsForgottenIsNamedAndNothingIsSent(t *testing.T) {
	simulator := simulator.Start(t)
	tokens := keyOf(t, simulator)
	client := vpcOf(t, simulator, tokens)
	_, noBody := client.CreateSubnet(t.Context(), vpc.CreateSubnetParams{})
	_, noObject := client.CreateKey(t.Context(), vpc.CreateKeyParams{})
	_, noID := client.GetVPC(t.Context(), vpc.GetVPCParams{})
	for missing, err := range map[string]error{
		"source_volume_id": client.DeleteSnapshots(t.Context(), vpc.DeleteSnapshotsParams{}), "id": noID, "body": errors.Join(noBody, noObject),
	} {
		if !errors.Is(err, tp.ErrInvalidArgument) || !strings.Contains(err.Error(), "the argument "+missing+" is missing") {
			t.Error(missing, err)
		}
	}
	if strings.Count(fmt.Sprint(noBody, noObject), "the argument body is missing") != 2 {
		t.Error(noBody, noObject)
	}
	if tokensOf(t, simulator) != 0 {
		t.Error("a token was fetched")
	}
}

func TestATokenThatIsRefusedIsReplacedOnce(t *testing.T) {
	simulator := simulator.Start(t)
	client := vpcOf(t, simulator, keyOf(t, simulator))
	for range 2 {
		if _, err := client.ListVPCs(t.Context(), vpc.ListVPCsParams{}); err != nil {
			t.Fatal(err)
		}
		must(t, simulator.Control(http.MethodPost, "tokens/revoke", map[string]any{"all": "iam"}, nil))
	}
	if count := tokensOf(t, simulator); count != 2 {
		t.Error(count)
	}
}

func TestADeadlineIsKeptAndFailuresAreTold(t *testing.T) {
	simulator := simulator.Start(t)
	tokens := keyOf(t, simulator)
	_, err := tokens.Token(t.Context())
	must(t, err)
	hasty, err := vpc.New(tokens, vpc.Options{Endpoint: simulator.VPCURL, Deadline: time.Second})
	must(t, err)
	must(t, simulator.Fault("vpc", map[string]any{"kind": "hang"}))
	if _, err := hasty.ListVPCs(t.Context(), vpc.ListVPCsParams{}); !errors.Is(err, tp.ErrServiceUnreachable) || !strings.Contains(err.Error(), "1 attempt") {
		t.Error(err)
	}
	must(t, simulator.Heal())
	must(t, simulator.Fault("vpc", map[string]any{"kind": "status", "status": 500}))
	if _, err := vpcOf(t, simulator, tokens).CreateVPC(t.Context(), named("x")); !errors.Is(err, tp.ErrServiceFailed) {
		t.Error(err)
	}
}

// Waits until one more request is under way than there were.
func underWay(t *testing.T, simulator *simulator.Simulator, before int) {
	t.Helper()
	for {
		count, err := simulator.Count(url.Values{"service": {"vpc"}, "path": {"/v1/vpcs"}})
		must(t, err)
		if count > before {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestWhoeverGivesUpEndsTheCall(t *testing.T) {
	simulator := simulator.Start(t)
	tokens := keyOf(t, simulator)
	_, err := tokens.Token(t.Context())
	must(t, err)
	client := vpcOf(t, simulator, tokens)
	must(t, simulator.Fault("vpc", map[string]any{"kind": "hang"}))
	ended := make(chan error, 1)
	ask := func(ctx context.Context) {
		_, err := client.CreateVPC(ctx, named("x"))
		ended <- err
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	go ask(ctx)
	underWay(t, simulator, 0)
	cause := errors.New("the program's own reason")
	cancel(cause)
	if err := <-ended; !errors.Is(err, context.Canceled) || !errors.Is(err, cause) {
		t.Error(err)
	}
	limited, cancelLimited := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancelLimited()
	go ask(limited)
	if err := <-ended; !errors.Is(err, tp.ErrDeadlineExceeded) || !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	// The end of the provider is the end of its calls.
	before, err := simulator.Count(url.Values{"service": {"vpc"}, "path": {"/v1/vpcs"}})
	must(t, err)
	go ask(t.Context())
	underWay(t, simulator, before)
	must(t, tokens.Close())
	if err := <-ended; !errors.Is(err, tp.ErrClosed) {
		t.Error(err)
	}
	if _, err := client.GetVPC(t.Context(), vpc.GetVPCParams{ID: "x"}); !errors.Is(err, tp.ErrClosed) {
		t.Error(err)
	}
}

func TestGoroutinesShareAClient(t *testing.T) {
	simulator := simulator.Start(t)
	client := vpcOf(t, simulator, keyOf(t, simulator))
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			if found, err := client.ListVPCs(t.Context(), vpc.ListVPCsParams{}); err != nil || len(found.VPCs) != 1 {
				t.Error(found, err)
			}
		})
	}
	all.Wait()
	if count := tokensOf(t, simulator); count != 1 {
		t.Error(count)
	}
}
