package trustedprofile_test

import (
	"strings"
	"testing"

	tp "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
)

func TestSourcesShowNoSecret(t *testing.T) {
	source := tp.APIKey("a-secret-key", tp.WithClient("client", "a-secret-word"))
	must(t, leaksOf([]string{"a-secret-key", "a-secret-word"}).check("a source", source))
	tokens := opened(t, source)
	description, err := tokens.Describe()
	must(t, err)
	must(t, leaksOf([]string{"a-secret-key", "a-secret-word"}).check("a description", description))
	if description.Choice.Reason != "the program named it" || !strings.HasPrefix(description.Source, "api_key") {
		t.Error(description)
	}
}

func TestWhatCarriesSecretsShowsNone(t *testing.T) {
	secret := "a-secret-token"
	header := tp.Header{Name: "authorization", Value: secret}
	response := tp.Response{Status: 200, Headers: []tp.Header{header}, Body: []byte(secret)}
	read, token := tp.FileRead{Path: "/token", Content: []byte(secret)}, tp.ExternalToken{AccessToken: secret}
	for what, value := range map[string]any{
		"a header": header, "headers": response.Headers, "a response": response, "a response's address": &response,
		"a file": read, "files": []tp.FileRead{read}, "an answer": token, "an answer's address": &token,
		"a file of the program's": struct{ Read tp.FileRead }{read},
	} {
		must(t, leaksOf([]string{secret}).checkItself(what, value))
	}
}
