package trustedprofile

import (
	"context"
	"errors"
	"fmt"
)

// A unit of work lives as long as its exchange, whoever gives up meanwhile. Under the lock.
func (d *driver) start(ctx context.Context, work Action, ticket *Ticket, slot Slot) {
	if work == nil {
		return
	}
	// What the program's context knows, such as a trace, goes along; its end does not.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(d.closing, cancel)
	// Of the machine that wants this work; another one may have taken its place before the goroutine begins.
	restarts := d.restarts
	go func() {
		defer cancel()
		defer stop()
		d.run(ctx, work, restarts, ticket, slot)
	}()
}

// What is done, and all that follows from it at once. Without a ticket it is a volunteer's.
func (d *driver) run(ctx context.Context, work Action, restarts int, ticket *Ticket, slot Slot) {
	defer func() {
		// The program's callback ended this goroutine: another one does the work.
		if work != nil {
			d.reported(work, restarts, func() error { return d.machine.Abandon(idOf(work), clocks()) })
		}
	}()
	for work != nil {
		report := d.performed(ctx, work)
		work = d.next(work, report, restarts, ticket, slot)
		if work == nil {
			d.tell(ctx)
		} else {
			// The machine counts the next exchange as sent: no handler may hold it up, or wait for it in here.
			go d.tell(ctx)
		}
	}
}

// Reports, and asks in the caller's stead: it may have left, and the fetch goes on.
func (d *driver) next(work Action, report func() error, restarts int, ticket *Ticket, slot Slot) Action {
	d.lock.Lock()
	defer d.lock.Unlock()
	// To a machine that began anew, its id may be that of something else.
	if d.isClosed || restarts != d.restarts {
		return nil
	}
	d.report(work, report)
	if d.isClosed || restarts != d.restarts {
		return nil
	}
	var next Action
	if ticket == nil {
		next = d.pollRefresh()
	} else {
		next = d.poll(ticket, slot)
	}
	switch next.(type) {
	case Send, NeedFiles, NeedToken:
		if ticket == nil {
			d.wake()
		} else {
			d.wakeOthers(slot)
		}
		return next
	default:
		d.wake()
		return nil
	}
}

func (d *driver) reported(work Action, restarts int, report func() error) {
	d.lock.Lock()
	defer d.lock.Unlock()
	if !d.isClosed && restarts == d.restarts {
		d.report(work, report)
		d.wake()
	}
}

// Under the lock.
func (d *driver) report(work Action, report func() error) {
	err := report()
	d.noticeRestart()
	if errors.Is(err, ErrInvalidArgument) {
		failure := &TransportError{Kind: FailureOther, Detail: "it brought something that is not an outcome: " + err.Error()}
		_ = d.machine.Fail(idOf(work), failure, clocks())
		d.noticeRestart()
	}
	d.hasNews = true
	d.held.outdate()
}

// Does it. What is returned reports it, under the lock.
func (d *driver) performed(ctx context.Context, work Action) (report func() error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			// What was thrown may hold anything.
			report = d.failed(work, &TransportError{Kind: FailureOther, Detail: fmt.Sprintf("it panicked with %T", thrown)})
		}
	}()
	switch work := work.(type) {
	case Send:
		response, failure := d.transports.send(ctx, work.Exchange)
		if failure != nil {
			return d.failed(work, failure)
		}
		return d.done(func() error { return d.machine.Handle(work.Exchange.ID, *response, clocks()) })
	case NeedFiles:
		reads := readFiles(work.Paths, work.MaxBytes)
		return d.done(func() error { return d.machine.ProvideFiles(work.ID, reads, clocks()) })
	case NeedToken:
		token, err := d.called(ctx, work)
		if err != nil {
			return func() error {
				d.trouble = err
				return d.machine.ProvideFailure(work.ID, err.Error(), clocks())
			}
		}
		return d.done(func() error { return d.machine.ProvideToken(work.ID, token, clocks()) })
	}
	return func() error { return nil }
}

func (d *driver) done(report func() error) func() error {
	return func() error {
		d.trouble = nil
		return report()
	}
}

func (d *driver) failed(work Action, failure *TransportError) func() error {
	return func() error {
		d.trouble = failure
		return d.machine.Fail(idOf(work), failure, clocks())
	}
}

// What the program's callback returns, or that it takes too long, whether it heeds its context or not.
func (d *driver) called(ctx context.Context, work NeedToken) (ExternalToken, error) {
	if d.callback == nil {
		return ExternalToken{}, errors.New("there is no callback")
	}
	// One that does not heed its context would pile up goroutines, one with each attempt.
	if !d.isAsked.CompareAndSwap(false, true) {
		return ExternalToken{}, errors.New("the previous call of the callback has not returned")
	}
	ctx, cancel := context.WithTimeout(ctx, work.Timeout)
	defer cancel()
	type outcome struct {
		token ExternalToken
		err   error
	}
	outcomes := make(chan outcome, 1)
	go func() {
		// Where the callback ends its goroutine, or panics, this is what is left.
		result := outcome{err: errors.New("it ended without a result")}
		defer func() {
			if thrown := recover(); thrown != nil {
				result.err = fmt.Errorf("it panicked with %T", thrown)
			}
			d.isAsked.Store(false)
			outcomes <- result
		}()
		token, err := d.callback(ctx)
		result = outcome{token, err}
	}()
	select {
	case result := <-outcomes:
		return result.token, result.err
	case <-ctx.Done():
		return ExternalToken{}, fmt.Errorf("it took longer than %v", work.Timeout)
	}
}

func idOf(work Action) uint64 {
	switch work := work.(type) {
	case Send:
		return work.Exchange.ID
	case NeedFiles:
		return work.ID
	case NeedToken:
		return work.ID
	}
	return 0
}
