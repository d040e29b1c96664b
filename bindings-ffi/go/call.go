package trustedprofile

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/engine"
)

// Call calls an operation; operation and arguments are as for Client.Request. The token is the provider's, and what is
// worth repeating is repeated.
//
// ctx ends the call, wherever it is; what was sent may have been done. The error is then context.Canceled, or
// ErrDeadlineExceeded and context.DeadlineExceeded. What the core has to compute is not interrupted: that takes as long as
// reading one answer, at most. Any other error is an *Error: ErrInvalidArgument, before anything is
// sent; the service's refusal; why there is no answer, or no token; ErrClosed where the provider was closed.
func (c *Client) Call(ctx context.Context, operation string, arguments any) (*Reply, error) {
	call, err := c.begin(ctx, operation, arguments, false)
	if err != nil {
		return nil, err
	}
	defer call.free()
	return call.turn(ctx)
}

// Pages walks through the pages of an operation, from the one that the arguments ask for: each is fetched when it is its
// turn. An error, one of those of Client.Call, is the last that it gives.
func (c *Client) Pages(ctx context.Context, operation string, arguments any) iter.Seq2[*Reply, error] {
	return func(yield func(*Reply, error) bool) {
		call, err := c.begin(ctx, operation, arguments, true)
		if err != nil {
			yield(nil, err)
			return
		}
		defer call.free()
		for {
			reply, err := call.turn(ctx)
			if err != nil {
				yield(nil, err)
				return
			}
			if reply == nil || !yield(reply, nil) {
				return
			}
		}
	}
}

type replyKey struct{}

// ReplyInto has calls with this context keep what they are answered with, the last page of a walk: status, headers, and
// the JSON with all that a typed method leaves out. Calls at the same time want a context each.
func ReplyInto(ctx context.Context, reply *Reply) context.Context {
	return context.WithValue(ctx, replyKey{}, reply)
}

// A call as its one caller drives it. What it sends, the caller's goroutine sends: it is of use to nobody else.
type operationCall struct {
	client    *Client
	session   *session
	handle    uint64
	operation string
	// The token that it was given last.
	used *AccessToken
}

// What to do next: one of these, an exchange, or an error.
type step struct {
	kind       uint64
	slot       Slot
	timeout    time.Duration
	generation uint64
	exchange   *Exchange
	reply      *Reply
	err        error
}

// One answer: the only one of a call, or the next page. Nil: there are no more.
func (o *operationCall) turn(ctx context.Context) (*Reply, error) {
	driver := o.client.tokens.driver
	outer := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(driver.closing, cancel)()
	for {
		step, err := o.poll(ctx, outer)
		if err != nil {
			return nil, err
		}
		switch step.kind {
		case resultPage, resultAnswer:
			// It is there, whoever gave up.
			return o.answered(outer, step.reply)
		case resultEnd:
			return nil, nil
		}
		if err := o.givenUp(outer); err != nil {
			return nil, err
		}
		switch step.kind {
		case resultNeedToken:
			err = o.bringToken(ctx, outer, step)
		case resultRejected:
			if used := o.used; used != nil && used.generation == step.generation {
				driver.invalidate(outer, used)
			}
		case resultSend:
			err = o.send(ctx, outer, step.exchange)
		case resultWait:
			wait(ctx, nil, step.timeout)
		default:
			return nil, step.err
		}
		if err != nil {
			return nil, err
		}
	}
}

// Why nobody waits for this call any more, if so.
func (o *operationCall) givenUp(ctx context.Context) error {
	switch {
	case ctx.Err() == context.DeadlineExceeded:
		return local(ErrDeadlineExceeded, o.operation+": no answer within the time that the caller allowed; what was sent may have been done", ctx.Err())
	case ctx.Err() != nil && context.Cause(ctx) != ctx.Err():
		return fmt.Errorf("trusted-profile: %s: the caller gave up: %w: %w", o.operation, ctx.Err(), context.Cause(ctx))
	case ctx.Err() != nil:
		return fmt.Errorf("trusted-profile: %s: the caller gave up: %w", o.operation, ctx.Err())
	case o.client.tokens.driver.closing.Err() != nil:
		return local(ErrClosed, o.operation+": the provider was closed", nil)
	}
	return nil
}

func (o *operationCall) poll(ctx, outer context.Context) (found step, err error) {
	err = o.use(ctx, outer, func(call *engine.Call) {
		now := clocks()
		found = stepOf(call, call.Run("tp_call_poll", o.handle, monotonic(now), unixTime(now)))
	})
	return found, err
}

func stepOf(call *engine.Call, result uint64) step {
	defer call.Run("tp_result_free", result)
	found := step{kind: call.Run("tp_result_kind", result)}
	switch found.kind {
	case resultNeedToken:
		found.slot, found.timeout = named(slots, call.Run("tp_result_slot", result)), duration(call.Run("tp_result_timeout", result))
	case resultRejected:
		found.generation = call.Run("tp_result_generation", result)
	case resultSend:
		found.exchange = exchangeOf(call, result)
	case resultWait:
		found.timeout = duration(call.Run("tp_result_timeout", result))
	case resultPage, resultAnswer:
		found.reply = replyOf(call, result)
	case resultEnd:
	case resultFailed:
		found.err = errorOf(call.Read("tp_result_json", result))
	default:
		found.err = local(ErrInternal, "the core wants something that is not known here", call.Err)
	}
	return found
}

// Brings the token that the call needs. That its time was not enough is for the call itself to tell.
func (o *operationCall) bringToken(ctx, outer context.Context, wanted step) error {
	limited, cancel := context.WithTimeout(ctx, wanted.timeout)
	defer cancel()
	driver := o.client.tokens.driver
	token := driver.held.ready(driver.quick.now())
	var err error
	if token == nil || wanted.slot != "" {
		token, err = driver.fetch(limited, wanted.slot)
	}
	if err != nil {
		if gone := o.givenUp(outer); gone != nil {
			return gone
		}
		if limited.Err() != nil && errors.Is(err, ErrDeadlineExceeded) {
			return nil
		}
		return err
	}
	// Only now it is known how the metadata service is spoken to.
	service, err := o.client.metadataService()
	if err != nil {
		return err
	}
	o.used = token
	return o.report(ctx, outer, func(call *engine.Call) uint64 {
		if len(service) > 0 {
			address, length := call.Bytes(service)
			if refused := call.Run("tp_call_served_by", o.handle, address, length); refused != 0 {
				return refused
			}
		}
		now := clocks()
		text, length := call.Text(token.Value())
		return call.Run("tp_call_token", o.handle, text, length, token.generation, monotonic(now), unixTime(now))
	})
}

// Sends, and reports what comes of it, unless nobody wants to know any more.
func (o *operationCall) send(ctx, outer context.Context, exchange *Exchange) error {
	response, failure := o.client.tokens.driver.transports.send(ctx, exchange)
	if gone := o.givenUp(outer); failure != nil && gone != nil {
		return gone
	}
	return o.report(ctx, outer, func(call *engine.Call) uint64 {
		now := clocks()
		if failure != nil {
			kind, detail, length, reused := failureIn(call, failure)
			return call.Run("tp_call_handle_failure", o.handle, exchange.ID, kind, detail, length, reused, monotonic(now), unixTime(now))
		}
		headers, headersLength := call.Text(linesOf(response.Headers))
		body, bodyLength := call.Bytes(response.Body)
		return call.Run("tp_call_handle", o.handle, exchange.ID, uint64(response.Status), headers, headersLength, body, bodyLength, monotonic(now), unixTime(now))
	})
}

// What was answered goes to the client, which remembers entity tags, and to whoever wants all of it.
func (o *operationCall) answered(ctx context.Context, reply *Reply) (*Reply, error) {
	forever := context.Background()
	err := o.report(forever, forever, func(call *engine.Call) uint64 {
		return call.Run("tp_client_learn_from", o.session.client, o.handle)
	})
	if err != nil {
		return nil, err
	}
	if into, ok := ctx.Value(replyKey{}).(*Reply); ok && into != nil {
		*into = *reply
	}
	return reply, nil
}

// One use of the core, unless nobody waits for this call any more.
func (o *operationCall) use(ctx, outer context.Context, do func(call *engine.Call)) error {
	err := o.session.call(ctx, do)
	if err == errNoTurn {
		return o.givenUp(outer)
	}
	return err
}

func (o *operationCall) report(ctx, outer context.Context, run func(call *engine.Call) uint64) error {
	var failed Failed
	var isFailed bool
	err := o.use(ctx, outer, func(call *engine.Call) { failed, isFailed = actionOf(call, run(call)).(Failed) })
	if err == nil && isFailed {
		return failed.Err
	}
	return err
}

func (o *operationCall) free() {
	// In a core that failed there is nothing to free.
	_ = o.session.call(context.Background(), func(call *engine.Call) { call.Run("tp_call_free", o.handle) })
}
