package trustedprofile

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/engine"
)

// The core of a client: an instance of its own, in which its calls are as well. It holds nothing of the Client, so that one
// that is forgotten can be cleaned up.
type session struct {
	// One slot, which whoever uses the core has something in.
	inUse    chan struct{}
	instance *engine.Instance
	client   uint64
	// The core failed in it, or it was closed.
	isOver atomic.Bool
}

func newSession(module *engine.Module, service, options string) (*session, error) {
	instance, err := module.New()
	if err != nil {
		return nil, local(ErrInternal, err.Error(), err)
	}
	call := instance.Begin()
	name, nameLength := call.Text(service)
	text, textLength := call.Text(options)
	failed, isFailed := actionOf(call, call.Run("tp_client_new", name, nameLength, text, textLength, call.Out())).(Failed)
	made := call.Made()
	call.End()
	switch {
	case call.Err != nil:
		failed = Failed{local(ErrInternal, fmt.Sprintf("the core failed as it began (%v). Please report this", call.Err), call.Err)}
	case !isFailed:
		return &session{inUse: make(chan struct{}, 1), instance: instance, client: made}, nil
	}
	instance.Close()
	return nil, failed.Err
}

// Why a use of the core was not begun.
var errNoTurn = errors.New("the caller gave up before it was its turn")

// Waits until nobody else uses the core, or the caller gives up. Whoever finds it free gets it in any case.
func (s *session) begin(ctx context.Context) error {
	select {
	case s.inUse <- struct{}{}:
		return nil
	default:
	}
	select {
	case s.inUse <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errNoTurn
	}
}

func (s *session) end() { <-s.inUse }

// One use of the core, which is not interrupted. What it tells of the time, it reads in there: it may have waited. An error is
// errNoTurn where ctx ended before, or says that the core failed.
func (s *session) call(ctx context.Context, do func(call *engine.Call)) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.end()
	if s.isOver.Load() {
		return local(ErrInternal, "the core failed during another call of this client; what that one did is not known here. Please report this", nil)
	}
	call := s.instance.Begin()
	do(call)
	call.End()
	if call.Err == nil {
		return nil
	}
	s.isOver.Store(true)
	s.instance.Close()
	return local(ErrInternal, "the core failed; the client begins anew with its next call. Please report this", call.Err)
}

func (s *session) close() {
	_ = s.begin(context.Background())
	defer s.end()
	if s.isOver.Swap(true) {
		return
	}
	call := s.instance.Begin()
	call.Run("tp_client_free", s.client)
	s.instance.Close()
}
