package trustedprofile_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tp "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
)

// One that does not heed its context is called again only once it has returned.
func TestACallbackThatDoesNotReturnIsCalledOnce(t *testing.T) {
	calls := atomic.Int32{}
	proceed := make(chan struct{})
	timeouts := &tp.Timeouts{Connect: 20 * time.Millisecond, Attempt: 20 * time.Millisecond, Round: time.Second}
	tokens := opened(t, tp.External(func(context.Context) (tp.ExternalToken, error) {
		calls.Add(1)
		<-proceed
		return tp.ExternalToken{AccessToken: "a-token", ExpiresIn: time.Hour}, nil
	}), tp.WithPolicy(tp.Policy{Cooldown: -1, MaxAttempts: 1, Remote: timeouts}))
	_, err := tokens.Token(t.Context())
	if !errors.Is(err, tp.ErrExternalSourceFailed) || !strings.Contains(err.Error(), "it took longer than 20ms") {
		t.Error(err)
	}
	before := runtime.NumGoroutine()
	for range 20 {
		_, err := tokens.Token(t.Context())
		if !errors.Is(err, tp.ErrExternalSourceFailed) || !strings.Contains(err.Error(), "the previous call of the callback has not returned") {
			t.Error(err)
		}
	}
	if after := runtime.NumGoroutine(); calls.Load() != 1 || after > before+10 {
		t.Errorf("%d calls; %d goroutines have become %d", calls.Load(), before, after)
	}
	close(proceed)
	for end := time.Now().Add(patience); ; runtime.Gosched() {
		if token, err := tokens.Token(t.Context()); err == nil {
			if token.Value() != "a-token" || calls.Load() < 2 {
				t.Error(token, calls.Load())
			}
			return
		} else if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}
