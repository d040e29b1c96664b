// Package values has the kinds of values that bodies and answers of operations hold, where Go has none of its own that
// says as much: secrets, dates that keep every digit, any JSON, and what may be null.
package values

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"time"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/codec"
)

func init() { codec.Kinds(reflect.TypeFor[Secret](), reflect.TypeFor[JSON]()) }

// Ptr makes a pointer of a value, as optional properties and arguments are: values.Ptr("us-south-1").
func Ptr[T any](value T) *T { return &value }

// A DateTime is a moment as the service writes it, to the last digit (RFC 3339).
type DateTime string

// Of is the DateTime of a moment, in UTC.
func Of(moment time.Time) DateTime { return DateTime(moment.UTC().Format(time.RFC3339Nano)) }

// Time is the moment, to the nanosecond. An error says that it is none of RFC 3339.
func (d DateTime) Time() (time.Time, error) { return time.Parse(time.RFC3339Nano, string(d)) }

// A Secret is a text that is sent and received, and shown nowhere else: formatting, logging and marshalling tell that
// there is one. The zero value is none.
type Secret struct {
	// Whatever looks into structs sees the address of a function here.
	reveal func() string
}

// SecretOf makes a secret of a text.
func SecretOf(text string) Secret { return Secret{func() string { return text }} }

// Value is the text, for the one place that needs it; empty where there is none.
func (s Secret) Value() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// IsZero says that there is none. An empty text is one.
func (s Secret) IsZero() bool { return s.reveal == nil }

// Format writes that it is a secret, whatever is asked for.
func (s Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, s.shown()) }

// LogValue says that it is a secret.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.shown()) }

// MarshalJSON says that it is a secret. Requests have its text.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.shown()) }

// UnmarshalJSON takes a text. Null is none.
func (s *Secret) UnmarshalJSON(text []byte) error {
	var found *string
	if err := json.Unmarshal(text, &found); err != nil {
		return err
	}
	*s = Secret{}
	if found != nil {
		*s = SecretOf(*found)
	}
	return nil
}

func (s Secret) shown() string {
	if s.reveal == nil {
		return ""
	}
	return codec.ShownSecret
}

// JSON is any JSON, as the service sent it or is to get it. It may hold secrets: formatting and logging do not show it. The
// zero value is none.
type JSON struct{ reveal func() []byte }

// JSONOf makes JSON of a struct of a generated package, or of whatever encoding/json takes, with the text of secrets. An
// error names the part that cannot be told in JSON.
func JSONOf(value any) (JSON, error) {
	text, err := codec.Encode(value)
	if err != nil {
		return JSON{}, err
	}
	return held(text), nil
}

func held(text []byte) JSON { return JSON{func() []byte { return text }} }

// Bytes is its text; nil where there is none.
func (j JSON) Bytes() []byte {
	if j.reveal == nil {
		return nil
	}
	return bytes.Clone(j.reveal())
}

// Decode reads it as json.Unmarshal does, but numbers into any as json.Number, which keeps every digit.
func (j JSON) Decode(into any) error {
	decoder := json.NewDecoder(bytes.NewReader(j.Bytes()))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// IsZero says that there is none. Null is one.
func (j JSON) IsZero() bool { return j.reveal == nil }

// Format writes that it is JSON, whatever is asked for.
func (j JSON) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, j.shown()) }

// LogValue says that it is JSON.
func (j JSON) LogValue() slog.Value { return slog.StringValue(j.shown()) }

// MarshalJSON says that it is JSON, or null where there is none. Requests have its text, and so has Bytes.
func (j JSON) MarshalJSON() ([]byte, error) {
	if j.reveal == nil {
		return []byte("null"), nil
	}
	return json.Marshal(j.shown())
}

// UnmarshalJSON keeps the text.
func (j *JSON) UnmarshalJSON(text []byte) error {
	*j = held(bytes.Clone(text))
	return nil
}

func (j JSON) shown() string {
	if j.reveal == nil {
		return ""
	}
	return codec.ShownJSON
}
