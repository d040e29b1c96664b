package trustedprofile_test

import (
	"testing"
	"time"

	tp "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/simulator"
)

// What is told between two requests of a fetch does not hold up the second one, not even by waiting for it.
func TestAHandlerMayAskForTheTokenThatIsUnderWay(t *testing.T) {
	simulator := simulator.Start(t)
	asked := make(chan error, 8)
	var tokens *tp.TokenProvider
	tokens = opened(t, instanceOf(simulator), tp.WithOnEvent(func(tp.Event) {
		_, err := tokens.Token(t.Context())
		asked <- err
	}))
	_, err := tokens.Token(t.Context())
	must(t, err)
	for range 2 {
		select {
		case err := <-asked:
			must(t, err)
		case <-time.After(patience):
			t.Fatal("a handler waits")
		}
	}
	if exchanges := simulator.Exchanges(t); exchanges != 1 {
		t.Error(exchanges)
	}
}

func TestAHandlerMayCloseItsProvider(t *testing.T) {
	took := make(chan time.Duration, 1)
	var tokens *tp.TokenProvider
	tokens = opened(t, tp.External(gave("a-token", time.Hour)), tp.WithOnEvent(func(tp.Event) {
		began := time.Now()
		_ = tokens.Close()
		took <- time.Since(began)
	}))
	_, _ = tokens.Token(t.Context())
	// Waiting for itself would take as long as that, which is a second.
	if took := <-took; took >= time.Second {
		t.Error(took)
	}
}
