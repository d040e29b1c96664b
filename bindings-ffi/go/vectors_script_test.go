package trustedprofile_test

import (
	"encoding/json"
	"fmt"
	"reflect"

	tp "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
)

// A script as it stands in its file. Times are in milliseconds.
type script struct {
	Schema   string          `json:"$schema"`
	Prng     string          `json:"prng"`
	Name     string          `json:"name"`
	About    string          `json:"about"`
	Origin   string          `json:"origin"`
	Rules    []string        `json:"rules"`
	Seed     uint64          `json:"seed"`
	UnixBase int64           `json:"unix_base"`
	Source   json.RawMessage `json:"source"`
	Policy   json.RawMessage `json:"policy"`
	Facts    tp.Facts        `json:"facts"`
	Secrets  []string        `json:"secrets"`
	Error    *struct {
		Code          string `json:"code"`
		MessageStarts string `json:"message_starts"`
	} `json:"error"`
	Steps []step `json:"steps"`
}

// One call of the machine, and what comes of it.
type step struct {
	At     int64             `json:"at"`
	Unix   *int64            `json:"unix"`
	Why    string            `json:"why"`
	Expect *expected         `json:"expect"`
	Events *[]map[string]any `json:"events"`
	Status *expectedStatus   `json:"status"`
	calls
}

// Exactly one of these is given.
type calls struct {
	Poll       *pollCall       `json:"poll"`
	Refresh    *struct{}       `json:"refresh"`
	Respond    *respondCall    `json:"respond"`
	Transport  *transportCall  `json:"transport"`
	Files      *filesCall      `json:"files"`
	External   *externalCall   `json:"external"`
	Abandon    *abandonCall    `json:"abandon"`
	Invalidate *invalidateCall `json:"invalidate"`
	Fork       *forkCall       `json:"fork"`
	Foreign    *foreignCall    `json:"foreign"`
}

type pollCall struct {
	Ticket string  `json:"ticket"`
	Slot   tp.Slot `json:"slot"`
}

type respondCall struct {
	Exchange   string            `json:"exchange"`
	Status     int               `json:"status"`
	Headers    map[string]string `json:"headers"`
	Body       *string           `json:"body"`
	JSON       json.RawMessage   `json:"json"`
	BodyBase64 []byte            `json:"body_base64"`
}

type transportCall struct {
	Exchange string         `json:"exchange"`
	Kind     tp.FailureKind `json:"kind"`
	Reused   bool           `json:"reused"`
	Detail   string         `json:"detail"`
}

type filesCall struct {
	Input string `json:"input"`
	Reads []struct {
		Path    string         `json:"path"`
		Text    *string        `json:"text"`
		Problem tp.FileProblem `json:"problem"`
	} `json:"reads"`
}

type externalCall struct {
	Input     string  `json:"input"`
	Token     *string `json:"token"`
	ExpiresIn *int64  `json:"expires_in"`
	Error     *string `json:"error"`
}

type abandonCall struct {
	Exchange string `json:"exchange"`
}

type invalidateCall struct {
	Slot       tp.Slot `json:"slot"`
	Token      *string `json:"token"`
	Generation *uint64 `json:"generation"`
}

type forkCall struct {
	Seed uint64 `json:"seed"`
}

type foreignCall struct {
	ID    uint64 `json:"id"`
	Token string `json:"token"`
}

// What a poll returns: exactly one of these. What is not given is not compared.
type expected struct {
	Ready     *expectedReady   `json:"ready"`
	Send      *expectedSend    `json:"send"`
	NeedInput *expectedInput   `json:"need_input"`
	Wait      *expectedWait    `json:"wait"`
	Failed    *expectedFailure `json:"failed"`
	None      *bool            `json:"none"`
}

type expectedReady struct {
	Token           string   `json:"token"`
	Name            string   `json:"name"`
	Generation      *uint64  `json:"generation"`
	UsableUntil     *instant `json:"usable_until"`
	UsableUntilUnix *instant `json:"usable_until_unix"`
	RefreshAt       *instant `json:"refresh_at"`
	RefreshAtUnix   *instant `json:"refresh_at_unix"`
}

type expectedSend struct {
	As               string          `json:"as"`
	Request          expectedRequest `json:"request"`
	ConnectTimeout   *int64          `json:"connect_timeout"`
	Timeout          *int64          `json:"timeout"`
	MaxResponseBytes *int64          `json:"max_response_bytes"`
	Network          *string         `json:"network"`
}

type expectedRequest struct {
	Method        *string           `json:"method"`
	URL           *string           `json:"url"`
	Headers       map[string]string `json:"headers"`
	AbsentHeaders []string          `json:"absent_headers"`
	Body          *string           `json:"body"`
	Form          *[][2]string      `json:"form"`
	JSON          json.RawMessage   `json:"json"`
}

type expectedInput struct {
	As       string    `json:"as"`
	Paths    *[]string `json:"paths"`
	MaxBytes *int64    `json:"max_bytes"`
	External *struct {
		Timeout int64 `json:"timeout"`
	} `json:"external"`
}

type expectedWait struct {
	AtMost int64 `json:"at_most"`
}

// Parts of an error. A status of 0 means that no answer came, `retry_after` 0 that none was asked for.
type expectedFailure struct {
	Code                string   `json:"code"`
	Status              *int     `json:"status"`
	ServiceCode         *string  `json:"service_code"`
	ServiceMessage      *string  `json:"service_message"`
	Trace               *string  `json:"trace"`
	Attempts            *int     `json:"attempts"`
	Elapsed             *int64   `json:"elapsed"`
	Transient           *bool    `json:"transient"`
	RetryAfter          *int64   `json:"retry_after"`
	MessageContains     []string `json:"message_contains"`
	CausesFirstContains *string  `json:"causes_first_contains"`
	CausesContain       []string `json:"causes_contain"`
	NotesContain        []string `json:"notes_contain"`
	Contains            []string `json:"contains"`
	NotContains         []string `json:"not_contains"`
}

type expectedStatus struct {
	Source           *string                  `json:"source"`
	Protocol         *string                  `json:"protocol"`
	ClockSkewSeconds *int64                   `json:"clock_skew_seconds"`
	Slots            map[tp.Slot]expectedSlot `json:"slots"`
}

type expectedSlot struct {
	Generation      *uint64 `json:"generation"`
	HasToken        *bool   `json:"has_token"`
	UsableUntil     *int64  `json:"usable_until"`
	RefreshAt       *int64  `json:"refresh_at"`
	Fetching        *bool   `json:"fetching"`
	FailedRefreshes *int    `json:"failed_refreshes"`
	LastFailure     *string `json:"last_failure"`
}

// A moment in milliseconds, or "never".
type instant string

func (i *instant) UnmarshalJSON(text []byte) error {
	if string(text) == `"never"` {
		*i = "never"
		return nil
	}
	var number int64
	*i = instant(text)
	return json.Unmarshal(text, &number)
}

// The name of the one member of a struct that is given.
func only(given any) (string, error) {
	var names []string
	value := reflect.ValueOf(given)
	for i := range value.NumField() {
		if !value.Field(i).IsNil() {
			names = append(names, value.Type().Field(i).Name)
		}
	}
	if len(names) != 1 {
		return "", fmt.Errorf("exactly one of the members has to be given, not %v", names)
	}
	return names[0], nil
}
