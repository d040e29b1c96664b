package trustedprofile

import (
	"encoding/json"
	"time"
)

// A Policy has times, numbers of attempts and expectations; docs/policy.md says what each of them does. A knob that is 0
// or empty keeps its default, and a time below 0 means none at all. Times are rounded up to milliseconds.
type Policy struct {
	// LinkLocal is how long the metadata service may take; nil for 1 s, 3 s and 10 s.
	LinkLocal *Timeouts
	// Remote is how long IAM may take; nil for 5 s, 10 s and 30 s.
	Remote *Timeouts
	// MaxAttempts is the most attempts in a round, 1 to 100. Default 4.
	MaxAttempts int
	// BackoffBase is the longest first pause between attempts; doubles. Default 200 ms.
	BackoffBase time.Duration
	// BackoffMax is the longest pause between attempts. Default 5 s.
	BackoffMax time.Duration
	// RetryAfterMax is the most of a service's Retry-After that is obeyed. Default 30 s.
	RetryAfterMax time.Duration
	// Cooldown is how long a failed round answers newcomers without traffic. Default 5 s.
	Cooldown time.Duration
	// RefreshBackoffBase is the pause after a failed refresh; doubles. Default 10 s.
	RefreshBackoffBase time.Duration
	// RefreshBackoffMax is the longest pause after failed refreshes. Default 5 min.
	RefreshBackoffMax time.Duration
	// RefreshAt is the part of its life after which a token is refreshed at the latest, up to 0.95. Default 0.8.
	RefreshAt float64
	// RefreshJitter is how much earlier at most, as a part of its life, so that a fleet spreads out. Default 0.1.
	RefreshJitter float64
	// MarginMax is the most that is kept clear of a token's end; never more than a tenth of its life. Default 10 s.
	MarginMax time.Duration
	// InvalidateWindow is the time after a refused token was dropped in which a second refusal drops the token below as
	// well, and further ones change nothing. Default 10 s.
	InvalidateWindow time.Duration
	// LeaseGrace is how long past its timeout an exchange may still be answered. Default 2 s.
	LeaseGrace time.Duration
	// InputLease is how long reading token files may take. Default 2 s.
	InputLease time.Duration
	// EmptyFileGrace is how long a token file that was named may be empty. Default 2 s.
	EmptyFileGrace time.Duration
	// ProbeConnectTimeout is how long https may take to connect while the protocol is "auto". Default 250 ms.
	ProbeConnectTimeout time.Duration
	// WaitUntilReady is for first boot: until the first token, "not linked", "not eligible" and "unreachable" are tried
	// again for so long; each attempt that only this forgives is an [EventNotReady]. Default none.
	WaitUntilReady time.Duration
	// SkewReported is the difference of the clocks from which it is reported. Default 1 min.
	SkewReported time.Duration
	// MaxResponseBytes is the largest answer, 1 KiB to 64 MiB. Default 1 MiB.
	MaxResponseBytes int
	// MaxFileBytes is the largest token file, 1 KiB to 64 MiB. Default 64 KiB.
	MaxFileBytes int
	// ExpectedAccountID has tokens of any other account refused.
	ExpectedAccountID string
	// ExpectedProfileID has tokens of any other trusted profile refused.
	ExpectedProfileID string
}

// Timeouts are how long one kind of request may take. They are given together.
type Timeouts struct {
	// Connect is the time to connect, TLS not included.
	Connect time.Duration
	// Attempt is the time of one attempt, to the last byte of its answer.
	Attempt time.Duration
	// Round is the time of all attempts.
	Round time.Duration
}

// MarshalJSON writes the knobs that are given, as the core reads them.
func (p Policy) MarshalJSON() ([]byte, error) {
	knobs := map[string]any{}
	for name, time := range map[string]time.Duration{
		"backoff_base": p.BackoffBase, "backoff_max": p.BackoffMax, "retry_after_max": p.RetryAfterMax, "cooldown": p.Cooldown,
		"refresh_backoff_base": p.RefreshBackoffBase, "refresh_backoff_max": p.RefreshBackoffMax, "margin_max": p.MarginMax,
		"invalidate_window": p.InvalidateWindow, "lease_grace": p.LeaseGrace, "input_lease": p.InputLease,
		"empty_file_grace": p.EmptyFileGrace, "probe_connect_timeout": p.ProbeConnectTimeout,
		"wait_until_ready": p.WaitUntilReady, "skew_reported": p.SkewReported,
	} {
		if time != 0 {
			knobs[name] = inMilliseconds(time)
		}
	}
	for name, number := range map[string]int{
		"max_attempts": p.MaxAttempts, "max_response_bytes": p.MaxResponseBytes, "max_file_bytes": p.MaxFileBytes,
	} {
		if number != 0 {
			knobs[name] = number
		}
	}
	for name, part := range map[string]float64{"refresh_at": p.RefreshAt, "refresh_jitter": p.RefreshJitter} {
		if part != 0 {
			knobs[name] = max(part, 0)
		}
	}
	for name, id := range map[string]string{"expected_account_id": p.ExpectedAccountID, "expected_profile_id": p.ExpectedProfileID} {
		if id != "" {
			knobs[name] = id
		}
	}
	for name, timeouts := range map[string]*Timeouts{"link_local": p.LinkLocal, "remote": p.Remote} {
		if timeouts != nil {
			knobs[name] = map[string]int64{
				"connect": inMilliseconds(timeouts.Connect), "attempt": inMilliseconds(timeouts.Attempt), "round": inMilliseconds(timeouts.Round),
			}
		}
	}
	return json.Marshal(knobs)
}

func inMilliseconds(time time.Duration) int64 {
	count := time.Milliseconds()
	if time > saturated(uint64(max(count, 0))) {
		count++
	}
	return max(count, 0)
}

// Facts are what is known of this machine; they order the causes in errors. Nil and "" mean that it is not known.
type Facts struct {
	// Container: inside a container.
	Container *bool `json:"container,omitempty"`
	// Kubernetes: inside a Kubernetes pod.
	Kubernetes *bool `json:"kubernetes,omitempty"`
	// CodeEngine: inside Code Engine.
	CodeEngine *bool `json:"code_engine,omitempty"`
	// ProxySet: a proxy variable is set.
	ProxySet *bool `json:"proxy_set,omitempty"`
	// Arch as Rust names it, such as "x86_64".
	Arch string `json:"arch,omitempty"`
	// OS as Rust names it, such as "linux".
	OS string `json:"os,omitempty"`
}
