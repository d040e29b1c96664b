package trustedprofile

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"time"
)

// Tells what happened, one at a time and in order, also what the handler itself sets off.
func (d *driver) tell(ctx context.Context) {
	for {
		event := d.takeTurn()
		if event == nil {
			return
		}
		d.tellOne(ctx, event)
	}
}

// The next event, if nobody else is telling one. Whoever is comes back for what happened meanwhile.
func (d *driver) takeTurn() *Event {
	d.lock.Lock()
	defer d.lock.Unlock()
	if d.isTelling || !d.hasNews || d.isClosed {
		return nil
	}
	event := d.machine.PollEvent()
	d.noticeRestart()
	d.hasNews = event != nil
	if event != nil {
		d.isTelling, d.told = true, make(chan struct{})
	}
	return event
}

// How long whoever closes a provider waits for a handler that is at work.
const handlerMayTake = time.Second

// Tells what nobody has told yet, and waits for whoever is telling something: the program may be about to end.
func (d *driver) tellAll() {
	enough := time.NewTimer(handlerMayTake)
	defer enough.Stop()
	for {
		d.tell(context.Background())
		d.lock.Lock()
		isTelling, told := d.isTelling, d.told
		d.lock.Unlock()
		if !isTelling || isInHandler() {
			return
		}
		select {
		case <-told:
		case <-enough.C:
			return
		}
	}
}

// Whether a handler closes a provider, by what called it: waiting for its end would be waiting for itself.
func isInHandler() bool {
	callers := make([]uintptr, 256)
	for skip := 0; ; skip += len(callers) {
		found := runtime.Callers(skip, callers)
		for frames := runtime.CallersFrames(callers[:found]); ; {
			frame, more := frames.Next()
			if strings.HasSuffix(frame.Function, ".(*driver).tellOne") {
				return true
			}
			if !more {
				break
			}
		}
		if found < len(callers) {
			return false
		}
	}
}

func (d *driver) tellOne(ctx context.Context, event *Event) {
	defer func() {
		thrown := recover()
		d.lock.Lock()
		d.isTelling = false
		close(d.told)
		d.lock.Unlock()
		if thrown != nil && d.logger != nil {
			d.logger.ErrorContext(ctx, "trusted-profile: the handler of WithOnEvent panicked", slog.String("with", fmt.Sprintf("%T", thrown)))
		}
	}()
	if d.logger != nil {
		d.logger.LogAttrs(context.WithoutCancel(ctx), event.level(), "trusted-profile: "+event.words(), event.attributes()...)
	}
	if d.onEvent != nil {
		d.onEvent(*event)
	}
}
