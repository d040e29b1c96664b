package codec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/values"
)

// Decode reads an answer. What has no place in a struct of a generated package is in its Other: properties that it does not
// know, null, and values of another type than the documents say. An error says that it is no JSON, or of another kind as a
// whole, and shows nothing of it.
func Decode(text []byte, into any) error {
	tree, err := parse(text)
	if err != nil {
		return errors.New("it is not JSON")
	}
	place := reflect.ValueOf(into).Elem()
	if !read(tree, place) {
		return fmt.Errorf("it is not %s", wanted(place.Type()))
	}
	return nil
}

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

func wanted(of reflect.Type) string {
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	switch of.Kind() {
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Slice:
		return "a list"
	default:
		return "what the operation is answered with"
	}
}

type fillable interface {
	Fill(read func(into any) bool) bool
	SetNull()
}

// Whether a value has its place there.
func read(tree any, place reflect.Value) bool {
	switch known := place.Addr().Interface().(type) {
	case *values.JSON:
		return keep(tree, known)
	case *values.Secret:
		text, ok := tree.(string)
		if ok {
			*known = values.SecretOf(text)
		}
		return ok
	case fillable:
		if tree == nil {
			known.SetNull()
			return true
		}
		return known.Fill(func(into any) bool { return read(tree, reflect.ValueOf(into).Elem()) })
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

// A list with one odd item is odd as a whole.
func readList(items []any, place reflect.Value) bool {
	list := reflect.MakeSlice(place.Type(), len(items), len(items))
	for i, item := range items {
		if !read(item, list.Index(i)) {
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
		if !read(value, inner) {
			return false
		}
		made.SetMapIndex(reflect.ValueOf(name), inner)
	}
	place.Set(made)
	return true
}

func readObject(members map[string]any, place reflect.Value) bool {
	if isUnion(place) {
		return readUnion(members, place)
	}
	known := layoutOf(place.Type())
	var other map[string]values.JSON
	for name, value := range members {
		if at, ok := known.byName[name]; ok && read(value, place.Field(at)) {
			continue
		}
		if other == nil {
			other = map[string]values.JSON{}
		}
		var kept values.JSON
		keep(value, &kept)
		other[name] = kept
	}
	if known.other >= 0 && other != nil {
		place.Field(known.other).Set(reflect.ValueOf(other))
	}
	return true
}

func keep(tree any, place *values.JSON) bool {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(tree) != nil {
		return false
	}
	return place.UnmarshalJSON(bytes.TrimSpace(text.Bytes())) == nil
}
