package codec_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/codec"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/values"
)

type zone struct {
	Name  *string                `json:"name,omitzero"`
	Size  *int64                 `json:"size,omitzero"`
	Tags  []string               `json:"tags,omitzero"`
	Key   values.Secret          `json:"key,omitzero"`
	At    *values.DateTime       `json:"at,omitzero"`
	Any   values.JSON            `json:"any,omitzero"`
	Patch values.Nullable[int64] `json:"patch,omitzero"`
	Of    *place                 `json:"of,omitzero"`
	Other map[string]values.JSON `json:"-"`
}

type place struct {
	_     codec.Union
	Near  *near
	Far   *far
	Other values.JSON
}

type near struct {
	Name  *string                `json:"name,omitzero"`
	Other map[string]values.JSON `json:"-"`
}

type far struct {
	Name  *string                `json:"name,omitzero"`
	Miles *float64               `json:"miles,omitzero"`
	Kind  *string                `json:"kind,omitzero"`
	Other map[string]values.JSON `json:"-"`
}

func (p place) MarshalJSON() ([]byte, error)     { return codec.MarshalUnion(p) }
func (p *place) UnmarshalJSON(text []byte) error { return codec.UnmarshalUnion(text, p) }

func (*place) Branches() (string, []codec.Branch) {
	return "", []codec.Branch{
		{Field: 2, Required: []string{"miles"}, Known: []string{"kind", "miles", "name"}, Fixed: map[string]string{"kind": "far"}},
		{Field: 1, Required: []string{"name"}, Known: []string{"name"}},
	}
}

func read(t *testing.T, text string) zone {
	t.Helper()
	var found zone
	if err := codec.Decode([]byte(text), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

func written(t *testing.T, value any) string {
	t.Helper()
	text, err := codec.Encode(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Whatever is read is written again, sorted by where it has its place.
func TestNothingIsLost(t *testing.T) {
	for _, text := range []string{
		`{}`,
		`{"name":"","size":0,"tags":[],"key":"","at":"2026-01-02T03:04:05.123456789012Z","any":null,"patch":null}`,
		`{"name":"<&>","patch":-7,"any":{"a":[1e999,0.10]}}`,
		// Of another type, null, unknown.
		`{"at":null,"key":7,"name":[1],"new":{"a":18446744073709551616},"patch":"x","size":1.5,"tags":["a",1]}`,
		`{"of":{"name":"a"}}`, `{"of":{"miles":0.5}}`, `{"of":{"name":"a","miles":2,"kind":"far"}}`,
		`{"of":{"name":"a","kind":"else","miles":2}}`, `{"of":{"new":1}}`, `{"of":7}`,
	} {
		again := written(t, read(t, text))
		var wanted, found any
		if json.Unmarshal([]byte(again), &found) != nil && !strings.Contains(text, "1e999") {
			t.Error(again)
		}
		_ = json.Unmarshal([]byte(text), &wanted)
		before, _ := json.Marshal(wanted)
		after, _ := json.Marshal(found)
		if string(before) != string(after) {
			t.Errorf("%s became %s", text, again)
		}
	}
	if again := written(t, read(t, `{"any":[1e999,0.10,18446744073709551616]}`)); again != `{"any":[1e999,0.10,18446744073709551616]}` {
		t.Error(again)
	}
}

func TestAUnionIsWhatFitsBest(t *testing.T) {
	if of := read(t, `{"of":{"name":"a"}}`).Of; of.Near == nil || of.Far != nil {
		t.Error(of)
	}
	if of := read(t, `{"of":{"name":"a","miles":2}}`).Of; of.Far == nil || *of.Far.Miles != 2 || of.Near != nil {
		t.Error(of)
	}
	// Its kind is that of none; it has a name, and what it does not know is kept.
	if of := read(t, `{"of":{"name":"a","miles":2,"kind":"else"}}`).Of; of.Near == nil || len(of.Near.Other) != 2 {
		t.Error(of)
	}
	if of := read(t, `{"of":{"new":1}}`).Of; string(of.Other.Bytes()) != `{"new":1}` {
		t.Error(of)
	}
	var whole place
	if err := json.Unmarshal([]byte(`{"miles":1}`), &whole); err != nil || whole.Far == nil {
		t.Error(whole, err)
	}
	if text, err := json.Marshal(whole); err != nil || string(text) != `{"miles":1}` {
		t.Error(string(text), err)
	}
}

func TestRequestsHaveSecretsAndNothingElseShowsThem(t *testing.T) {
	body := zone{Key: values.SecretOf("a-secret"), Other: map[string]values.JSON{"key": {}, "zz": {}}}
	if text := written(t, map[string]any{"body": &body}); text != `{"body":{"key":"a-secret","zz":null}}` {
		t.Error(text)
	}
	if text, err := json.Marshal(body); err != nil || strings.Contains(string(text), "a-secret") {
		t.Error(string(text), err)
	}
}

func TestPlainValuesAreWhatEncodingJSONMakesOfThem(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	for _, value := range []any{
		nil, 1, -1.5, "a\"ü\u2028", true, []byte("abc"), json.RawMessage(`{"a":1}`), json.Number("1e3"), at, map[string]int{"b": 1, "a": 2},
		[2]any{nil, "x"}, struct{ A, b int }{1, 2}, (*int)(nil), []string(nil),
	} {
		wanted, err := json.Marshal(value)
		if _, isList := value.([]string); isList {
			// A list that there has to be is empty, not null.
			wanted = []byte("[]")
		}
		if found := written(t, value); err != nil || found != string(wanted) {
			t.Errorf("%v: %s, not %s", value, found, wanted)
		}
	}
	if values.Of(at) != "2026-01-02T03:04:05.000000006Z" {
		t.Error(values.Of(at))
	}
	if back, err := values.Of(at).Time(); err != nil || !back.Equal(at) {
		t.Error(back, err)
	}
	for _, odd := range []any{math.NaN(), make(chan int), "\xff", map[string]any{"\xff": 1}, place{}} {
		if _, err := codec.Encode(odd); err == nil {
			t.Error(odd)
		}
	}
}

func TestWhatIsOfAnotherKindAsAWholeIsAnError(t *testing.T) {
	for text, into := range map[string]any{`[]`: &zone{}, `{}`: &[]zone{}, `"a"`: new(bool), `null`: new(*zone), `{} x`: &zone{}, `{`: &zone{}, ``: &zone{}} {
		if err := codec.Decode([]byte(text), into); err == nil {
			t.Error(text)
		}
	}
	var anything values.JSON
	if err := codec.Decode([]byte(` 7 `), &anything); err != nil || string(anything.Bytes()) != "7" {
		t.Error(err)
	}
}

func TestNullAndAbsentAreNotTheSame(t *testing.T) {
	for text, wanted := range map[string]values.Nullable[int64]{`{}`: {}, `{"patch":null}`: values.Null[int64](), `{"patch":0}`: values.Set(int64(0))} {
		found := read(t, text).Patch
		value, isThere := found.Get()
		number, isWanted := wanted.Get()
		if found.IsNull() != wanted.IsNull() || found.IsZero() != wanted.IsZero() || value != number || isThere != isWanted {
			t.Error(text, found)
		}
		if again := written(t, zone{Patch: found}); again != text {
			t.Error(again)
		}
	}
}
