package codec

import (
	"encoding/json"
	"reflect"
	"slices"
)

// Union marks a struct that is one of several: it is the first field. The last one is Other; each between points to an
// alternative.
type Union struct{}

// A Branch says when a value is an alternative. Which one it is, is decided as in the core (core/src/types/union.rs).
type Branch struct {
	// Field is the number of the alternative's field.
	Field int
	// Tags are the values of the property that tells the alternatives apart which mean this one.
	Tags []string
	// Required are the properties that it always has.
	Required []string
	// Fixed are the properties that have one value each, if they are there.
	Fixed map[string]string
	// Known are all its properties.
	Known []string
}

var unionType = reflect.TypeFor[Union]()

func isUnion(value reflect.Value) bool {
	of := value.Type()
	return of.Kind() == reflect.Struct && of.NumField() > 1 && of.Field(0).Type == unionType
}

// The alternative that is set, and whether it is the only one.
func alternative(union reflect.Value) (chosen reflect.Value, isOne bool) {
	for i := 1; i < union.NumField(); i++ {
		if field := union.Field(i); !field.IsZero() {
			if isOne {
				return reflect.Value{}, false
			}
			chosen, isOne = field, true
		}
	}
	return chosen, isOne
}

// MarshalUnion is the JSON of the alternative that is set, for whoever writes it by encoding/json: secrets are not shown. An
// error says that several are.
func MarshalUnion(union any) ([]byte, error) {
	value := reflect.ValueOf(union)
	chosen, isOne := alternative(value)
	switch {
	case isOne:
		return json.Marshal(chosen.Interface())
	case value.IsZero():
		return []byte("null"), nil
	default:
		return nil, expected(value.Type().Name(), "no more than one of its alternatives to be set")
	}
}

// A Chooser is a union, by the address of it.
type Chooser interface {
	// Branches are its alternatives, and the property that tells them apart, or "".
	Branches() (tag string, branches []Branch)
}

// UnmarshalUnion sets the alternative that a value is, and Other if it is none of them.
func UnmarshalUnion(text []byte, union any) error {
	tree, err := parse(text)
	if err != nil {
		return err
	}
	place := reflect.ValueOf(union).Elem()
	place.SetZero()
	if !read(tree, place) {
		keep(tree, place.Field(place.NumField()-1))
	}
	return nil
}

func readUnion(members map[string]any, place reflect.Value) bool {
	// One that was something else before.
	place.SetZero()
	tag, branches := place.Addr().Interface().(Chooser).Branches()
	if at := choose(members, tag, branches); at >= 0 {
		return read(members, place.Field(branches[at].Field))
	}
	return keep(members, place.Field(place.NumField()-1))
}

// The first whose tag it has; without a tag, the first of which all properties that are required are there, and none has a
// value that means another one; rather one that knows every property than one that does not.
func choose(members map[string]any, tag string, branches []Branch) int {
	if given, ok := members[tag]; ok && tag != "" {
		said, isText := given.(string)
		return slices.IndexFunc(branches, func(branch Branch) bool { return isText && slices.Contains(branch.Tags, said) })
	}
	fits := func(branch Branch) bool {
		for _, name := range branch.Required {
			if _, ok := members[name]; !ok {
				return false
			}
		}
		for name, value := range branch.Fixed {
			if given, ok := members[name]; ok {
				if said, isText := given.(string); !isText || said != value {
					return false
				}
			}
		}
		return true
	}
	knowsAll := func(branch Branch) bool {
		for name := range members {
			if !slices.Contains(branch.Known, name) {
				return false
			}
		}
		return true
	}
	best := slices.IndexFunc(branches, func(branch Branch) bool { return fits(branch) && knowsAll(branch) })
	if best < 0 {
		best = slices.IndexFunc(branches, fits)
	}
	return best
}
