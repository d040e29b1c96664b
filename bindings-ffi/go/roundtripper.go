package trustedprofile

import (
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/engine"
)

// AllowedOrigins are the origins that may see a token: scheme, host and port; https, or http to this machine.
type AllowedOrigins struct {
	names   []string
	lock    sync.Mutex
	decided map[string]bool
}

// How many origins are remembered. A program that has more of them asks the core again.
const mostOrigins = 256

// NewAllowedOrigins checks them. None means that tokens go nowhere. An error is ErrInvalidArgument and names the one that
// cannot be used.
func NewAllowedOrigins(origins ...string) (*AllowedOrigins, error) {
	for _, origin := range origins {
		if origin == "" || strings.ContainsAny(origin, "\r\n") {
			return nil, local(ErrInvalidArgument, fmt.Sprintf("allowedOrigins: expected an origin, got %q", origin), nil)
		}
	}
	allowed := &AllowedOrigins{names: append([]string(nil), origins...), decided: map[string]bool{}}
	if _, err := allowed.asked("https://origin.invalid/"); err != nil {
		return nil, err
	}
	return allowed, nil
}

// Check says whether a request to url may carry a token. An error is ErrInvalidArgument.
func (a *AllowedOrigins) Check(url *url.URL) error {
	if url == nil {
		return local(ErrInvalidArgument, "url: expected one, got nil", nil)
	}
	origin := originOf(url)
	// What decides is where net/http connects to.
	isAllowed, err := a.allows(origin + "/")
	if err != nil {
		return err
	}
	if !isAllowed || url.User != nil || url.Opaque != "" {
		allowed := "none was named"
		if len(a.names) > 0 {
			allowed = "allowed: " + strings.Join(a.names, ", ")
		}
		message := fmt.Sprintf("allowedOrigins: a request to %s would take the token to an origin that is not allowed (%s)", origin, allowed)
		return local(ErrInvalidArgument, message, nil)
	}
	return nil
}

func originOf(url *url.URL) string { return url.Scheme + "://" + url.Host }

func (a *AllowedOrigins) allows(address string) (bool, error) {
	a.lock.Lock()
	defer a.lock.Unlock()
	if isAllowed, ok := a.decided[address]; ok {
		return isAllowed, nil
	}
	isAllowed, err := a.asked(address)
	if err != nil {
		return false, err
	}
	if len(a.decided) < mostOrigins {
		a.decided[address] = isAllowed
	}
	return isAllowed, nil
}

// Asks the core.
func (a *AllowedOrigins) asked(address string) (bool, error) {
	var isAllowed bool
	_, failure := pure(func(call *engine.Call) uint64 {
		names, namesLength := call.Text(strings.Join(a.names, "\n"))
		if failed := call.Run("tp_origins_new", names, namesLength, call.Out()); failed != 0 {
			return failed
		}
		origins := call.Made()
		text, length := call.Text(address)
		isAllowed = call.Run("tp_origins_allows", origins, text, length) != 0
		call.Run("tp_origins_free", origins)
		return 0
	})
	if failure != nil {
		return false, failure
	}
	return isAllowed, nil
}

// RoundTripper adds the token to the program's own requests, where they go to one of the allowed origins; a request to
// any other one fails before anything is sent. base sends them; nil is http.DefaultTransport.
//
//	transport, err := tokens.RoundTripper(nil, "https://us-south.iaas.cloud.ibm.com")
//	client := &http.Client{Transport: transport}
//
// A 401 drops that very token, and the request is sent once more with the next one, if there is one and the body can be
// had again (GetBody). A redirect takes the token along within its origin, and goes on without it elsewhere. A header
// Authorization of the program's own is replaced.
//
// An error is ErrInvalidArgument, and names the origin that cannot be used.
func (p *TokenProvider) RoundTripper(base http.RoundTripper, allowedOrigins ...string) (http.RoundTripper, error) {
	origins, err := NewAllowedOrigins(allowedOrigins...)
	if err != nil {
		return nil, err
	}
	return &authorizing{tokens: p, origins: origins, base: base}, nil
}

type authorizing struct {
	tokens  *TokenProvider
	origins *AllowedOrigins
	base    http.RoundTripper
}

// RoundTrip sends a request with the token.
func (a *authorizing) RoundTrip(request *http.Request) (*http.Response, error) {
	if hasLeft(request) {
		return a.sent(request, request)
	}
	if err := a.origins.Check(request.URL); err != nil {
		return nil, refused(request, err)
	}
	token, err := a.tokens.Token(request.Context())
	if err != nil {
		return nil, refused(request, err)
	}
	response, err := a.sent(request, withToken(request, token))
	if err != nil || response.StatusCode != http.StatusUnauthorized {
		return response, err
	}
	a.tokens.Invalidate(token)
	if !isRepeatable(request) {
		return response, nil
	}
	newer, err := a.tokens.Token(request.Context())
	if err != nil || newer.is(token) {
		return response, nil
	}
	again := withToken(request, newer)
	if request.GetBody != nil {
		if again.Body, err = request.GetBody(); err != nil {
			return response, nil
		}
	}
	_ = response.Body.Close()
	defer runtime.KeepAlive(a.tokens)
	return a.sent(request, again)
}

// Sends. Whoever looks at the request of an answer does not find the token in it.
func (a *authorizing) sent(original, request *http.Request) (*http.Response, error) {
	base := a.base
	if base == nil {
		base = http.DefaultTransport
	}
	response, err := base.RoundTrip(request)
	if response != nil {
		response.Request = original
	}
	return response, err
}

// Whether redirects have brought the request away from the origin that it was made for.
func hasLeft(request *http.Request) bool {
	for at := request; at.Response != nil && at.Response.Request != nil; at = at.Response.Request {
		if originOf(at.Response.Request.URL) != originOf(request.URL) {
			return true
		}
	}
	return false
}

// A RoundTripper has to close the body also where it does not send it.
func refused(request *http.Request, err error) error {
	if request.Body != nil {
		_ = request.Body.Close()
	}
	return err
}

func withToken(request *http.Request, token *AccessToken) *http.Request {
	clone := request.Clone(request.Context())
	if clone.Header == nil {
		clone.Header = http.Header{}
	}
	clone.Header.Set("Authorization", token.Authorization())
	return clone
}

func isRepeatable(request *http.Request) bool {
	return request.Body == nil || request.Body == http.NoBody || request.GetBody != nil
}
