package sdkcore_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/IBM/go-sdk-core/v5/core"
	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/sdkcore"
)

func tokensOf(t *testing.T, callback trustedprofile.TokenCallback) *trustedprofile.TokenProvider {
	t.Helper()
	tokens, err := trustedprofile.New(trustedprofile.External(callback))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tokens.Close() })
	return tokens
}

func fine(context.Context) (trustedprofile.ExternalToken, error) {
	return trustedprofile.ExternalToken{AccessToken: "a-token", ExpiresIn: time.Hour}, nil
}

// A client as those of IBM's SDKs are made, and a request of it.
func asked(t *testing.T, authenticator core.Authenticator, address string, client *http.Client) (*core.DetailedResponse, error) {
	t.Helper()
	service, err := core.NewBaseService(&core.ServiceOptions{URL: address, Authenticator: authenticator})
	if err != nil {
		t.Fatal(err)
	}
	if client != nil {
		service.SetHTTPClient(client)
	}
	builder := core.NewRequestBuilder(http.MethodGet)
	if _, err := builder.ResolveRequestURL(address, "/v1/instances", nil); err != nil {
		t.Fatal(err)
	}
	request, err := builder.Build()
	if err != nil {
		t.Fatal(err)
	}
	return service.Request(request, nil)
}

func serviceOf(t *testing.T, seen *[]string, statuses ...int) *httptest.Server {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*seen = append(*seen, r.Header.Get("Authorization"))
		if number := len(*seen) - 1; number < len(statuses) {
			w.WriteHeader(statuses[number])
		}
	}))
	t.Cleanup(service.Close)
	return service
}

func TestClientsOfIBMsCoreGetTheToken(t *testing.T) {
	var seen []string
	service := serviceOf(t, &seen)
	authenticator, err := sdkcore.New(tokensOf(t, fine), service.URL)
	if err != nil {
		t.Fatal(err)
	}
	if authenticator.AuthenticationType() != "trustedProfile" || authenticator.Validate() != nil {
		t.Error(authenticator.AuthenticationType())
	}
	response, err := asked(t, authenticator, service.URL, nil)
	if err != nil || response.StatusCode != http.StatusOK || len(seen) != 1 || seen[0] != "Bearer a-token" {
		t.Error(response, err, seen)
	}
}

func TestOtherOriginsGetNothing(t *testing.T) {
	var seen []string
	service := serviceOf(t, &seen)
	authenticator, err := sdkcore.New(tokensOf(t, fine), "https://us-south.iaas.cloud.ibm.com")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := asked(t, authenticator, service.URL, nil); err == nil || !strings.Contains(err.Error(), "an origin that is not allowed") || len(seen) != 0 {
		t.Error(err, seen)
	}
	request, _ := http.NewRequest(http.MethodGet, service.URL, nil)
	if err := authenticator.Authenticate(request); !errors.Is(err, trustedprofile.ErrInvalidArgument) || request.Header.Get("Authorization") != "" {
		t.Error(err)
	}
	for _, origins := range [][]string{{}, {"http://example.org"}} {
		if _, err := sdkcore.New(tokensOf(t, fine), origins...); err == nil {
			t.Error(origins)
		}
	}
	if _, err := sdkcore.New(nil, service.URL); err == nil {
		t.Error("there is no provider")
	}
}

func TestWhyThereIsNoTokenIsTold(t *testing.T) {
	var seen []string
	service := serviceOf(t, &seen)
	tokens := tokensOf(t, func(context.Context) (trustedprofile.ExternalToken, error) {
		return trustedprofile.ExternalToken{}, errors.New("the vault is sealed")
	})
	authenticator, err := sdkcore.New(tokens, service.URL)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := asked(t, authenticator, service.URL, nil); err == nil || !strings.Contains(err.Error(), "the vault is sealed") || len(seen) != 0 {
		t.Error(err, seen)
	}
}

// As the documentation of Authenticate says.
func TestARefusedTokenIsReplacedByTheRoundTripper(t *testing.T) {
	var seen []string
	service := serviceOf(t, &seen, http.StatusUnauthorized)
	number := 0
	tokens := tokensOf(t, func(context.Context) (trustedprofile.ExternalToken, error) {
		number++
		return trustedprofile.ExternalToken{AccessToken: "token-" + string(rune('0'+number)), ExpiresIn: time.Hour}, nil
	})
	transport, err := tokens.RoundTripper(nil, service.URL)
	if err != nil {
		t.Fatal(err)
	}
	response, err := asked(t, &core.NoAuthAuthenticator{}, service.URL, &http.Client{Transport: transport})
	if err != nil || response.StatusCode != http.StatusOK || strings.Join(seen, " ") != "Bearer token-1 Bearer token-2" {
		t.Error(response, err, seen)
	}
}

// As the documentation of Authenticator says: net/http takes the header along to another port, and CheckRedirect stops it.
func TestRedirectsAreForTheClientToStop(t *testing.T) {
	var seen []string
	other := serviceOf(t, &seen)
	service := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	t.Cleanup(service.Close)
	authenticator, err := sdkcore.New(tokensOf(t, fine), service.URL)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := asked(t, authenticator, service.URL, nil); err != nil || len(seen) != 1 || seen[0] != "Bearer a-token" {
		t.Error(err, seen)
	}
	client := core.DefaultHTTPClient()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := asked(t, authenticator, service.URL, client)
	if err == nil || response.StatusCode != http.StatusTemporaryRedirect || len(seen) != 1 {
		t.Error(response, err, seen)
	}
}
