package codec

import "reflect"

// What stands for a secret, and for JSON that may hold some, wherever a request is not what is written.
const (
	ShownSecret = "[secret]"
	ShownJSON   = "[JSON]"
)

// The types of package values that are not shown, and that of Other. Nil where nothing uses them.
var secretType, jsonType, otherType reflect.Type

// Kinds names these types. Package values imports this one, and does so as it begins.
func Kinds(secret, json reflect.Type) {
	secretType, jsonType = secret, json
	otherType = reflect.MapOf(reflect.TypeFor[string](), json)
}

type secret interface{ Value() string }

type held interface{ Bytes() []byte }

// A Nullable of package values, as it is written and read.
type nullable interface {
	Inner() any
	IsNull() bool
}

type fillable interface {
	Fill(read func(into any) bool) bool
	SetNull()
}
