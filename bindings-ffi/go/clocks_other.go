//go:build !linux

package trustedprofile

import "time"

var started = time.Now()

// What both clocks say. Where the monotonic one stands still while the machine is suspended, the other one does not.
func clocks() Now {
	now := time.Now()
	return Now{Monotonic: now.Sub(started), Unix: time.Duration(now.UnixNano())}
}
