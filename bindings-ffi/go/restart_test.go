package trustedprofile_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	tp "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
)

func TestACoreThatFailsIsReplacedAndTheTokenSurvives(t *testing.T) {
	calls := atomic.Int32{}
	tokens := opened(t, tp.External(func(context.Context) (tp.ExternalToken, error) {
		return tp.ExternalToken{AccessToken: "token-" + string('0'+calls.Add(1)), ExpiresIn: time.Hour}, nil
	}))
	first, err := tokens.Token(t.Context())
	must(t, err)
	tokens.Breaks()
	tokens.Outdated()
	second, err := tokens.Token(t.Context())
	if err != nil || second.Value() != first.Value() {
		t.Fatal(second, err)
	}
	// A token of the machine that failed says nothing about one of the new machine.
	tokens.Invalidate(second)
	third, err := tokens.Token(t.Context())
	if err != nil || third.Value() != "token-2" {
		t.Error(third, err)
	}
	if _, err := tokens.Describe(); err != nil {
		t.Error(err)
	}
}

func TestACoreThatFailsWithoutATokenIsAnError(t *testing.T) {
	tokens := opened(t, tp.Bearer("a-token"))
	tokens.Breaks()
	var found *tp.Error
	if _, err := tokens.Token(t.Context()); !errors.Is(err, tp.ErrInternal) || !errors.As(err, &found) || found.Kind != tp.KindInternal {
		t.Error(err)
	}
	if token, err := tokens.Token(t.Context()); err != nil || token.Value() != "a-token" {
		t.Error(token, err)
	}
}
