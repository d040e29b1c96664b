package codec_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/codec"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/values"
)

// A struct of a program, as those are for encoding/json.
type program struct {
	Name    string
	Size    uint8           `json:"size,omitempty"`
	Share   float32         `json:"share"`
	At      time.Time       `json:"at,omitzero"`
	Raw     json.RawMessage `json:"raw,omitempty"`
	Any     any             `json:"any"`
	Members map[string]any  `json:"members"`
	Tags    []string        `json:"tags"`
	Zones   []zone          `json:"zones,omitempty"`
	Left    string          `json:"-"`
	hidden  string
}

type named []byte

type embedding struct {
	zone
	Key values.Secret `json:"key"`
}

type counted struct {
	Number int64         `json:"number,string"`
	Key    values.Secret `json:"key"`
}

// Knows how to write what it hides, and which part of that.
type own struct{ key values.Secret }

func (o own) MarshalJSON() ([]byte, error) { return json.Marshal("own " + o.key.Value()) }

type careless struct{ Key values.Secret }

func (c careless) MarshalJSON() ([]byte, error) { return json.Marshal(map[string]any{"key": c.Key}) }

func TestSecretsAreSentOrRefusedAndNeverReplaced(t *testing.T) {
	key := values.SecretOf("a-secret")
	body, err := values.JSONOf(map[string]any{"key": key, "zone": zone{Key: key}})
	if err != nil || string(body.Bytes()) != `{"key":"a-secret","zone":{"key":"a-secret"}}` {
		t.Fatal(string(body.Bytes()), err)
	}
	for wanted, value := range map[string]any{
		`{"body":{"key":"a-secret","zone":{"key":"a-secret"}}}`: map[string]any{"body": body},
		`{"Name":"x","Keys":["a-secret"],"Set":"a-secret","new":[1]}`: struct {
			Name string
			Keys []values.Secret
			Set  values.Nullable[values.Secret]
			New  values.JSON `json:"new"`
		}{"x", []values.Secret{key}, values.Set(key), read(t, `{"any":[1]}`).Any},
		`"own a-secret"`:          own{key},
		`{"number":"1","key":""}`: counted{Number: 1},
	} {
		if text := written(t, value); text != wanted {
			t.Error(text, wanted)
		}
	}
	for path, value := range map[string]any{
		"body.key": map[string]any{"body": embedding{Key: key}},
		"body.zones[1].of": map[string]any{"body": struct {
			*program
			Zones []any `json:"zones"`
		}{Zones: []any{0, map[string]any{"of": body}}}},
		"list[0].key": map[string]any{"list": []any{counted{Key: key}}},
		"body.Key":    map[string]any{"body": careless{key}},
		"arguments":   struct{ values.Secret }{key},
	} {
		_, err := codec.Encode(value)
		if err == nil || !strings.HasPrefix(err.Error(), path+": expected no values.") || strings.Contains(err.Error(), "a-secret") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestAnyJSONIsNotShown(t *testing.T) {
	kept := read(t, `{"any":{"key":"a-secret"},"new":"a-secret"}`)
	text, err := json.Marshal(map[string]any{"any": kept.Any, "other": kept.Other, "none": values.JSON{}})
	if err != nil || string(text) != `{"any":"[JSON]","none":null,"other":{"new":"[JSON]"}}` {
		t.Error(string(text), err)
	}
}

// Must not be copied, as what has a lock must not.
type pinned struct{ at *pinned }

func (p *pinned) MarshalJSON() ([]byte, error) { return json.Marshal(p.at == p) }

func TestTypesThatKnowHowTheyAreWrittenAreAsked(t *testing.T) {
	five, here := big.NewInt(5), &pinned{}
	here.at = here
	for wanted, value := range map[string]any{
		`5`:                      five,
		`{"a":5}`:                map[string]any{"a": *five},
		`[5,null]`:               []any{&five, (*big.Int)(nil)},
		`{"At":5}`:               struct{ At *big.Int }{five},
		`[true]`:                 []*pinned{here},
		`"2026-01-02T00:00:00Z"`: values.Ptr(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)),
	} {
		if text := written(t, value); text != wanted {
			t.Error(text, wanted)
		}
	}
}

func TestStructsOfProgramsAreWrittenAsEncodingJSONDoes(t *testing.T) {
	for _, value := range []any{
		program{}, program{Name: "<a>", Size: 1, At: time.Unix(1, 5).UTC(), Raw: json.RawMessage(`[1 ]`), Any: []any{1, nil}, Left: "x", hidden: "y"},
		named("abc"), &program{Tags: []string{}, Members: map[string]any{"b": 1, "a": []byte("x")}},
		struct {
			program
			Size int `json:"size,string"`
		}{program{Name: "n"}, 7},
	} {
		wanted, err := json.Marshal(value)
		if found := written(t, value); err != nil || found != string(wanted) {
			t.Errorf("%s, not %s", found, wanted)
		}
	}
}

func TestStructsOfProgramsAreReadWhole(t *testing.T) {
	text := `{"name":"x","size":200,"share":0.5,"at":"2026-01-02T03:04:05Z","raw":[1e999],"any":18446744073709551617,
		"members":{"a":{"b":[1.10,null]}},"tags":["a"],"zones":[{"name":7,"size":1}],"new":1}`
	var found program
	if err := codec.Decode([]byte(text), &found); err != nil {
		t.Fatal(err)
	}
	if found.Name != "x" || found.Size != 200 || found.Share != 0.5 || found.At.Year() != 2026 || string(found.Raw) != "[1e999]" || found.Any != json.Number("18446744073709551617") {
		t.Error(found)
	}
	if members, err := json.Marshal(found.Members); err != nil || string(members) != `{"a":{"b":[1.10,null]}}` {
		t.Error(string(members), err)
	}
	if len(found.Tags) != 1 || *found.Zones[0].Size != 1 || string(found.Zones[0].Other["name"].Bytes()) != "7" {
		t.Error(found)
	}
	var both struct {
		program
		Count int `json:"size,string"`
	}
	if err := codec.Decode([]byte(`{"name":"x","size":"7"}`), &both); err != nil || both.Name != "x" || both.Count != 7 {
		t.Error(both, err)
	}
	var number json.Number
	if err := codec.Decode([]byte(`1.0`), &number); err != nil || number != "1.0" {
		t.Error(number, err)
	}
	var anything any
	if err := codec.Decode([]byte(`{"a":null}`), &anything); err != nil || len(anything.(map[string]any)) != 1 {
		t.Error(anything, err)
	}
	var numbers []*int32
	if err := codec.Decode([]byte(`[1,null]`), &numbers); err != nil || *numbers[0] != 1 || numbers[1] != nil {
		t.Error(numbers, err)
	}
	if err := codec.Decode([]byte(`{"name":null,"any":null}`), &found); err != nil || found.Name != "x" {
		t.Error(found, err)
	}
}

func TestWhatDoesNotFitIntoAStructOfAProgramIsAnError(t *testing.T) {
	for _, text := range []string{`{"size":256}`, `{"size":-1}`, `{"at":"yesterday"}`, `{"name":1}`, `{"tags":["a",1]}`, `{"members":[]}`} {
		var found program
		if err := codec.Decode([]byte(text), &found); err == nil || !strings.Contains(err.Error(), "program") {
			t.Error(text, found, err)
		}
	}
	for _, place := range []any{nil, program{}, (*program)(nil), 7, map[string]any{}} {
		if err := codec.Decode([]byte(`{}`), place); !errors.Is(err, codec.ErrNoPlace) {
			t.Error(place, err)
		}
	}
}

func TestAUnionIsOneOfItsAlternativesAndNoMore(t *testing.T) {
	both := place{Near: &near{}, Far: &far{}}
	for _, value := range []place{both, {Near: &near{}, Other: read(t, `{"any":1}`).Any}} {
		if _, err := codec.Encode(map[string]any{"zones": []any{zone{Of: &value}}}); err == nil || !strings.HasPrefix(err.Error(), "zones[0].of: expected one") {
			t.Error(err)
		}
		if text, err := json.Marshal(value); err == nil {
			t.Error(string(text))
		}
	}
	if err := codec.Decode([]byte(`{"miles":1}`), &both); err != nil || both.Near != nil || both.Far == nil {
		t.Error(both, err)
	}
	if text, err := json.Marshal(place{}); err != nil || string(text) != "null" {
		t.Error(string(text), err)
	}
}
