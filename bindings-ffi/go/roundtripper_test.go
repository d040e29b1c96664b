package trustedprofile_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	tp "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/oauthsource"
	"golang.org/x/oauth2"
)

// What a service was shown of each request.
type recorder struct {
	*httptest.Server
	lock sync.Mutex
	seen []string
}

// A service that answers with what answer says.
func recording(t *testing.T, answer func(number int, w http.ResponseWriter, r *http.Request)) *recorder {
	recorder := &recorder{}
	recorder.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		recorder.lock.Lock()
		recorder.seen = append(recorder.seen, strings.TrimSpace(r.Header.Get("Authorization")+" "+string(body)))
		number := len(recorder.seen)
		recorder.lock.Unlock()
		answer(number, w, r)
	}))
	t.Cleanup(recorder.Close)
	return recorder
}

func fine(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

// Tokens that are numbered.
func numbered(t *testing.T) *tp.TokenProvider {
	number := 0
	return opened(t, tp.External(func(context.Context) (tp.ExternalToken, error) {
		number++
		return tp.ExternalToken{AccessToken: "token-" + string(rune('0'+number)), ExpiresIn: time.Hour}, nil
	}))
}

func clientOf(t *testing.T, tokens *tp.TokenProvider, origins ...string) *http.Client {
	t.Helper()
	transport, err := tokens.RoundTripper(nil, origins...)
	must(t, err)
	return &http.Client{Transport: transport}
}

func TestRequestsCarryTheTokenToAllowedOriginsOnly(t *testing.T) {
	service, other := recording(t, fine), recording(t, fine)
	client := clientOf(t, numbered(t), service.URL)
	request, err := http.NewRequest(http.MethodPost, service.URL+"/path", strings.NewReader("body"))
	must(t, err)
	response, err := client.Do(request)
	must(t, err)
	must(t, same("seen", []string{"Bearer token-1 body"}, service.seen))
	if request.Header.Get("Authorization") != "" || response.Request.Header.Get("Authorization") != "" {
		t.Error("the program's own request has the token")
	}
	_, err = client.Get(other.URL)
	if !errors.Is(err, tp.ErrInvalidArgument) || len(other.seen) != 0 || !strings.Contains(err.Error(), other.URL) {
		t.Error(err, other.seen)
	}
	for _, origin := range []string{"", "http://example.org", "https://*.example.org", "https://example.org/path", "http://169.254.169.254"} {
		if _, err := numbered(t).RoundTripper(nil, origin); !errors.Is(err, tp.ErrInvalidArgument) {
			t.Errorf("%q: %v", origin, err)
		}
	}
}

func TestARefusedTokenIsReplacedOnce(t *testing.T) {
	refuseFirst := func(number int, w http.ResponseWriter, _ *http.Request) {
		if number == 1 {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}
	service := recording(t, refuseFirst)
	client := clientOf(t, numbered(t), service.URL)
	response, err := client.Post(service.URL, "text/plain", strings.NewReader("body"))
	must(t, err)
	must(t, same("seen", []string{"Bearer token-1 body", "Bearer token-2 body"}, service.seen))
	if response.StatusCode != http.StatusOK {
		t.Error(response.Status)
	}

	stream := recording(t, refuseFirst)
	client = clientOf(t, numbered(t), stream.URL)
	response, err = client.Post(stream.URL, "text/plain", io.MultiReader(strings.NewReader("gone")))
	must(t, err)
	must(t, same("a body that is gone", []string{"Bearer token-1 gone"}, stream.seen))
	if response.StatusCode != http.StatusUnauthorized {
		t.Error(response.Status)
	}

	// The token is gone all the same.
	_, err = client.Post(stream.URL, "text/plain", io.MultiReader(strings.NewReader("more")))
	must(t, err)
	must(t, same("the next body", []string{"Bearer token-1 gone", "Bearer token-2 more"}, stream.seen))

	always := recording(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	client = clientOf(t, numbered(t), always.URL)
	for range 3 {
		if response, err = client.Get(always.URL); err != nil || response.StatusCode != http.StatusUnauthorized {
			t.Error(response, err)
		}
	}
	if len(always.seen) > 6 {
		t.Error(always.seen)
	}

	forbidden := recording(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	client = clientOf(t, numbered(t), forbidden.URL)
	_, err = client.Get(forbidden.URL)
	must(t, err)
	must(t, same("403", []string{"Bearer token-1"}, forbidden.seen))
}

func TestARedirectLosesTheTokenElsewhere(t *testing.T) {
	elsewhere := recording(t, fine)
	service := recording(t, func(number int, w http.ResponseWriter, r *http.Request) {
		switch number {
		case 1:
			http.Redirect(w, r, "/within", http.StatusFound)
		case 2:
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		}
	})
	// Even where both are allowed: who is redirected did not ask for it.
	client := clientOf(t, numbered(t), service.URL, elsewhere.URL)
	_, err := client.Get(service.URL)
	must(t, err)
	must(t, same("within", []string{"Bearer token-1", "Bearer token-1"}, service.seen))
	must(t, same("elsewhere", []string{""}, elsewhere.seen))
	back := recording(t, fine)
	there := recording(t, func(_ int, w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, back.URL, http.StatusFound) })
	client = clientOf(t, numbered(t), there.URL)
	_, err = client.Get(there.URL)
	must(t, err)
	must(t, same("not allowed, after a redirect", []string{""}, back.seen))
}

func TestOAuthTokensAreThoseOfTheProvider(t *testing.T) {
	tokens := opened(t, tp.External(gave("a-token", time.Hour)))
	token, err := oauthsource.New(t.Context(), tokens).Token()
	must(t, err)
	if token.AccessToken != "a-token" || token.Type() != "Bearer" || !token.Valid() || time.Until(token.Expiry) > time.Hour {
		t.Error(token.Expiry)
	}
	service := recording(t, fine)
	_, err = oauth2.NewClient(t.Context(), oauthsource.New(t.Context(), tokens)).Get(service.URL)
	must(t, err)
	must(t, same("seen", []string{"Bearer a-token"}, service.seen))
	must(t, tokens.Close())
	if _, err := oauthsource.New(t.Context(), tokens).Token(); !errors.Is(err, tp.ErrClosed) {
		t.Error(err)
	}
}
