package trustedprofile

import (
	"encoding/json"
	"errors"
	"log/slog"
	"time"
)

// A Code says what went wrong; it is the same in every language. Each one is an error to compare with:
//
//	if errors.Is(err, trustedprofile.ErrProfileNotLinked) { ... }
type Code string

// Error is the code's text, such as "profile_not_linked".
func (c Code) Error() string { return string(c) }

// A Kind says which side has to act.
type Kind string

// The kinds of errors.
const (
	// KindConfiguration is the program's settings.
	KindConfiguration Kind = "configuration"
	// KindLocal is this machine: files, callbacks, a closed provider.
	KindLocal Kind = "local"
	// KindUnreachable is the network between.
	KindUnreachable Kind = "unreachable"
	// KindRefused is a service that said no; asking again changes nothing.
	KindRefused Kind = "refused"
	// KindService is the service, or something that answers in its place.
	KindService Kind = "service"
	// KindInternal is this module.
	KindInternal Kind = "internal"
)

// An Error says why there is no token, with the likely causes and what to do about them. Its text shows all of it, and
// holds no secret. Get it by errors.As, and its code also by errors.Is.
type Error struct {
	// Code is what went wrong.
	Code Code
	// Kind is which side has to act.
	Kind Kind
	// Message is what went wrong in one sentence.
	Message string
	// Status is the HTTP status; 0 where no answer came.
	Status int
	// Service is what the service itself said; nil where it said nothing.
	Service *ServiceError
	// Transient says whether the same call may succeed later without anybody changing anything.
	Transient bool
	// Attempts is how many requests the failed round sent for this step.
	Attempts int
	// Elapsed is how long the failed round took.
	Elapsed time.Duration
	// RetryAfter is what the service asked for; 0 where it asked for nothing.
	RetryAfter time.Duration
	// Causes are the likely causes, most likely first.
	Causes []Cause
	// Notes are further facts of this very case, such as the paths tried.
	Notes []string

	// As the core shows it; empty where it is no error of the core's.
	text  string
	cause error
}

// A ServiceError is what a service said of its refusal. What it did not say is empty.
type ServiceError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Details string `json:"details"`
	Target  string `json:"target"`
	// Trace is what IBM's support finds the request by.
	Trace string `json:"trace"`
	// Excerpt is the beginning of an answer in another form, without anything that may be secret.
	Excerpt string `json:"excerpt"`
	// IsHTML says that the answer was a page, which is what a proxy or a portal shows.
	IsHTML bool `json:"is_html"`
}

// A Cause is a likely cause, and what to do about it.
type Cause struct {
	Cause string `json:"cause"`
	Fix   string `json:"fix"`
}

// Error shows everything that is known, with the likely causes and their fixes.
func (e *Error) Error() string {
	if e.text == "" {
		return string(e.Code) + ": " + e.Message
	}
	return e.text
}

// Is says whether target is this error's code.
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == e.Code
}

// Unwrap gives what the error follows from, such as the failure of the connection or of the caller's context.
func (e *Error) Unwrap() error { return e.cause }

// LogValue groups what structured logs should have.
func (e *Error) LogValue() slog.Value {
	attributes := []slog.Attr{
		slog.String("code", string(e.Code)),
		slog.String("kind", string(e.Kind)),
		slog.String("message", e.Message),
		slog.Bool("transient", e.Transient),
	}
	if e.Status != 0 {
		attributes = append(attributes, slog.Int("status", e.Status))
	}
	if e.Attempts != 0 {
		attributes = append(attributes, slog.Int("attempts", e.Attempts), slog.Duration("elapsed", e.Elapsed))
	}
	if e.Service != nil && e.Service.Trace != "" {
		attributes = append(attributes, slog.String("trace", e.Service.Trace))
	}
	if len(e.Causes) > 0 {
		attributes = append(attributes, slog.String("cause", e.Causes[0].Cause), slog.String("fix", e.Causes[0].Fix))
	}
	return slog.GroupValue(attributes...)
}

// An error of the core, as it spells it.
type errorFacts struct {
	Code         Code          `json:"code"`
	Kind         Kind          `json:"kind"`
	Message      string        `json:"message"`
	Text         string        `json:"text"`
	Status       int           `json:"status"`
	Service      *ServiceError `json:"service"`
	Transient    bool          `json:"transient"`
	Attempts     int           `json:"attempts"`
	ElapsedMs    uint64        `json:"elapsed_ms"`
	RetryAfterMs uint64        `json:"retry_after_ms"`
	Causes       []Cause       `json:"causes"`
	Notes        []string      `json:"notes"`
}

func (f *errorFacts) asError() *Error {
	return &Error{
		Code: f.Code, Kind: f.Kind, Message: f.Message, Status: f.Status, Service: f.Service, Transient: f.Transient,
		Attempts: f.Attempts, Elapsed: saturated(f.ElapsedMs), RetryAfter: saturated(f.RetryAfterMs),
		Causes: f.Causes, Notes: f.Notes, text: f.Text,
	}
}

func errorOf(text []byte) *Error {
	var facts errorFacts
	if err := json.Unmarshal(text, &facts); err != nil {
		return local(ErrInternal, "the core reported an error that cannot be read", err)
	}
	return facts.asError()
}

// An error that this layer makes itself.
func local(code Code, message string, cause error) *Error {
	kind := KindLocal
	switch code {
	case ErrInvalidArgument:
		kind = KindConfiguration
	case ErrInternal:
		kind = KindInternal
	case ErrMalformedResponse:
		kind = KindService
	case ErrDeadlineExceeded:
		kind = KindUnreachable
	}
	return &Error{Code: code, Kind: kind, Message: message, Transient: code == ErrDeadlineExceeded, cause: cause}
}

// The same error for one caller alone, with what it follows from.
func (e *Error) because(cause error) *Error {
	if cause == nil || e.cause != nil {
		return e
	}
	explained := *e
	explained.cause = cause
	return &explained
}

// Whether somebody could say more about an error than its cause.
func isExplained(err *Error) bool {
	return err.Status != 0 || errors.Is(err, ErrInvalidArgument) || errors.Is(err, ErrInternal)
}
