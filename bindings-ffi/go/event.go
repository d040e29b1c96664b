package trustedprofile

import (
	"encoding/json"
	"log/slog"
	"time"
)

// An EventKind is what happened to a token.
type EventKind string

// What happens.
const (
	// EventFetched: a token was fetched because there was none.
	EventFetched EventKind = "fetched"
	// EventRefreshed: a token was replaced while it was still usable.
	EventRefreshed EventKind = "refreshed"
	// EventRefreshFailed: a refresh failed; the token before it stays in use.
	EventRefreshFailed EventKind = "refresh_failed"
	// EventNotReady: an attempt failed that would have been the last but for [Policy.WaitUntilReady]: the machine may still
	// be coming up, and another attempt follows.
	EventNotReady EventKind = "not_ready"
	// EventFailed: a round of attempts failed, and its callers got the error.
	EventFailed EventKind = "failed"
	// EventInvalidated: a token was dropped because a service refused it.
	EventInvalidated EventKind = "invalidated"
	// EventClockSkew: this machine's clock differs from the service's.
	EventClockSkew EventKind = "clock_skew"
)

// An Event is what happened, with the fields that its kind has. It holds no secret.
type Event struct {
	Kind EventKind
	// Slot is the step; not for clock skew.
	Slot Slot
	// Life is how long the token lives that was fetched or refreshed.
	Life time.Duration
	// ReplacedAge is how old the token was that a refresh replaced.
	ReplacedAge time.Duration
	// TokenAge is how old the token is that stays in use after a failed refresh.
	TokenAge time.Duration
	// Remaining is how long failures are still forgiven, after EventNotReady.
	Remaining time.Duration
	// Err is why something failed.
	Err *Error
	// Generation is which token was dropped.
	Generation uint64
	// Skew is this machine's time minus the service's.
	Skew time.Duration
}

func eventOf(text []byte) *Event {
	var facts struct {
		Event         EventKind   `json:"event"`
		Slot          Slot        `json:"slot"`
		LifeMs        uint64      `json:"life_ms"`
		ReplacedAgeMs uint64      `json:"replaced_age_ms"`
		TokenAgeMs    uint64      `json:"token_age_ms"`
		RemainingMs   uint64      `json:"remaining_ms"`
		Error         *errorFacts `json:"error"`
		Generation    uint64      `json:"generation"`
		Seconds       int64       `json:"seconds"`
	}
	if json.Unmarshal(text, &facts) != nil {
		return nil
	}
	event := &Event{
		Kind: facts.Event, Slot: facts.Slot, Life: saturated(facts.LifeMs), ReplacedAge: saturated(facts.ReplacedAgeMs),
		TokenAge: saturated(facts.TokenAgeMs), Remaining: saturated(facts.RemainingMs), Generation: facts.Generation, Skew: time.Duration(facts.Seconds) * time.Second,
	}
	if facts.Error != nil {
		event.Err = facts.Error.asError()
	}
	return event
}

// LogValue groups the fields that its kind has.
func (e Event) LogValue() slog.Value { return slog.GroupValue(e.attributes()...) }

func (e Event) attributes() []slog.Attr {
	attributes := []slog.Attr{slog.String("event", string(e.Kind))}
	if e.Slot != "" {
		attributes = append(attributes, slog.String("slot", string(e.Slot)))
	}
	switch e.Kind {
	case EventFetched:
		attributes = append(attributes, slog.Duration("life", e.Life))
	case EventRefreshed:
		attributes = append(attributes, slog.Duration("life", e.Life), slog.Duration("replaced_age", e.ReplacedAge))
	case EventRefreshFailed:
		attributes = append(attributes, slog.Duration("token_age", e.TokenAge), slog.Any("error", e.Err))
	case EventNotReady:
		attributes = append(attributes, slog.Duration("remaining", e.Remaining), slog.Any("error", e.Err))
	case EventFailed:
		attributes = append(attributes, slog.Any("error", e.Err))
	case EventInvalidated:
		attributes = append(attributes, slog.Uint64("generation", e.Generation))
	case EventClockSkew:
		attributes = append(attributes, slog.Duration("skew", e.Skew))
	}
	return attributes
}

// How it is logged: what goes well quietly, what somebody should look at as a warning.
func (e Event) level() slog.Level {
	switch e.Kind {
	case EventRefreshFailed, EventNotReady, EventFailed, EventClockSkew:
		return slog.LevelWarn
	case EventInvalidated:
		return slog.LevelInfo
	default:
		return slog.LevelDebug
	}
}

// What happened, in words.
func (e Event) words() string {
	switch e.Kind {
	case EventFetched:
		return "a token was fetched"
	case EventRefreshed:
		return "a token was refreshed"
	case EventRefreshFailed:
		return "a refresh failed; the token before it stays in use"
	case EventNotReady:
		return "not ready yet; trying again"
	case EventFailed:
		return "no token could be fetched"
	case EventInvalidated:
		return "a service refused a token, and it was dropped"
	case EventClockSkew:
		return "the clocks of this machine and the service differ"
	default:
		return string(e.Kind)
	}
}
