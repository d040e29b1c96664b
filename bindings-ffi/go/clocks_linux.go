package trustedprofile

import (
	"time"

	"golang.org/x/sys/unix"
)

// What both clocks say. The monotonic one goes on while the machine is suspended, which that of package time does not.
func clocks() Now {
	var since unix.Timespec
	// It fails for a clock that the kernel does not know, and every kernel that Go runs on knows this one.
	_ = unix.ClockGettime(unix.CLOCK_BOOTTIME, &since)
	return Now{Monotonic: time.Duration(since.Nano()), Unix: time.Duration(time.Now().UnixNano())}
}
