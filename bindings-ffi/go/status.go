package trustedprofile

import (
	"encoding/json"
	"time"
)

// A Status is what a machine knows. It holds no secret.
type Status struct {
	// Source is the source with its options, in one line.
	Source string `json:"source"`
	// Slots are the steps of the chain, first to last.
	Slots []SlotStatus `json:"slots"`
	// Protocol of the metadata service that worked, where it was left to "auto": "http", "https" or "".
	Protocol string `json:"protocol"`
	// ClockSkewSeconds is this machine's time minus the service's when last seen; nil where it was not seen.
	ClockSkewSeconds *int64 `json:"clock_skew_seconds"`
}

// A SlotStatus is one step of the chain.
type SlotStatus struct {
	Slot Slot
	// Generation is how many tokens it has had.
	Generation uint64
	// UsableUntil and RefreshAt are of its token; nil where it has none.
	UsableUntil, RefreshAt *Now
	// Fetching says whether something is under way.
	Fetching bool
	// FailedRefreshes is how many failed in a row.
	FailedRefreshes int
	// LastFailure is why it failed last, at LastFailureAt; nil if it never did.
	LastFailure   *Error
	LastFailureAt Now
}

// UnmarshalJSON reads what the core writes.
func (s *SlotStatus) UnmarshalJSON(text []byte) error {
	var facts struct {
		Slot            Slot     `json:"slot"`
		Generation      uint64   `json:"generation"`
		UsableUntil     *instant `json:"usable_until"`
		RefreshAt       *instant `json:"refresh_at"`
		Fetching        bool     `json:"fetching"`
		FailedRefreshes int      `json:"failed_refreshes"`
		LastFailure     *struct {
			At    instant    `json:"at"`
			Error errorFacts `json:"error"`
		} `json:"last_failure"`
	}
	if err := json.Unmarshal(text, &facts); err != nil {
		return err
	}
	*s = SlotStatus{
		Slot: facts.Slot, Generation: facts.Generation, UsableUntil: (*Now)(facts.UsableUntil), RefreshAt: (*Now)(facts.RefreshAt),
		Fetching: facts.Fetching, FailedRefreshes: facts.FailedRefreshes,
	}
	if facts.LastFailure != nil {
		s.LastFailure, s.LastFailureAt = facts.LastFailure.Error.asError(), Now(facts.LastFailure.At)
	}
	return nil
}

// A moment as the core writes it.
type instant Now

func (i *instant) UnmarshalJSON(text []byte) error {
	if string(text) == `"never"` {
		*i = instant(Never)
		return nil
	}
	var clocks struct {
		Monotonic uint64 `json:"monotonic_ms"`
		Unix      uint64 `json:"unix_ms"`
	}
	if err := json.Unmarshal(text, &clocks); err != nil {
		return err
	}
	*i = instant{Monotonic: saturated(clocks.Monotonic), Unix: saturated(clocks.Unix)}
	return nil
}

// Milliseconds of the core, which may be more than a Duration holds.
func saturated(count uint64) time.Duration {
	if count > uint64(Never.Monotonic/time.Millisecond) {
		return Never.Monotonic
	}
	return time.Duration(count) * time.Millisecond
}
