//go:build trusted_profile_cgo

package trustedprofile_test

import (
	"runtime"
	"testing"
	"time"

	tp "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/engine"
)

// Has done many times what a program may do, and says what of it is still in the library's memory.
func TestNothingIsLeftInTheLibrary(t *testing.T) {
	token := tokenOf(t, "eyJhbGciOiJub25lIn0.eyJpc3MiOiJoZXJlIn0.c2lnbmVk")
	other := tokenOf(t, "no-jwt")
	bearer := opened(t, tp.Bearer("a-token"))
	client := answering(t, `{"vpcs": [], "next": {"href": "https://a.example?start=b"}}`, `{"vpcs": []}`, `{}`)
	for what, do := range map[string]func(){
		"claims":    func() { token.UnverifiedClaims() },
		"no claims": func() { other.UnverifiedClaims() },
		"origins":   func() { _, _ = tp.NewAllowedOrigins("https://example.org") },
		"no origin": func() { _, _ = tp.NewAllowedOrigins("ftp://example.org") },
		"surroundings": func() {
			if tokens, err := tp.New(tp.FromEnvironment("nobody")); err == nil {
				_ = tokens.Close()
			}
		},
		"a bad source": func() { _, _ = tp.NewTokenManager(tp.FromJSON([]byte("{}"))) },
		"a machine":    func() { drive(t) },
		"a call":       func() { _, _ = client.Call(t.Context(), "get_vpc", map[string]any{"id": "a"}) },
		"no call":      func() { _, _ = client.Call(t.Context(), "get_vpc", nil) },
		"a request":    func() { _, _ = client.Request("get_vpc", map[string]any{"id": "a"}) },
		"an answer":    func() { _, _ = client.Parse("get_vpc", tp.Response{Status: 200, Body: []byte("{}")}) },
		"no client":    func() { _, _ = tp.NewClient(bearer, "vpc", tp.ClientOptions{Deadline: -1}) },
		"pages": func() {
			for range client.Pages(t.Context(), "list_vpcs", nil) {
				break
			}
		},
	} {
		do()
		before := engine.Live()
		for range 100 {
			do()
		}
		// What other tests forgot may go meanwhile.
		if after := engine.Live(); after > before {
			t.Errorf("%s: %d things are left, of %d", what, after-before, after)
		}
	}
}

func tokenOf(t *testing.T, text string) *tp.AccessToken {
	t.Helper()
	token, err := opened(t, tp.Bearer(text)).Token(t.Context())
	must(t, err)
	return token
}

// A machine through a report of each kind.
func drive(t *testing.T) {
	t.Helper()
	machine, err := tp.NewTokenManager(tp.Container(tp.WithProfileID("Profile-1"), tp.WithCRTokenFile("/token")))
	must(t, err)
	defer machine.Close()
	now := tp.Now{Monotonic: time.Second, Unix: time.Hour}
	ticket := &tp.Ticket{}
	for range 4 {
		switch action := machine.Poll(ticket, "", now).(type) {
		case tp.NeedFiles:
			must(t, machine.ProvideFiles(action.ID, []tp.FileRead{{Path: "/token", Content: []byte("a.b.c")}}, now))
		case tp.Send:
			_ = machine.Handle(action.Exchange.ID, tp.Response{Status: 403}, now)
		}
		_, _ = machine.Status()
		machine.PollEvent()
	}
	runtime.KeepAlive(ticket)
}
