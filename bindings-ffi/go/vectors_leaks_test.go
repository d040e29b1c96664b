package trustedprofile_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
)

// The secrets of one file, in every spelling they could be shown in.
type leaks []string

func leaksOf(secrets []string) leaks {
	var needles leaks
	for _, secret := range secrets {
		encoded := base64.RawStdEncoding.EncodeToString([]byte(secret))
		needles = append(needles, secret, url.QueryEscape(secret), url.PathEscape(secret), escaped(secret),
			encoded, base64.RawURLEncoding.EncodeToString([]byte(secret)))
	}
	return needles
}

// Percent-encoding of all but letters and digits.
func escaped(text string) string {
	var escaped strings.Builder
	for _, char := range []byte(text) {
		if char >= '0' && char <= '9' || char >= 'A' && char <= 'Z' || char >= 'a' && char <= 'z' {
			escaped.WriteByte(char)
		} else {
			fmt.Fprintf(&escaped, "%%%02X", char)
		}
	}
	return escaped.String()
}

var verbs = []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"}

// What logs can show of a value, also of a copy of what it points to in a struct of the program's.
func shown(value any) []string {
	shown := shownItself(value)
	for _, verb := range verbs {
		shown = append(shown, fmt.Sprintf(verb, struct{ it any }{value}))
	}
	return shown
}

// What logs can show where a value's own methods say what to show of it.
func shownItself(value any) []string {
	shown := []string{}
	for _, verb := range verbs {
		shown = append(shown, fmt.Sprintf(verb, value), fmt.Sprintf(verb, struct{ It any }{value}))
	}
	text, _ := json.Marshal(value)
	shown = append(shown, string(text))
	for _, handler := range []func(*bytes.Buffer) slog.Handler{
		func(out *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(out, nil) },
		func(out *bytes.Buffer) slog.Handler { return slog.NewTextHandler(out, nil) },
	} {
		var out bytes.Buffer
		slog.New(handler(&out)).Info("shown", "value", value)
		shown = append(shown, out.String())
	}
	return shown
}

func (l leaks) check(what string, value any) error { return l.search(what, shown(value)) }

// For what programs make themselves, whose fields everybody may read.
func (l leaks) checkItself(what string, value any) error { return l.search(what, shownItself(value)) }

func (l leaks) search(what string, shown []string) error {
	for _, text := range shown {
		for _, needle := range l {
			if strings.Contains(text, needle) {
				return fmt.Errorf("%s shows the secret %s: %s", what, needle, text)
			}
		}
	}
	return nil
}
