package codec

import (
	"reflect"
	"strings"
	"sync"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/values"
)

// What is known of a generated struct.
type layout struct {
	fields []field
	byName map[string]int
	// The field for what has no place in the others; -1 where there is none.
	other int
	// Whether it is none of the generated ones: encoding/json knows how to write it.
	isForeign bool
}

type field struct {
	index       int
	name        string
	mayBeAbsent bool
}

var layouts sync.Map // of reflect.Type to *layout

var otherType = reflect.TypeFor[map[string]values.JSON]()

func layoutOf(of reflect.Type) *layout {
	if found, ok := layouts.Load(of); ok {
		return found.(*layout)
	}
	found := &layout{byName: map[string]int{}, other: -1}
	for i := range of.NumField() {
		tag, ok := of.Field(i).Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case name == "-" && of.Field(i).Type == otherType:
			found.other = i
		case !ok || name == "" || name == "-" || (options != "" && options != "omitzero"):
			found.isForeign = true
		default:
			found.fields = append(found.fields, field{i, name, options == "omitzero"})
			found.byName[name] = i
		}
	}
	layouts.Store(of, found)
	return found
}

// Whether a value is left out, as omitzero has it.
func isAbsent(value reflect.Value) bool {
	if zero, ok := value.Interface().(interface{ IsZero() bool }); ok && value.Kind() != reflect.Pointer {
		return zero.IsZero()
	}
	return value.IsZero()
}
