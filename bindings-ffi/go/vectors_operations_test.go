package trustedprofile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	tp "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/corpus"
)

// One file of the second corpus.
type operations struct {
	Schema  string            `json:"$schema"`
	Name    string            `json:"name"`
	About   string            `json:"about"`
	Origin  string            `json:"origin"`
	Rules   []string          `json:"rules"`
	Secrets []string          `json:"secrets"`
	Build   []json.RawMessage `json:"build"`
	Parse   []json.RawMessage `json:"parse"`
	Read    []reading         `json:"read"`
	Encode  []json.RawMessage `json:"encode"`
	Redact  []json.RawMessage `json:"redact"`
	Random  []json.RawMessage `json:"random"`
}

// A text that one of the small languages reads, or refuses.
type reading struct {
	Language string           `json:"language"`
	Given    json.RawMessage  `json:"given"`
	Why      string           `json:"why"`
	Shown    any              `json:"shown"`
	Error    *expectedFailure `json:"error"`
}

// What this module does inside of its machine, its requests and its settings, and offers to nobody.
var languagesLeftOut = []string{"path_segment", "configuration"}

// Plays every case of a file that can be played, and says which lists the module has no public interface for.
func playOperations(text []byte) (leftOut []string, err error) {
	var file operations
	if err := corpus.Read(text, &file); err != nil {
		return nil, err
	}
	lists := map[string]int{"build": len(file.Build), "parse": len(file.Parse), "encode": len(file.Encode), "redact": len(file.Redact), "random": len(file.Random)}
	for name, cases := range lists {
		if cases > 0 {
			leftOut = append(leftOut, name)
		}
	}
	leaks := leaksOf(file.Secrets)
	for number, one := range file.Read {
		if slices.Contains(languagesLeftOut, one.Language) {
			leftOut = append(leftOut, "read "+one.Language)
		} else if err := one.play(leaks); err != nil {
			return nil, fmt.Errorf("read (case %d of the list): %s: %w", number+1, one.Given, err)
		}
	}
	if len(file.Read) == 0 && len(leftOut) == 0 {
		return nil, errors.New("there is no case")
	}
	slices.Sort(leftOut)
	return slices.Compact(leftOut), nil
}

func (r *reading) play(leaks leaks) error {
	read, ok := languages[r.Language]
	if !ok {
		return fmt.Errorf("nobody knows the language %s", r.Language)
	}
	found, err := read(r.Given)
	var failure *tp.Error
	switch {
	case errors.As(err, &failure):
		if err := leaks.check("the error", failure); err != nil {
			return err
		}
		if r.Error == nil {
			return fmt.Errorf("no error was expected: %w", failure)
		}
		return checkFailure(r.Error, failure)
	case err != nil:
		return err
	case r.Error != nil:
		return fmt.Errorf("should have been refused, found %v", found)
	}
	// As JSON has it, where every number is of one kind.
	text, _ := json.Marshal(found)
	var spelled any
	_ = json.Unmarshal(text, &spelled)
	return same("shown", r.Shown, spelled)
}

var languages = map[string]func(given json.RawMessage) (any, error){
	"source": func(given json.RawMessage) (any, error) {
		machine, err := tp.NewTokenManager(tp.FromJSON(given))
		if err != nil {
			return nil, err
		}
		defer machine.Close()
		status, err := machine.Status()
		return status.Source, err
	},
	"policy": func(given json.RawMessage) (any, error) {
		machine, err := tp.NewTokenManager(tp.External(nil), tp.WithPolicyJSON(given))
		if err == nil {
			machine.Close()
		}
		return "accepted", err
	},
	"base_url": func(given json.RawMessage) (any, error) {
		address, err := firstRequest("vpc_instance", "endpoint", given)
		return strings.TrimSuffix(strings.Split(address, "?")[0], "/identity/v1/token"), err
	},
	"iam_endpoint": func(given json.RawMessage) (any, error) {
		address, err := firstRequest("api_key", "endpoint", given)
		return strings.TrimSuffix(address, "/identity/token"), err
	},
	"api_date": func(given json.RawMessage) (any, error) {
		address, err := firstRequest("vpc_instance", "version", given)
		if err != nil {
			return nil, err
		}
		read, err := url.Parse(address)
		return strings.Join(read.Query()["version"], ","), err
	},
	"allowed_origins": goesOut,
	"claims":          claimsShown,
}

// The address of the first request of a source with one option.
func firstRequest(source, option string, given json.RawMessage) (string, error) {
	members := map[string]any{"source": source, option: given}
	if source == "api_key" {
		members["api_key"] = "an-api-key"
	}
	text, err := json.Marshal(members)
	if err != nil {
		return "", err
	}
	machine, err := tp.NewTokenManager(tp.FromJSON(text))
	if err != nil {
		return "", err
	}
	defer machine.Close()
	send, ok := machine.Poll(&tp.Ticket{}, "", tp.Now{Unix: time.Hour}).(tp.Send)
	if !ok {
		return "", errors.New("a request was expected")
	}
	return send.Exchange.URL, nil
}

type sendFunc func(*http.Request) (*http.Response, error)

func (f sendFunc) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

// Whether a request goes out, and with the token.
func goesOut(given json.RawMessage) (any, error) {
	var one struct {
		Origins []string `json:"origins"`
		URL     string   `json:"url"`
	}
	if err := json.Unmarshal(given, &one); err != nil {
		return nil, err
	}
	tokens, err := tp.New(tp.Bearer("a-token"))
	if err != nil {
		return nil, err
	}
	defer tokens.Close()
	var sent []string
	send := sendFunc(func(request *http.Request) (*http.Response, error) {
		sent = append(sent, request.Header.Get("Authorization"))
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	})
	transport, err := tokens.RoundTripper(send, one.Origins...)
	if err != nil {
		return nil, err
	}
	// What Go itself takes for no address goes nowhere either.
	if address, err := url.Parse(one.URL); err == nil {
		_, err := transport.RoundTrip(&http.Request{Method: http.MethodGet, URL: address, Header: http.Header{}})
		if err != nil && !errors.Is(err, tp.ErrInvalidArgument) {
			return nil, err
		}
	}
	if len(sent) > 0 {
		return true, same("sent", []string{"Bearer a-token"}, sent)
	}
	return false, nil
}

func claimsShown(given json.RawMessage) (any, error) {
	var token string
	if err := json.Unmarshal(given, &token); err != nil {
		return nil, err
	}
	claims, err := claimsOf(token)
	if err != nil || claims == nil {
		return "no claims", err
	}
	account, _ := claims["account"].(map[string]any)
	audiences := []any{}
	switch audience := claims["aud"].(type) {
	case string:
		audiences = append(audiences, audience)
	case []any:
		audiences = audience
	}
	shown := map[string]any{"iam_id": claims["iam_id"], "account_id": account["bss"], "expires_at": claims["exp"], "audiences": audiences}
	subject, _ := claims["sub"].(string)
	if account, ok := strings.CutPrefix(subject, "system:serviceaccount:"); ok {
		shown["service_account"] = strings.ReplaceAll(account, ":", "/")
	}
	for name, value := range shown {
		if value == nil {
			delete(shown, name)
		}
	}
	return shown, nil
}

// Of a token that a callback brought.
func claimsOf(given string) (map[string]any, error) {
	machine, err := tp.NewTokenManager(tp.External(nil))
	if err != nil {
		return nil, err
	}
	defer machine.Close()
	ticket, now := &tp.Ticket{}, tp.Now{Unix: time.Hour}
	need, ok := machine.Poll(ticket, "", now).(tp.NeedToken)
	if !ok {
		return nil, errors.New("a callback was to be called")
	}
	if err := machine.ProvideToken(need.ID, tp.ExternalToken{AccessToken: given, ExpiresIn: time.Hour}, now); err != nil {
		return nil, err
	}
	if ready, ok := machine.Poll(ticket, "", now).(tp.Ready); ok {
		return ready.Token.UnverifiedClaims(), nil
	}
	// No text is no token, and a token is the only thing that is asked for claims.
	return nil, same("the text of what is no token", "", given)
}
