package codec

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

var (
	marshaler       = reflect.TypeFor[json.Marshaler]()
	textMarshaler   = reflect.TypeFor[encoding.TextMarshaler]()
	unmarshaler     = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	number          = reflect.TypeFor[json.Number]()
)

// Whether a type has a way of its own to be written.
func marshals(of reflect.Type) bool { return of.Implements(marshaler) || of.Implements(textMarshaler) }

func unmarshals(of reflect.Type) bool {
	return of.Implements(unmarshaler) || of.Implements(textUnmarshaler)
}

// What encoding/json writes of a value. It would not write secrets, which are therefore refused.
func marshal(out *bytes.Buffer, value reflect.Value, path string) error {
	text, err := json.Marshal(value.Interface())
	if err != nil {
		// What encoding/json says may hold the value.
		return expected(path, fmt.Sprintf("something that JSON has, got %s", value.Type()))
	}
	// Whoever has a way of its own to be written may well know how to write what it hides.
	isOwn := marshals(value.Type()) && !bytes.Contains(text, []byte(ShownSecret)) && !bytes.Contains(text, []byte(ShownJSON))
	if !isOwn {
		if at := (&search{seen: map[seen]bool{}}).hidden(value, path); at != nil {
			return expected(at.path, fmt.Sprintf("no %s in %s, which is written by encoding/json without what it holds", at.what, value.Type()))
		}
	}
	out.Write(text)
	return nil
}

// A search for what encoding/json would not write.
type search struct{ seen map[seen]bool }

type seen struct {
	of reflect.Type
	at uintptr
}

type found struct{ path, what string }

func (s *search) hidden(value reflect.Value, path string) *found {
	if !value.IsValid() || value.IsZero() {
		return nil
	}
	switch of := value.Type(); of {
	case secretType, jsonType:
		return &found{path, of.String()}
	}
	switch value.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		here := seen{value.Type(), value.Pointer()}
		if s.seen[here] {
			return nil
		}
		s.seen[here] = true
	}
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		return s.hidden(value.Elem(), path)
	case reflect.Struct:
		for i := range value.NumField() {
			field := value.Type().Field(i)
			inner := path
			if !field.Anonymous {
				inner = strings.TrimPrefix(path+"."+nameOf(field), ".")
			}
			if at := s.hidden(value.Field(i), inner); at != nil {
				return at
			}
		}
	case reflect.Map:
		for entries := value.MapRange(); entries.Next(); {
			inner := strings.TrimPrefix(fmt.Sprintf("%s.%v", path, entries.Key()), ".")
			if at := s.hidden(entries.Value(), inner); at != nil {
				return at
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range value.Len() {
			if at := s.hidden(value.Index(i), fmt.Sprintf("%s[%d]", path, i)); at != nil {
				return at
			}
		}
	}
	return nil
}

// Whether encoding/json has to read it: nothing here knows how.
func isReadElsewhere(place reflect.Value) bool {
	of := place.Type()
	switch of.Kind() {
	case reflect.Struct:
		return !isUnion(place) && (unmarshals(reflect.PointerTo(of)) || layoutOf(of).isForeign)
	case reflect.Map:
		return of.Key().Kind() != reflect.String || unmarshals(reflect.PointerTo(of.Key())) || unmarshals(reflect.PointerTo(of))
	case reflect.Slice:
		return of.Elem().Kind() == reflect.Uint8 || unmarshals(reflect.PointerTo(of))
	case reflect.String:
		return of == number || unmarshals(reflect.PointerTo(of))
	case reflect.Pointer:
		return false
	case reflect.Bool, reflect.Int64, reflect.Float64:
		return unmarshals(reflect.PointerTo(of))
	default:
		return true
	}
}

// Has encoding/json read it. Numbers without a type keep every digit.
func readElsewhere(tree any, place reflect.Value) bool {
	text, err := textOf(tree)
	if err != nil {
		return false
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	made := reflect.New(place.Type())
	if decoder.Decode(made.Interface()) != nil {
		return false
	}
	place.Set(made.Elem())
	return true
}
