package trustedprofile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"time"

	tp "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
)

func same(what string, expected, found any) error {
	if !reflect.DeepEqual(expected, found) {
		return fmt.Errorf("%s: expected %#v, found %#v", what, expected, found)
	}
	return nil
}

func sameIfGiven[T any](what string, expected *T, found T) error {
	if expected == nil {
		return nil
	}
	return same(what, *expected, found)
}

func allIn(what string, parts []string, texts ...string) error {
	for _, part := range parts {
		if !strings.Contains(strings.Join(texts, "\n"), part) {
			return fmt.Errorf("%s: expected %q in %q", what, part, texts)
		}
	}
	return nil
}

// Whole milliseconds, rounded up: the first one at which it has come.
func ms(time_ time.Duration) int64 {
	return int64((time_ + time.Millisecond - 1) / time.Millisecond)
}

func moment(at time.Duration) instant {
	if at == tp.Never.Monotonic {
		return "never"
	}
	return instant(fmt.Sprint(ms(at)))
}

func checkAction(expected *expected, found tp.Action) error {
	switch found := found.(type) {
	case nil:
		if expected.None != nil && *expected.None {
			return nil
		}
	case tp.Ready:
		if expected.Ready != nil {
			return checkReady(expected.Ready, found.Token)
		}
	case tp.Send:
		if expected.Send != nil {
			return checkSend(expected.Send, found.Exchange)
		}
	case tp.NeedFiles:
		if expected.NeedInput != nil && expected.NeedInput.External == nil {
			return errors.Join(sameIfGiven("paths", expected.NeedInput.Paths, found.Paths), sameIfGiven("max_bytes", expected.NeedInput.MaxBytes, found.MaxBytes))
		}
	case tp.NeedToken:
		if expected.NeedInput != nil && expected.NeedInput.External != nil && expected.NeedInput.Paths == nil {
			return same("timeout", expected.NeedInput.External.Timeout, ms(found.Timeout))
		}
	case tp.Wait:
		if expected.Wait != nil {
			return same("at_most", expected.Wait.AtMost, ms(found.AtMost))
		}
	case tp.Failed:
		if expected.Failed != nil {
			return checkFailure(expected.Failed, found.Err)
		}
		return fmt.Errorf("another outcome was expected than this failure: %v", found.Err)
	}
	return fmt.Errorf("another outcome was expected than %T", found)
}

func checkReady(expected *expectedReady, found *tp.AccessToken) error {
	return errors.Join(
		same("token", expected.Token, found.Value()),
		same("authorization", "Bearer "+expected.Token, found.Authorization()),
		sameIfGiven("generation", expected.Generation, found.Generation()),
		sameIfGiven("usable_until", expected.UsableUntil, moment(found.UsableUntil().Monotonic)),
		sameIfGiven("usable_until_unix", expected.UsableUntilUnix, moment(found.UsableUntil().Unix)),
		sameIfGiven("refresh_at", expected.RefreshAt, moment(found.RefreshAt().Monotonic)),
		sameIfGiven("refresh_at_unix", expected.RefreshAtUnix, moment(found.RefreshAt().Unix)),
	)
}

func checkSend(expected *expectedSend, found *tp.Exchange) error {
	return errors.Join(
		checkRequest(&expected.Request, found),
		sameIfGiven("connect_timeout", expected.ConnectTimeout, ms(found.ConnectTimeout)),
		sameIfGiven("timeout", expected.Timeout, ms(found.Timeout)),
		sameIfGiven("max_response_bytes", expected.MaxResponseBytes, found.MaxResponseBytes),
		sameIfGiven("network", expected.Network, string(found.Network)),
	)
}

func checkRequest(expected *expectedRequest, found *tp.Exchange) error {
	values := map[string][]string{}
	for _, header := range found.Headers() {
		values[header.Name] = append(values[header.Name], header.Value)
	}
	var problems []error
	for name, value := range expected.Headers {
		problems = append(problems, same("header "+name, []string{value}, values[name]))
	}
	for _, name := range expected.AbsentHeaders {
		problems = append(problems, same("header "+name, []string(nil), values[name]))
	}
	body := string(found.Body())
	problems = append(problems,
		sameIfGiven("method", expected.Method, found.Method),
		sameIfGiven("url", expected.URL, found.URL),
		sameIfGiven("body", expected.Body, body),
	)
	if expected.Form != nil {
		form, err := pairs(body)
		problems = append(problems, err, same("form", *expected.Form, form))
	}
	if expected.JSON != nil {
		var one, other any
		problems = append(problems, json.Unmarshal(expected.JSON, &one), json.Unmarshal([]byte(body), &other), same("json", one, other))
	}
	return errors.Join(problems...)
}

// A form's pairs in order.
func pairs(body string) ([][2]string, error) {
	var pairs [][2]string
	for _, pair := range strings.Split(body, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err != nil {
			return nil, err
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return nil, err
		}
		pairs = append(pairs, [2]string{name, value})
	}
	return pairs, nil
}

func checkFailure(expected *expectedFailure, found *tp.Error) error {
	service := found.Service
	if service == nil {
		service = &tp.ServiceError{}
	}
	var causes []string
	for _, cause := range found.Causes {
		causes = append(causes, cause.Cause+": "+cause.Fix)
	}
	problems := []error{
		same("code", tp.Code(expected.Code), found.Code),
		sameIfGiven("status", expected.Status, found.Status),
		sameIfGiven("service_code", expected.ServiceCode, service.Code),
		sameIfGiven("service_message", expected.ServiceMessage, service.Message),
		sameIfGiven("trace", expected.Trace, service.Trace),
		sameIfGiven("attempts", expected.Attempts, found.Attempts),
		sameIfGiven("elapsed", expected.Elapsed, ms(found.Elapsed)),
		sameIfGiven("transient", expected.Transient, found.Transient),
		sameIfGiven("retry_after", expected.RetryAfter, ms(found.RetryAfter)),
		allIn("message", expected.MessageContains, found.Message),
		allIn("causes", expected.CausesContain, causes...),
		allIn("notes", expected.NotesContain, found.Notes...),
		allIn("error", expected.Contains, found.Error()),
	}
	if !errors.Is(found, tp.Code(expected.Code)) {
		problems = append(problems, fmt.Errorf("errors.Is does not find %s", expected.Code))
	}
	if first := expected.CausesFirstContains; first != nil {
		problems = append(problems, allIn("first cause", []string{*first}, causes[:min(1, len(causes))]...))
	}
	for _, text := range expected.NotContains {
		if strings.Contains(found.Error(), text) {
			problems = append(problems, fmt.Errorf("%q must not be in the error", text))
		}
	}
	if problem := errors.Join(problems...); problem != nil {
		return fmt.Errorf("%w\n  in: %v", problem, found)
	}
	return nil
}

func checkStatus(expected *expectedStatus, found tp.Status) error {
	protocol, skew := found.Protocol, int64(-1)
	if protocol == "" {
		protocol = "none"
	}
	if found.ClockSkewSeconds != nil {
		skew = *found.ClockSkewSeconds
	}
	problems := []error{
		sameIfGiven("source", expected.Source, found.Source),
		sameIfGiven("protocol", expected.Protocol, protocol),
		sameIfGiven("clock_skew_seconds", expected.ClockSkewSeconds, skew),
	}
	for name, slot := range expected.Slots {
		problems = append(problems, checkSlot(name, slot, found))
	}
	return errors.Join(problems...)
}

func checkSlot(name tp.Slot, expected expectedSlot, status tp.Status) error {
	for _, found := range status.Slots {
		if found.Slot != name {
			continue
		}
		failure := "none"
		if found.LastFailure != nil {
			failure = string(found.LastFailure.Code)
		}
		at := func(now *tp.Now) int64 {
			if now == nil {
				return -1
			}
			return ms(now.Monotonic)
		}
		return errors.Join(
			sameIfGiven("generation", expected.Generation, found.Generation),
			sameIfGiven("has_token", expected.HasToken, found.UsableUntil != nil),
			sameIfGiven("usable_until", expected.UsableUntil, at(found.UsableUntil)),
			sameIfGiven("refresh_at", expected.RefreshAt, at(found.RefreshAt)),
			sameIfGiven("fetching", expected.Fetching, found.Fetching),
			sameIfGiven("failed_refreshes", expected.FailedRefreshes, found.FailedRefreshes),
			sameIfGiven("last_failure", expected.LastFailure, failure),
		)
	}
	return fmt.Errorf("the status has no slot %s", name)
}

// An event as scripts write it.
func eventFacts(event *tp.Event) map[string]any {
	number := func(time time.Duration) any { return float64(ms(time)) }
	facts := map[string]any{}
	if event.Slot != "" {
		facts["slot"] = string(event.Slot)
	}
	switch event.Kind {
	case tp.EventFetched:
		facts["life"] = number(event.Life)
	case tp.EventRefreshed:
		facts["life"], facts["replaced_age"] = number(event.Life), number(event.ReplacedAge)
	case tp.EventRefreshFailed:
		facts["code"], facts["token_age"] = string(event.Err.Code), number(event.TokenAge)
	case tp.EventNotReady:
		facts["code"], facts["remaining"] = string(event.Err.Code), number(event.Remaining)
	case tp.EventFailed:
		facts["code"] = string(event.Err.Code)
	case tp.EventInvalidated:
		facts["generation"] = float64(event.Generation)
	case tp.EventClockSkew:
		facts["seconds"] = event.Skew.Seconds()
	}
	return map[string]any{string(event.Kind): facts}
}
