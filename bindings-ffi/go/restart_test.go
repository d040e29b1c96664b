package trustedprofile_test

import (
	"context"
	"errors"
	"strings"
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

func TestACoreThatCannotBeginAnewSaysWhy(t *testing.T) {
	tokens := opened(t, tp.Bearer("a-token"))
	tokens.BreaksForGood()
	for range 3 {
		var found *tp.Error
		if _, err := tokens.Token(t.Context()); !errors.As(err, &found) || found.Code != tp.ErrInternal || !strings.Contains(err.Error(), "tp_nothing") {
			t.Error(err)
		}
	}
	must(t, tokens.Close())
	if _, err := tokens.Describe(); !errors.Is(err, tp.ErrClosed) {
		t.Error(err)
	}
}

// What a machine wanted that failed is not reported to the one in its place, whose exchanges have the same ids.
func TestWorkOfACoreThatFailedIsNotReportedToTheNext(t *testing.T) {
	proceed := make(chan struct{})
	tokens := opened(t, tp.External(func(context.Context) (tp.ExternalToken, error) {
		<-proceed
		return tp.ExternalToken{AccessToken: "a-token", ExpiresIn: time.Hour}, nil
	}))
	before, after := tokens.BreaksAsItStarts(t.Context())
	if first, ok := before.(tp.NeedToken); !ok || first != after {
		t.Fatal(before, after)
	}
	close(proceed)
	for end := time.Now().Add(patience); tp.AtWork() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not end")
		}
	}
	description, err := tokens.Describe()
	must(t, err)
	for _, slot := range description.Status.Slots {
		if slot.Generation != 0 {
			t.Errorf("%+v", slot)
		}
	}
}
