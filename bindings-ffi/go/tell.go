package trustedprofile

import (
	"context"
	"fmt"
	"log/slog"
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
	d.isTelling = event != nil
	return event
}

func (d *driver) tellOne(ctx context.Context, event *Event) {
	defer func() {
		thrown := recover()
		d.lock.Lock()
		d.isTelling = false
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
