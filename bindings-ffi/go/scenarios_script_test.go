package trustedprofile_test

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/corpus"
)

// A scenario as it stands in its file. Times are in milliseconds.
type scenario struct {
	Name   string         `json:"name"`
	Origin string         `json:"origin"`
	Rules  []string       `json:"rules"`
	Source map[string]any `json:"source"`
	Policy map[string]any `json:"policy"`
	Steps  []scene        `json:"steps"`
	// Steps by their numbers, from 1, that take the place of others for some transports.
	Variants struct {
		Page      map[string]scene `json:"page"`
		Inflating map[string]scene `json:"inflating"`
	} `json:"variants"`
}

// One step: exactly one of these is given.
type scene struct {
	Control                *controlCall    `json:"control"`
	CrTokenFile            *map[string]any `json:"cr_token_file"`
	Call                   *callers        `json:"call"`
	Invalidate             *string         `json:"invalidate"`
	WaitMs                 *int64          `json:"wait_ms"`
	WaitForJournal         *counted        `json:"wait_for_journal"`
	WaitForFailedRefreshes *int            `json:"wait_for_failed_refreshes"`
	Journal                *[]counted      `json:"journal"`
	Events                 *[]string       `json:"events"`
	Use                    *use            `json:"use"`
}

type controlCall struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Body   any    `json:"body"`
}

// Callers ask for the token, all at once; the first of them give up.
type callers struct {
	Callers   *int    `json:"callers"`
	Cancelled int     `json:"cancelled"`
	TimeoutMs *int64  `json:"timeout_ms"`
	As        string  `json:"as"`
	Expect    outcome `json:"expect"`
}

// What every caller gets that did not give up.
type outcome struct {
	isNewToken bool
	TokenOf    *string       `json:"token_of"`
	Error      *outcomeError `json:"error"`
}

type outcomeError struct {
	Code        string   `json:"code"`
	Status      *int     `json:"status"`
	ServiceCode *string  `json:"service_code"`
	Attempts    *int     `json:"attempts"`
	Shows       []string `json:"shows"`
}

// Requests in the journal.
type counted struct {
	Service string `json:"service"`
	Method  string `json:"method"`
	Path    string `json:"path"`
	Count   int    `json:"count"`
}

// A token at the object store, and the status there.
type use struct {
	Token  string `json:"token"`
	Status int    `json:"status"`
}

func (o *outcome) UnmarshalJSON(text []byte) error {
	if string(text) == `"new_token"` {
		*o = outcome{isNewToken: true}
		return nil
	}
	type plain outcome
	if err := corpus.Read(text, (*plain)(o)); err != nil {
		return err
	}
	if (o.TokenOf == nil) == (o.Error == nil) {
		return fmt.Errorf("expect: exactly one of token_of and error has to be given")
	}
	return nil
}

func readScenario(text []byte) (*scenario, error) {
	var read scenario
	if err := corpus.Read(text, &read); err != nil {
		return nil, err
	}
	for _, step := range read.Steps {
		if _, err := only(step); err != nil {
			return nil, err
		}
	}
	for _, variant := range []map[string]scene{read.Variants.Page, read.Variants.Inflating} {
		for number, step := range variant {
			at, err := strconv.Atoi(number)
			if err != nil || at < 1 || at > len(read.Steps) {
				return nil, fmt.Errorf("there is no step %s", number)
			}
			one, err := only(step)
			if other, _ := only(read.Steps[at-1]); err != nil || one != other {
				return nil, fmt.Errorf("a variant of step %s is of another sort", number)
			}
		}
	}
	return &read, nil
}

// The scenario as net/http sees it, which inflates what is compressed.
func (s *scenario) inflating() *scenario {
	seen := *s
	seen.Steps = append([]scene(nil), s.Steps...)
	for number, step := range s.Variants.Inflating {
		at, _ := strconv.Atoi(number)
		seen.Steps[at-1] = step
	}
	return &seen
}

func asJSON(value any) []byte {
	text, _ := json.Marshal(value)
	return text
}
