package codec

import (
	"reflect"
	"strings"
	"sync"
)

// What is known of a struct.
type layout struct {
	fields []field
	byName map[string]int
	// The field for what has no place in the others; -1 where there is none, which is so outside of the generated packages.
	other int
	// Whether only encoding/json knows how to write and read it: it embeds others, or has options that are not known here.
	isForeign bool
}

type field struct {
	index int
	name  string
	// omitzero and omitempty.
	mayBeAbsent, mayBeEmpty bool
}

var layouts sync.Map // of reflect.Type to *layout

func layoutOf(of reflect.Type) *layout {
	if found, ok := layouts.Load(of); ok {
		return found.(*layout)
	}
	found := &layout{byName: map[string]int{}, other: -1}
	for i := range of.NumField() {
		found.add(i, of.Field(i))
	}
	layouts.Store(of, found)
	return found
}

func (l *layout) add(index int, of reflect.StructField) {
	tag := of.Tag.Get("json")
	if tag == "-" {
		if of.Type == otherType {
			l.other = index
		}
		return
	}
	tagged, options, _ := strings.Cut(tag, ",")
	if of.Anonymous && tagged == "" {
		l.isForeign = true
	}
	if !of.IsExported() {
		return
	}
	added := field{index: index, name: nameOf(of)}
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "":
		case "omitzero":
			added.mayBeAbsent = true
		case "omitempty":
			added.mayBeEmpty = true
		default:
			l.isForeign = true
		}
	}
	if _, isThere := l.byName[added.name]; isThere {
		l.isForeign = true
	}
	l.fields, l.byName[added.name] = append(l.fields, added), index
}

func nameOf(of reflect.StructField) string {
	if name, _, _ := strings.Cut(of.Tag.Get("json"), ","); name != "" {
		return name
	}
	return of.Name
}

// The field for a property. Those of other types than the generated ones have it in any case, as encoding/json does.
func (l *layout) find(name string) (int, bool) {
	if at, ok := l.byName[name]; ok || l.other >= 0 {
		return at, ok
	}
	for _, field := range l.fields {
		if strings.EqualFold(field.name, name) {
			return field.index, true
		}
	}
	return 0, false
}

func (f field) isLeftOut(value reflect.Value) bool {
	return f.mayBeAbsent && isAbsent(value) || f.mayBeEmpty && isEmpty(value)
}

// Whether a value is left out, as omitzero has it.
func isAbsent(value reflect.Value) bool {
	if zero, ok := value.Interface().(interface{ IsZero() bool }); ok && value.Kind() != reflect.Pointer {
		return zero.IsZero()
	}
	return value.IsZero()
}

// Whether omitempty leaves a value out.
func isEmpty(value reflect.Value) bool {
	switch value.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return value.Len() == 0
	case reflect.Struct:
		return false
	default:
		return value.IsZero()
	}
}
