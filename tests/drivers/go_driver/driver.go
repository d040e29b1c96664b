package main

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A driver for Go: one mutex, one channel that is closed to wake everybody, a goroutine for each
// exchange. stage stands for the transport and for what a proof has to observe; everything else is
// what a wrapper does.
type driver struct {
	machine *machine
	stage   *stage
	lock    sync.Mutex
	// Closed and replaced under the lock by whoever reports.
	woken chan struct{}
	units sync.WaitGroup
}

// errToken wraps the machine's own error.
type errToken struct{ text string }

func (e errToken) Error() string { return e.text }

// errThrown is what a transport that panics comes to.
var errThrown = errors.New("the transport panicked")

func newDriver(m *machine, s *stage) *driver {
	return &driver{machine: m, stage: s, woken: make(chan struct{})}
}

// token gives a token. ctx ends this call and nothing else.
func (d *driver) token(ctx context.Context, caller int) (string, error) {
	ticket := d.machine.ticket()
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		act, wake, reports := d.poll(ticket, caller)
		switch act.Do {
		case "ready":
			return act.Token, nil
		case "failed":
			return "", errToken{act.Error}
		case "wait":
			d.wait(ctx, act, wake, reports)
		default:
			if d.stage.has("tied") {
				d.start(ctx, func(ctx context.Context) { d.perform(ctx, act) })
			} else {
				d.start(context.WithoutCancel(ctx), func(ctx context.Context) { d.perform(ctx, act) })
			}
		}
	}
}

// poll is everything that happens under the lock; the channel to wait on is taken there, too.
func (d *driver) poll(ticket, caller int) (*action, <-chan struct{}, int) {
	d.lock.Lock()
	defer d.lock.Unlock()
	act := d.machine.poll(ticket, d.stage.now())
	switch act.Do {
	case "ready":
		if work := d.machine.pollRefresh(d.stage.now()); work.Do != "nothing" {
			d.takeOn(work, volunteer)
			d.stage.volunteered()
			d.start(context.Background(), func(ctx context.Context) { d.refresh(ctx, work) })
		}
	case "wait":
		d.stage.beginsToWait()
	case "send", "input":
		d.takeOn(act, caller)
	}
	return act, d.woken, d.stage.reportsSoFar()
}

func (d *driver) wait(ctx context.Context, act *action, wake <-chan struct{}, reports int) {
	atMost := time.Duration(act.AtMostMs * float64(time.Millisecond))
	limit, stop := context.WithTimeout(ctx, atMost)
	defer stop()
	d.stage.pause(limit, reports)
	if d.stage.has("late_wait") {
		d.lock.Lock()
		wake = d.woken
		d.lock.Unlock()
	}
	if d.stage.has("wake_one") {
		wake = d.stage.oneAtATime
	}
	select {
	case <-wake:
	case <-limit.Done():
		if ctx.Err() == nil {
			d.stage.ranOut(atMost)
		}
	}
}

func (d *driver) takeOn(work *action, caller int) {
	work.ordinal = d.stage.handedOut(work.Hop, caller)
}

func (d *driver) start(ctx context.Context, run func(context.Context)) {
	d.units.Add(1)
	go func() {
		defer d.units.Done()
		run(ctx)
	}()
}

// perform is a unit of work. It says what became of it however it ends: by runtime.Goexit, too,
// which runs deferred calls and nothing else.
func (d *driver) perform(ctx context.Context, work *action) {
	rep := &request{Op: "abandon"}
	defer func() {
		if rep == nil || (rep.Op == "abandon" && d.stage.has("no_abandon")) {
			return
		}
		rep.ID = work.ID
		d.report(*rep)
	}()
	done, err := d.send(ctx, work)
	switch {
	case err == nil:
		rep = done
	case errors.Is(err, context.Canceled) || d.stage.has("exception_abandons"):
		// Stopped: the work is given back.
	default:
		// A failure like any other. Given back, it would be sent again at once, and again.
		rep = &request{Op: "handle", Error: "other"}
	}
}

// send makes an error of a panic, as a wrapper does around a transport that is not its own.
func (d *driver) send(ctx context.Context, work *action) (rep *request, err error) {
	defer func() {
		if recover() != nil {
			err = errThrown
		}
	}()
	return d.stage.transport(ctx, work)
}

// refresh is the work of a volunteer: step by step, until nothing is left to do.
func (d *driver) refresh(ctx context.Context, work *action) {
	for work.Do != "nothing" {
		d.perform(ctx, work)
		d.lock.Lock()
		work = d.machine.pollRefresh(d.stage.now())
		if work.Do != "nothing" {
			d.takeOn(work, volunteer)
		}
		d.lock.Unlock()
	}
}

// report calls the machine, then wakes all waiters.
func (d *driver) report(call request) {
	d.lock.Lock()
	defer d.lock.Unlock()
	call.Now = d.stage.now()
	d.machine.call(call)
	switch d.stage.job.Defect {
	case "no_wake":
	case "wake_one":
		d.stage.wakeOne()
	default:
		close(d.woken)
		d.woken = make(chan struct{})
	}
	d.stage.reported()
}
