package trustedprofile

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/engine"
)

// The core of a client: an instance of its own, in which its calls are as well. It holds nothing of the Client, so that one
// that is forgotten can be cleaned up.
type session struct {
	lock     sync.Mutex
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
		return &session{instance: instance, client: made}, nil
	}
	instance.Close()
	return nil, failed.Err
}

// One use of the core.
func (s *session) call(do func(call *engine.Call)) error {
	s.lock.Lock()
	defer s.lock.Unlock()
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
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.isOver.Swap(true) {
		return
	}
	call := s.instance.Begin()
	call.Run("tp_client_free", s.client)
	s.instance.Close()
}
