package values

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// A Nullable is a property in which it is not the same to be absent and to be null. In a merge patch (RFC 7396) absent
// leaves alone what the service has, and null removes it. The zero value is absent.
type Nullable[T any] struct {
	value *T
	isSet bool
}

// Set is a property with a value.
func Set[T any](value T) Nullable[T] { return Nullable[T]{&value, true} }

// Null is a property that is null: in a merge patch, what the service has is removed.
func Null[T any]() Nullable[T] { return Nullable[T]{nil, true} }

// Get is the value, and whether there is one.
func (n Nullable[T]) Get() (T, bool) {
	if n.value == nil {
		var none T
		return none, false
	}
	return *n.value, true
}

// IsNull says that it is null.
func (n Nullable[T]) IsNull() bool { return n.isSet && n.value == nil }

// IsZero says that it is absent.
func (n Nullable[T]) IsZero() bool { return !n.isSet }

// Inner is the value, or nil where it is null or absent. It is for whoever looks at properties of any type.
func (n Nullable[T]) Inner() any {
	if n.value == nil {
		return nil
	}
	return *n.value
}

// Format writes the value as package fmt would.
func (n Nullable[T]) Format(state fmt.State, verb rune) {
	switch {
	case !n.isSet:
		_, _ = io.WriteString(state, "<absent>")
	case n.value == nil:
		_, _ = io.WriteString(state, "<null>")
	default:
		_, _ = fmt.Fprintf(state, fmt.FormatString(state, verb), *n.value)
	}
}

// MarshalJSON is the value, or null.
func (n Nullable[T]) MarshalJSON() ([]byte, error) { return json.Marshal(n.value) }

// UnmarshalJSON takes a value, or null.
func (n *Nullable[T]) UnmarshalJSON(text []byte) error {
	if bytes.Equal(bytes.TrimSpace(text), []byte("null")) {
		n.SetNull()
		return nil
	}
	var err error
	n.Fill(func(into any) bool {
		err = json.Unmarshal(text, into)
		return err == nil
	})
	return err
}

// Fill has the value read, by whoever knows how, into what it is given the address of.
func (n *Nullable[T]) Fill(read func(into any) bool) bool {
	value := new(T)
	isRead := read(value)
	if isRead {
		*n = Nullable[T]{value, true}
	}
	return isRead
}

// SetNull makes it null.
func (n *Nullable[T]) SetNull() { *n = Null[T]() }
