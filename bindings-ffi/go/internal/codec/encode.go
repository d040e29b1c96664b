// Package codec writes arguments of operations as JSON and reads answers, as the generated types hold them. It differs from
// encoding/json in three ways: requests hold the text of secrets, a union is its alternative, and what a type does not know,
// or a service sends in another type than its documents say, is kept beside the rest instead of lost or failing the whole.
package codec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// Deeper than any body, and than the core takes.
const maxDepth = 200

// Encode is the JSON of arguments: a struct of a generated package, a map, or anything that encoding/json takes. An error
// says which part cannot be told in JSON, and nothing of what it holds.
func Encode(arguments any) ([]byte, error) {
	var out bytes.Buffer
	if err := write(&out, reflect.ValueOf(arguments), "", 0); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func expected(path, what string) error {
	if path == "" {
		path = "arguments"
	}
	return fmt.Errorf("%s: expected %s", path, what)
}

func write(out *bytes.Buffer, value reflect.Value, path string, depth int) error {
	if depth > maxDepth {
		return expected(path, "something that ends; it nests too deep")
	}
	for value.IsValid() && value.Kind() == reflect.Interface {
		value = value.Elem()
	}
	if !value.IsValid() {
		out.WriteString("null")
		return nil
	}
	if isDone, err := writeKnown(out, value, path, depth); isDone || err != nil {
		return err
	}
	switch value.Kind() {
	case reflect.Pointer:
		return write(out, value.Elem(), path, depth+1)
	case reflect.Struct:
		return writeStruct(out, value, path, depth)
	case reflect.Map:
		return writeMap(out, value, path, depth)
	case reflect.Slice, reflect.Array:
		out.WriteByte('[')
		for i := range value.Len() {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := write(out, value.Index(i), fmt.Sprintf("%s[%d]", path, i), depth+1); err != nil {
				return err
			}
		}
		out.WriteByte(']')
		return nil
	case reflect.String:
		return writeText(out, value.String(), path)
	default:
		return marshal(out, value, path)
	}
}

// What has a way of its own to be written.
func writeKnown(out *bytes.Buffer, value reflect.Value, path string, depth int) (bool, error) {
	of := value.Type()
	isPointer := value.Kind() == reflect.Pointer
	if isPointer && value.IsNil() || !value.CanInterface() {
		return false, nil
	}
	switch known := value.Interface().(type) {
	case secret:
		if of == secretType {
			return true, writeText(out, known.Value(), path)
		}
	case held:
		if of == jsonType {
			return true, marshal(out, reflect.ValueOf(json.RawMessage(known.Bytes())), path)
		}
	case nullable:
		return true, write(out, reflect.ValueOf(known.Inner()), path, depth+1)
	case json.Number:
		return true, marshal(out, value, path)
	}
	switch {
	case isPointer:
		// A way that only its address has. Any other is that of what it points to.
		if !marshals(of) || marshals(of.Elem()) {
			return false, nil
		}
	case isUnion(value):
		return false, nil
	case marshals(of), value.Kind() == reflect.Slice && of.Elem() == reflect.TypeFor[byte]():
	case marshals(reflect.PointerTo(of)):
		address := reflect.New(of)
		address.Elem().Set(value)
		value = address
	default:
		return false, nil
	}
	return true, marshal(out, value, path)
}

func writeText(out *bytes.Buffer, text, path string) error {
	if !utf8.ValidString(text) {
		return expected(path, "text in UTF-8")
	}
	quoted, err := json.Marshal(text)
	out.Write(quoted)
	return err
}

func writeStruct(out *bytes.Buffer, value reflect.Value, path string, depth int) error {
	if isUnion(value) {
		chosen, isOne := alternative(value)
		if !isOne {
			return expected(path, "one of its alternatives to be set, and no more")
		}
		return write(out, chosen, path, depth+1)
	}
	known := layoutOf(value.Type())
	if known.isForeign {
		return marshal(out, value, path)
	}
	return writeObject(out, func(member func(string, reflect.Value) error) error {
		written := map[string]bool{}
		for _, field := range known.fields {
			place := value.Field(field.index)
			if field.isLeftOut(place) {
				continue
			}
			written[field.name] = true
			if (place.Kind() == reflect.Slice || place.Kind() == reflect.Map) && place.IsNil() {
				// As encoding/json has it. Those of the generated types are left out.
				place = reflect.Value{}
			}
			if err := member(field.name, place); err != nil {
				return err
			}
		}
		if known.other < 0 {
			return nil
		}
		other := membersOf(value.Field(known.other))
		maps.DeleteFunc(other, func(name string, _ reflect.Value) bool { return written[name] })
		return each(other, member)
	}, path, depth)
}

func writeMap(out *bytes.Buffer, value reflect.Value, path string, depth int) error {
	if value.Type().Key().Kind() != reflect.String {
		return expected(path, "names that are text")
	}
	return writeObject(out, func(member func(string, reflect.Value) error) error { return each(membersOf(value), member) }, path, depth)
}

func membersOf(value reflect.Value) map[string]reflect.Value {
	members := map[string]reflect.Value{}
	for entries := value.MapRange(); entries.Next(); {
		members[entries.Key().String()] = entries.Value()
	}
	return members
}

// In one order, whatever that of the map is.
func each(members map[string]reflect.Value, member func(string, reflect.Value) error) error {
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if err := member(name, members[name]); err != nil {
			return err
		}
	}
	return nil
}

func writeObject(out *bytes.Buffer, all func(member func(string, reflect.Value) error) error, path string, depth int) error {
	out.WriteByte('{')
	isFirst := true
	err := all(func(name string, value reflect.Value) error {
		if !isFirst {
			out.WriteByte(',')
		}
		isFirst = false
		inner := strings.TrimPrefix(path+"."+name, ".")
		if err := writeText(out, name, inner); err != nil {
			return err
		}
		out.WriteByte(':')
		return write(out, value, inner, depth+1)
	})
	out.WriteByte('}')
	return err
}
