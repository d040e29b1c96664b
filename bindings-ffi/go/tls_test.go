package trustedprofile_test

import (
	"bufio"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	tp "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/simulator"
)

// Services that speak TLS, and what trusts their authority.
func secured(t *testing.T) (*simulator.Simulator, tp.Option) {
	t.Helper()
	simulator := simulator.Start(t, "--tls")
	must(t, simulator.Control(http.MethodPatch, "instances/primary", map[string]any{"protocol": "https"}, nil))
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(simulator.CACertificate)) || simulator.IAMHTTPSURL == nil || simulator.MetadataHTTPSURL == nil {
		t.Fatal("there is no TLS")
	}
	return simulator, tp.WithRootCAs(pool)
}

var calm = tp.WithPolicy(tp.Policy{MaxAttempts: 2, BackoffBase: 5 * time.Millisecond, BackoffMax: 20 * time.Millisecond, Cooldown: -1})

func TestCertificatesOfATrustedAuthorityWork(t *testing.T) {
	simulator, trust := secured(t)
	for _, source := range []tp.Source{
		tp.VPCInstance(tp.WithEndpoint(*simulator.MetadataHTTPSURL)),
		tp.APIKey(simulator.Seed.APIKey.Value, tp.WithEndpoint(*simulator.IAMHTTPSURL)),
	} {
		if _, err := opened(t, source, trust, calm).Token(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestWrongCertificatesAreRefusedByTheirNames(t *testing.T) {
	simulator, trust := secured(t)
	for certificate, words := range map[string]string{
		"other_authority": "the certificate's issuer is not trusted",
		"wrong_name":      "the certificate is for another name",
		"expired":         "the certificate is expired or not yet valid",
		"not_yet_valid":   "the certificate is expired or not yet valid",
	} {
		must(t, simulator.Control(http.MethodPatch, "settings", map[string]any{"certificate": certificate}, nil))
		tokens := opened(t, tp.APIKey("key", tp.WithEndpoint(*simulator.IAMHTTPSURL)), trust, calm)
		_, err := tokens.Token(t.Context())
		var found *tp.Error
		if !errors.Is(err, tp.ErrTlsFailed) || !errors.As(err, &found) || found.Attempts != 1 || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", certificate, err)
		}
	}
	if count, err := simulator.Count(url.Values{"method": {"POST"}}); err != nil || count != 0 {
		t.Error("something was said before the certificate was checked", count, err)
	}
}

func TestAServiceWithoutTLSIsRefused(t *testing.T) {
	simulator := simulator.Start(t)
	endpoint := strings.Replace(simulator.IAMURL, "http:", "https:", 1)
	_, err := opened(t, tp.APIKey("key", tp.WithEndpoint(endpoint)), calm).Token(t.Context())
	if !errors.Is(err, tp.ErrTlsFailed) {
		t.Error(err)
	}
}

// What a transport says of the ways in which a connection fails.
func TestFailuresAreKnownByTheirKinds(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, closed.Close())
	garbage, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = garbage.Close() })
	go func() {
		for connection, err := garbage.Accept(); err == nil; connection, err = garbage.Accept() {
			_, _ = http.ReadRequest(bufio.NewReader(connection))
			_, _ = connection.Write([]byte("a-secret that is no HTTP\r\n\r\n"))
			_ = connection.Close()
		}
	}()
	for address, kind := range map[string]tp.FailureKind{
		"http://" + closed.Addr().String():  tp.FailureRefused,
		"http://" + garbage.Addr().String(): tp.FailureInterrupted,
	} {
		_, err := opened(t, tp.APIKey("key", tp.WithEndpoint(address)), calm).Token(t.Context())
		var found *tp.TransportError
		if !errors.Is(err, tp.ErrServiceUnreachable) || !errors.As(err, &found) || found.Kind != kind || strings.Contains(err.Error(), "a-secret") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestProxies(t *testing.T) {
	simulator := simulator.Start(t)
	asked := 0
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	address, err := url.Parse(proxy.URL)
	must(t, err)
	through := tp.WithProxy(http.ProxyURL(address))
	// The metadata service is never asked by a proxy, nor is this machine itself.
	_, err = opened(t, instanceOf(simulator), through).Token(t.Context())
	must(t, err)
	_, err = opened(t, tp.APIKey(simulator.Seed.APIKey.Value, tp.WithEndpoint(simulator.IAMURL)), through).Token(t.Context())
	must(t, err)
	if asked != 0 {
		t.Error(asked)
	}
	for _, endpoint := range []string{"https://iam.example.invalid", "private"} {
		_, err = opened(t, tp.APIKey("key", tp.WithEndpoint(endpoint)), through, calm).Token(t.Context())
		if !errors.Is(err, tp.ErrProxyRefused) {
			t.Error(endpoint, err)
		}
	}
	if asked != 2 {
		t.Error(asked)
	}
}
