package trustedprofile

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"time"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/engine"
)

// A Slot is the step of the chain that a token belongs to.
type Slot string

// The steps, first to last. Each source has those that it needs.
const (
	// SlotIdentity is the identity token of an instance or bare metal server, for calls to the metadata service.
	SlotIdentity Slot = "identity"
	// SlotIAM is the IAM token of the source itself.
	SlotIAM Slot = "iam"
	// SlotAssumed is the IAM token of the profile that was assumed with the one before.
	SlotAssumed Slot = "assumed"
)

// Now is what both clocks say at one moment.
type Now struct {
	// Monotonic counts from any moment on, and never goes backwards.
	Monotonic time.Duration
	// Unix counts since 1970.
	Unix time.Duration
}

// Never is a moment that never comes.
var Never = Now{Monotonic: math.MaxInt64, Unix: math.MaxInt64}

// Before says whether neither clock has reached end.
func (n Now) Before(end Now) bool { return n.Monotonic < end.Monotonic && n.Unix < end.Unix }

// An AccessToken is a token as programs get it. Its text is told by Value, and Authorization is the header that carries
// it; formatting, logging and marshalling show neither.
type AccessToken struct {
	// Whatever looks into structs sees the address of a function here.
	reveal      func() string
	slot        Slot
	generation  uint64
	expiresAt   Now
	usableUntil Now
	refreshAt   Now
}

// Value is the token's text, for the one place that sends it.
func (t AccessToken) Value() string {
	if t.reveal == nil {
		return ""
	}
	return t.reveal()
}

// Authorization is "Bearer" and the token: the value of the header Authorization.
func (t AccessToken) Authorization() string { return "Bearer " + t.Value() }

// Slot is the step of the chain that it belongs to.
func (t AccessToken) Slot() Slot { return t.slot }

// Generation is which of the tokens of its step this is, counted from 1.
func (t AccessToken) Generation() uint64 { return t.generation }

// ExpiresAt is when the token ends by this machine's clock; the zero time where nobody knows.
func (t AccessToken) ExpiresAt() time.Time {
	if t.expiresAt == Never || t.reveal == nil {
		return time.Time{}
	}
	return time.Unix(0, int64(t.expiresAt.Unix))
}

// UsableUntil is the moment at which the token is not to be used any more: as soon as either clock has reached it.
func (t AccessToken) UsableUntil() Now { return t.usableUntil }

// RefreshAt is the moment at which the machine is to be asked again: as soon as either clock has reached it.
func (t AccessToken) RefreshAt() Now { return t.refreshAt }

// UnverifiedClaims are what the token says about itself, or nil if it is no JWT. Nothing is verified: they are not for
// decisions about trust.
func (t AccessToken) UnverifiedClaims() map[string]any {
	text, failure := pure(func(call *engine.Call) uint64 {
		address, length := call.Text(t.Value())
		return call.Run("tp_claims", address, length)
	})
	var claims map[string]any
	if failure != nil || len(text) == 0 || json.Unmarshal(text, &claims) != nil {
		return nil
	}
	return claims
}

// Format writes the step and the generation, whatever is asked for.
func (t AccessToken) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, t.shown()) }

// LogValue is the step and the generation.
func (t AccessToken) LogValue() slog.Value { return slog.StringValue(t.shown()) }

// MarshalText gives the step and the generation.
func (t AccessToken) MarshalText() ([]byte, error) { return []byte(t.shown()), nil }

func (t AccessToken) shown() string {
	return fmt.Sprintf("AccessToken %s, generation %d", t.slot, t.generation)
}

// Whether it is this very token.
func (t *AccessToken) is(other *AccessToken) bool {
	return t.slot == other.slot && t.generation == other.generation && t.Value() == other.Value()
}
