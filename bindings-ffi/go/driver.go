package trustedprofile

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// What waits, wakes and works for a machine: one lock, and channels that are closed to wake everybody. The contract is
// that of TokenManager. It holds nothing of the provider, so that a provider that is forgotten can be cleaned up.
type driver struct {
	transports *transports
	callback   TokenCallback
	isAsked    atomic.Bool // The callback is at work.
	logger     *slog.Logger
	onEvent    func(Event)
	// What the last poll handed out for the last slot.
	held  held
	quick quickClocks
	// Ends what is under way.
	closing context.Context
	end     context.CancelFunc

	lock    sync.Mutex
	machine *TokenManager
	// By slot; closed and replaced by whoever reports.
	woken    map[Slot]chan struct{}
	isClosed bool
	// The token of a machine that failed, until the new one has its own.
	survivor *AccessToken
	restarts int
	// What the last unit of work failed with, until one goes well.
	trouble   error
	hasNews   bool
	isTelling bool
	// Closed when the one who is telling something has told it.
	told chan struct{}
}

func newDriver(machine *TokenManager, callback TokenCallback, settings *settings) *driver {
	closing, end := context.WithCancel(context.Background())
	return &driver{
		transports: newTransports(settings), callback: callback, logger: settings.logger, onEvent: settings.onEvent,
		closing: closing, end: end, machine: machine, woken: map[Slot]chan struct{}{},
	}
}

// A token for a caller, whose context ends this call and nothing else.
func (d *driver) fetch(ctx context.Context, slot Slot) (*AccessToken, error) {
	ticket := &Ticket{}
	defer d.forget(ticket)
	for {
		// A token that is there is for those as well whose time is up; a fetch is begun for nobody of them.
		if ctx.Err() != nil && (slot != "" || d.held.usable(clocks()) == nil) {
			return nil, gaveUp(ctx)
		}
		// Of many who were woken, the first one asks the machine.
		if slot == "" {
			if token := d.held.ready(d.quick.now()); token != nil {
				return token, nil
			}
		}
		action, woken := d.step(ctx, ticket, slot)
		// After the lock was released, since the program's handler may take its time, and may want a token itself.
		d.tell(ctx)
		switch action := action.(type) {
		case Ready:
			return action.Token, nil
		case Failed:
			return nil, action.Err
		case Wait:
			if wait(ctx, woken, action.AtMost); ctx.Err() != nil {
				return nil, gaveUp(ctx)
			}
		}
	}
}

func wait(ctx context.Context, woken <-chan struct{}, atMost time.Duration) {
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	select {
	case <-woken:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// Why a caller gave up; the fetch goes on.
func gaveUp(ctx context.Context) error {
	if ctx.Err() == context.DeadlineExceeded {
		return local(ErrDeadlineExceeded, "no token within the time that the caller allowed; the fetch goes on", ctx.Err())
	}
	if cause := context.Cause(ctx); cause != ctx.Err() {
		return fmt.Errorf("trusted-profile: the caller gave up: %w: %w", ctx.Err(), cause)
	}
	return fmt.Errorf("trusted-profile: the caller gave up: %w", ctx.Err())
}

// One poll, and the start of what it asks for. The channel is that of this very moment, so that no report comes between.
func (d *driver) step(ctx context.Context, ticket *Ticket, slot Slot) (Action, <-chan struct{}) {
	d.lock.Lock()
	defer d.lock.Unlock()
	if d.isClosed {
		return Failed{local(ErrClosed, "the provider was closed", nil)}, nil
	}
	action := d.poll(ticket, slot)
	switch found := action.(type) {
	case Ready:
		d.start(ctx, d.pollRefresh(), nil, slot)
	case Send, NeedFiles, NeedToken:
		d.start(ctx, action, ticket, slot)
	case Failed:
		if !isExplained(found.Err) {
			action = Failed{found.Err.because(d.trouble)}
		}
	}
	if survivor := d.survivor; survivor != nil && slot == "" && clocks().Before(survivor.usableUntil) {
		action = Ready{survivor}
	}
	return action, d.wokenOf(slot)
}

// Polls, and keeps the token. Under the lock.
func (d *driver) poll(ticket *Ticket, slot Slot) Action {
	action := d.machine.Poll(ticket, slot, clocks())
	d.noticeRestart()
	if _, isWait := action.(Wait); !isWait {
		d.hasNews = true
	}
	if ready, ok := action.(Ready); ok && slot == "" {
		d.survivor = nil
		return Ready{d.held.keep(ready.Token)}
	}
	return action
}

func (d *driver) pollRefresh() Action {
	action := d.machine.PollRefresh(clocks())
	d.noticeRestart()
	return action
}

// A machine that failed has begun anew, without the token that is still good. Under the lock.
func (d *driver) noticeRestart() {
	if d.restarts == d.machine.Restarts() {
		return
	}
	d.restarts = d.machine.Restarts()
	d.survivor = d.held.usable(clocks())
	d.held.outdate()
	// What they wait for is not known to the new one.
	d.wake()
}

func (d *driver) forget(ticket *Ticket) {
	d.lock.Lock()
	defer d.lock.Unlock()
	d.machine.forget(ticket)
}

// Tells the machine that a service refused a token. What that changes is for the machine to say.
func (d *driver) invalidate(ctx context.Context, token *AccessToken) {
	d.refused(token)
	d.tell(ctx)
}

func (d *driver) refused(token *AccessToken) {
	d.lock.Lock()
	defer d.lock.Unlock()
	switch {
	case d.isClosed:
		return
	case d.survivor != nil && d.survivor.Value() == token.Value():
		d.survivor = nil
		d.held.drop()
	case !d.isForeign(token):
		// An error is that of a machine that began anew: it has no such token.
		_ = d.machine.Invalidate(token.slot, token.generation, clocks())
		d.noticeRestart()
		if d.held.is(token) && !d.has(token) {
			d.held.drop()
		}
	}
	d.hasNews = true
	d.held.outdate()
	d.wake()
}

// Of another provider, or of a machine that failed: it has the generation of a token of ours, and is not that token.
func (d *driver) isForeign(token *AccessToken) bool {
	current := d.held.usable(clocks())
	return current != nil && current.slot == token.slot && current.generation == token.generation && !current.is(token)
}

// Whether the machine still has this token.
func (d *driver) has(token *AccessToken) bool {
	status, err := d.machine.Status()
	if err != nil {
		return false
	}
	for _, slot := range status.Slots {
		if slot.Slot == token.slot {
			return slot.Generation == token.generation && slot.UsableUntil != nil
		}
	}
	return false
}

func (d *driver) status() (Status, error) {
	d.lock.Lock()
	defer d.lock.Unlock()
	status, err := d.machine.Status()
	if err == nil || !d.isClosed {
		d.noticeRestart()
	}
	return status, err
}

func (d *driver) metadataService() ([]byte, error) {
	d.lock.Lock()
	defer d.lock.Unlock()
	service, err := d.machine.MetadataService()
	if err == nil || !d.isClosed {
		d.noticeRestart()
	}
	return service, err
}

// Ends what is under way, and forgets the tokens.
func (d *driver) close() {
	d.end()
	d.lock.Lock()
	defer d.lock.Unlock()
	d.isClosed = true
	d.machine.Close()
	d.held.drop()
	d.survivor, d.trouble = nil, nil
	d.transports.close()
	d.wake()
}

// The channel of those who wait for a slot. Under the lock, like all that follows.
func (d *driver) wokenOf(slot Slot) chan struct{} {
	channel, ok := d.woken[slot]
	if !ok {
		channel = make(chan struct{})
		d.woken[slot] = channel
	}
	return channel
}

// Has everybody who waits poll again.
func (d *driver) wake() {
	for _, channel := range d.woken {
		close(channel)
	}
	clear(d.woken)
}

// The same, but for those who wait for a slot: its next step is under way already, and they would only wait on.
func (d *driver) wakeOthers(slot Slot) {
	kept, ok := d.woken[slot]
	delete(d.woken, slot)
	d.wake()
	if ok {
		d.woken[slot] = kept
	}
}
