package trustedprofile_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	tp "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/simulator"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/values"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/vpc"
)

// A service that answers everything with these, one after the other.
func answering(t *testing.T, bodies ...string) *vpc.Client {
	t.Helper()
	service := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) {
		writer.Header().Set("Content-Type", "application/json")
		writer.Header().Add("Link", "<a>")
		writer.Header().Add("Link", "<b>")
		_, _ = writer.Write([]byte(bodies[0]))
		if len(bodies) > 1 {
			bodies = bodies[1:]
		}
	}))
	t.Cleanup(service.Close)
	client, err := vpc.New(opened(t, tp.Bearer("a-secret-token")), vpc.Options{Endpoint: service.URL})
	must(t, err)
	return client
}

func TestWhatIsOddInAnAnswerIsKept(t *testing.T) {
	text := `{"vpcs": [{"name": 7, "id": "a", "status": "dreaming", "new": [18446744073709551615, null]}], "limit": 1.5, "next": null}`
	client := answering(t, text)
	var reply tp.Reply
	found, err := client.ListVPCs(tp.ReplyInto(t.Context(), &reply), vpc.ListVPCsParams{})
	must(t, err)
	one := found.VPCs[0]
	if *one.ID != "a" || one.Name != nil || *one.Status != "dreaming" || string(one.Other["name"].Bytes()) != "7" || string(one.Other["new"].Bytes()) != "[18446744073709551615,null]" {
		t.Error(one)
	}
	if found.Limit != nil || string(found.Other["limit"].Bytes()) != "1.5" || string(found.Other["next"].Bytes()) != "null" || string(reply.Body) != text {
		t.Error(found, string(reply.Body))
	}
	if links := reply.Header.Values("Link"); len(links) != 2 {
		t.Error(links)
	}
}

// Whoever deletes or audits by a list takes it for all there is.
func TestAListThatCannotBeReadIsAnErrorOfItsItems(t *testing.T) {
	walked := func(pages ...string) (seen []string, failed error) {
		for item, err := range answering(t, pages...).ListVPCsItems(t.Context(), vpc.ListVPCsParams{}) {
			if err != nil {
				failed = errors.Join(failed, err)
			} else {
				seen = append(seen, *item.ID)
			}
		}
		return seen, failed
	}
	first := `{"vpcs": [{"id": "a"}], "next": {"href": "https://a.example/v1/vpcs?start=x"}}`
	last := `{"vpcs": [{"id": "z"}]}`
	for _, odd := range []string{`[{"id": "b"}, null]`, `[{"id": "b"}, "a-secret"]`, `["a-secret"]`, `"a-secret"`, `{"a-secret": 1}`} {
		seen, err := walked(first, `{"vpcs": `+odd+`, "next": {"href": "https://a.example/v1/vpcs?start=y"}}`, last)
		if !errors.Is(err, tp.ErrMalformedResponse) || !strings.Contains(err.Error(), "a page with vpcs") || strings.Contains(err.Error(), "a-secret") {
			t.Errorf("%s: %v", odd, err)
		}
		if fmt.Sprint(seen) != "[a]" {
			t.Errorf("%s: %v", odd, seen)
		}
	}
	// These have no items, as in every language.
	for _, none := range []string{`"vpcs": null, `, `"vpcs": [], `, ""} {
		seen, err := walked(first, `{`+none+`"next": {"href": "https://a.example/v1/vpcs?start=y"}}`, last)
		if err != nil || fmt.Sprint(seen) != "[a z]" {
			t.Errorf("%s: %v %v", none, seen, err)
		}
	}
}

func TestAnAnswerThatCannotBeReadIsAnError(t *testing.T) {
	for _, body := range []string{"{", `{"vpcs": [}`, "\xff", `{"a": "a-secret"} x`, `["a-secret"]`, "null"} {
		_, err := answering(t, body).ListVPCs(t.Context(), vpc.ListVPCsParams{})
		var failed *tp.Error
		if !errors.As(err, &failed) || failed.Code != tp.ErrMalformedResponse || failed.Status != 200 || strings.Contains(err.Error(), "a-secret") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestCallsShowNoSecret(t *testing.T) {
	simulator := simulator.Start(t)
	client := vpcOf(t, simulator, keyOf(t, simulator))
	secret := "pa55word-of-mine"
	arguments := map[string]any{"body": map[string]any{"name": "x", "user_data": secret}}
	_, err := client.Call(t.Context(), "create_instance", arguments)
	if err == nil || strings.Contains(err.Error(), secret) {
		t.Error(err)
	}
	request, err := client.Request("create_instance", arguments)
	if err != nil || !strings.Contains(string(request.Body()), secret) {
		t.Fatal(request, err)
	}
	body := vpc.InstancePrototypeInstanceByImageInstanceByImageInstanceByNetworkAttachment{UserData: values.SecretOf(secret)}
	reply := tp.Reply{Status: 200, Header: http.Header{"X": {secret}}, Body: []byte(secret)}
	kept, err := values.JSONOf(secret)
	must(t, err)
	for what, value := range map[string]any{"a body": body, "its address": &body, "a request": request, "a client": client} {
		must(t, leaksOf([]string{secret, "a-secret"}).check(what, value))
	}
	must(t, leaksOf([]string{secret}).checkItself("a reply", reply))
	must(t, leaksOf([]string{secret}).checkItself("a reply's address", &reply))
	for what, shown := range map[string]string{"JSON": fmt.Sprintf("%v %+v %#v %s %q", kept, kept, kept, kept, kept), "a log": slog.AnyValue(kept).Resolve().String()} {
		if strings.Contains(shown, secret) {
			t.Error(what, shown)
		}
	}
}

func TestAnAnswerWithoutABodyIsNone(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) {
		writer.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(service.Close)
	client, err := vpc.New(opened(t, tp.Bearer("a-token")), vpc.Options{Endpoint: service.URL})
	must(t, err)
	var reply tp.Reply
	found, err := client.DeleteSnapshotConsistencyGroup(tp.ReplyInto(t.Context(), &reply), vpc.DeleteSnapshotConsistencyGroupParams{ID: "x"})
	if found != nil || err != nil || reply.Status != http.StatusAccepted {
		t.Error(found, err, reply.Status)
	}
}

func TestAReplyIsReadIntoWhatThereIsToReadInto(t *testing.T) {
	reply := &tp.Reply{Status: 200, Body: []byte(`{"id": "a", "size": 18446744073709551616}`)}
	members := map[string]any{}
	if err := reply.Decode(&members); err != nil || members["size"] != json.Number("18446744073709551616") {
		t.Error(members, err)
	}
	for _, place := range []any{nil, members, (*vpc.VPC)(nil)} {
		if err := reply.Decode(place); !errors.Is(err, tp.ErrInvalidArgument) {
			t.Error(err)
		}
	}
	var small struct{ Size int32 }
	if err := reply.Decode(&small); !errors.Is(err, tp.ErrMalformedResponse) {
		t.Error(small, err)
	}
}

// Goroutines that call at once, one round after the other, do not connect anew.
func TestConnectionsAreKeptForCallsAtOnce(t *testing.T) {
	const atOnce = 6
	var connections atomic.Int64
	arrived, together := make(chan struct{}, atOnce), make(chan struct{})
	service := httptest.NewUnstartedServer(http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) {
		arrived <- struct{}{}
		<-together
		writer.Header().Set("Content-Type", "application/json")
		_, _ = writer.Write([]byte(`{"vpcs": []}`))
	}))
	service.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	service.Start()
	t.Cleanup(service.Close)
	client, err := vpc.New(opened(t, tp.Bearer("a-token")), vpc.Options{Endpoint: service.URL})
	must(t, err)
	for range 2 {
		var all sync.WaitGroup
		for range atOnce {
			all.Go(func() {
				if _, err := client.ListVPCs(t.Context(), vpc.ListVPCsParams{}); err != nil {
					t.Error(err)
				}
			})
		}
		for range atOnce {
			<-arrived
		}
		for range atOnce {
			together <- struct{}{}
		}
		all.Wait()
	}
	if count := connections.Load(); count != atOnce {
		t.Error(count)
	}
}

// Whoever waits for others to be done with the core can give up.
func TestWaitingForTheCoreEndsWithItsContext(t *testing.T) {
	client := answering(t, `{"vpcs": []}`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	release := client.Occupy()
	_, err := client.ListVPCs(ctx, vpc.ListVPCsParams{})
	release()
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := client.ListVPCs(t.Context(), vpc.ListVPCsParams{}); err != nil {
		t.Error(err)
	}
}

// The core fails in the middle of a call: the client begins anew.
func TestAClientBeginsAnewWhenItsCoreFails(t *testing.T) {
	client := answering(t, `{"vpcs": []}`)
	client.Breaks()
	if _, err := client.ListVPCs(t.Context(), vpc.ListVPCsParams{}); !errors.Is(err, tp.ErrInternal) {
		t.Error(err)
	}
	if _, err := client.ListVPCs(t.Context(), vpc.ListVPCsParams{}); err != nil {
		t.Error(err)
	}
}

func TestAnswersOfOnesOwnTransport(t *testing.T) {
	client := mustNew(t, opened(t, tp.Bearer("t")), "vpc")
	reply, err := client.Parse("get_vpc", tp.Response{Status: 200, Headers: []tp.Header{{Name: "Content-Type", Value: "application/json"}}, Body: []byte(`{"id": "a"}`)})
	if err != nil || string(reply.Body) != `{"id": "a"}` {
		t.Fatal(reply, err)
	}
	var found vpc.VPC
	if err := reply.Decode(&found); err != nil || *found.ID != "a" {
		t.Error(found, err)
	}
	if _, err := client.Parse("get_vpc", tp.Response{Status: 404}); !errors.Is(err, tp.ErrNotFound) {
		t.Error(err)
	}
}
