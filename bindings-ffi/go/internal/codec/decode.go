package codec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// Decode reads an answer. What has no place in a struct of a generated package is in its Other: properties that it does not
// know, null, and values of another type than the documents say. Structs of programs are read as encoding/json does: null
// leaves a field alone, and what fits into none is an error. An error says that it is no JSON, or does not fit, and shows
// nothing of it; it is ErrNoPlace if into is not the address of anything.
func Decode(text []byte, into any) error {
	address := reflect.ValueOf(into)
	if address.Kind() != reflect.Pointer || address.IsNil() {
		return ErrNoPlace
	}
	tree, err := parse(text)
	if err != nil {
		return errors.New("it is not JSON")
	}
	if place := address.Elem(); !read(tree, place) {
		return fmt.Errorf("it is not %s", wanted(tree, place.Type()))
	}
	return nil
}

// ErrNoPlace says that there is nothing to read into.
var ErrNoPlace = errors.New("expected a pointer that is not nil")

// Numbers keep every digit.
func parse(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("there is more behind it")
	}
	return tree, nil
}

func wanted(tree any, of reflect.Type) string {
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	_, isObject := tree.(map[string]any)
	_, isList := tree.([]any)
	switch {
	case !isObject && (of.Kind() == reflect.Struct || of.Kind() == reflect.Map):
		return "an object"
	case !isList && of.Kind() == reflect.Slice:
		return "a list"
	default:
		return "what fits into " + of.String()
	}
}

// Whether a value has its place there.
func read(tree any, place reflect.Value) bool {
	switch place.Type() {
	case jsonType:
		return keep(tree, place)
	case secretType:
		_, isText := tree.(string)
		return isText && keep(tree, place)
	}
	if known, ok := place.Addr().Interface().(fillable); ok {
		if tree == nil {
			known.SetNull()
			return true
		}
		return known.Fill(func(into any) bool { return read(tree, reflect.ValueOf(into).Elem()) })
	}
	if isReadElsewhere(place) {
		return readElsewhere(tree, place)
	}
	switch place.Kind() {
	case reflect.Pointer:
		inner := reflect.New(place.Type().Elem())
		if !read(tree, inner.Elem()) {
			return false
		}
		place.Set(inner)
		return true
	case reflect.Struct:
		members, ok := tree.(map[string]any)
		return ok && readObject(members, place)
	case reflect.Map:
		members, ok := tree.(map[string]any)
		return ok && readMap(members, place)
	case reflect.Slice:
		items, ok := tree.([]any)
		return ok && readList(items, place)
	default:
		return readScalar(tree, place)
	}
}

func readScalar(tree any, place reflect.Value) bool {
	switch given := tree.(type) {
	case string:
		if place.Kind() != reflect.String {
			return false
		}
		place.SetString(given)
	case bool:
		if place.Kind() != reflect.Bool {
			return false
		}
		place.SetBool(given)
	case json.Number:
		return readNumber(given, place)
	default:
		return false
	}
	return true
}

func readNumber(given json.Number, place reflect.Value) bool {
	switch place.Kind() {
	case reflect.Int64:
		number, err := given.Int64()
		if err == nil {
			place.SetInt(number)
		}
		return err == nil
	case reflect.Float64:
		number, err := given.Float64()
		if err == nil {
			place.SetFloat(number)
		}
		return err == nil
	default:
		return false
	}
}

// Where null is the nil of an item.
func isNil(item any, place reflect.Value) bool { return item == nil && place.Kind() == reflect.Pointer }

// A list with one odd item is odd as a whole.
func readList(items []any, place reflect.Value) bool {
	list := reflect.MakeSlice(place.Type(), len(items), len(items))
	for i, item := range items {
		if at := list.Index(i); !isNil(item, at) && !read(item, at) {
			return false
		}
	}
	place.Set(list)
	return true
}

func readMap(members map[string]any, place reflect.Value) bool {
	made := reflect.MakeMapWithSize(place.Type(), len(members))
	for name, value := range members {
		inner := reflect.New(place.Type().Elem()).Elem()
		if !isNil(value, inner) && !read(value, inner) {
			return false
		}
		made.SetMapIndex(reflect.ValueOf(name).Convert(place.Type().Key()), inner)
	}
	place.Set(made)
	return true
}

func readObject(members map[string]any, place reflect.Value) bool {
	if isUnion(place) {
		return readUnion(members, place)
	}
	known := layoutOf(place.Type())
	other := reflect.Value{}
	for name, value := range members {
		at, isKnown := known.find(name)
		if isKnown && read(value, place.Field(at)) {
			continue
		}
		if known.other < 0 {
			if isKnown && value != nil {
				return false
			}
			continue
		}
		if !other.IsValid() {
			other = reflect.MakeMap(otherType)
		}
		kept := reflect.New(jsonType).Elem()
		keep(value, kept)
		other.SetMapIndex(reflect.ValueOf(name), kept)
	}
	if other.IsValid() {
		place.Field(known.other).Set(other)
	}
	return true
}

// As it is spelled. Numbers have every digit.
func textOf(tree any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(tree)
	return bytes.TrimSpace(text.Bytes()), err
}

// Has a JSON or a Secret of package values hold it.
func keep(tree any, place reflect.Value) bool {
	text, err := textOf(tree)
	return err == nil && place.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(text) == nil
}
