package trustedprofile

import (
	"sync/atomic"
	"time"
)

// For how long the last look at the machine's own clocks serves.
const lookServes = time.Second

// Clocks for whoever has a token: reading the one that goes on while the machine is suspended takes several times as
// long as all the rest. So it is read once a second, and package time tells how much of that second is over. After a
// suspension, which its clocks do not count, the wall clock is right at once, and this one after a second at the latest.
type quickClocks struct {
	last atomic.Pointer[look]
}

type look struct {
	at  time.Time
	now Now
}

func (q *quickClocks) now() Now {
	at := time.Now()
	last := q.last.Load()
	if last != nil {
		if since := at.Sub(last.at); since >= 0 && since < lookServes {
			return Now{Monotonic: last.now.Monotonic + since, Unix: time.Duration(at.UnixNano())}
		}
	}
	now := clocks()
	q.last.Store(&look{at, now})
	return now
}
