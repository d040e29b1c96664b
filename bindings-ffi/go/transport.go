package trustedprofile

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"time"
)

const (
	// The second request for a token takes the connection of the first, and so do calls of operations that follow each
	// other. After that there may be nothing to send for most of an hour, so that nothing is kept for it.
	idleConnTimeout = 5 * time.Second
	// Goroutines that call operations of one service at once would otherwise connect anew for all but two of their calls.
	maxIdleConnsPerHost = 32
	// A service's headers have a few hundred bytes.
	maxHeaderBytes = 64 << 10
)

// What brings answers: net/http, with transports of its own, which nothing that the program does to those of net/http
// concerns.
type transports struct {
	byNetwork map[Network]*http.Transport
}

func newTransports(settings *settings) *transports {
	public, private := http.ProxyFromEnvironment, func(*http.Request) (*url.URL, error) { return nil, nil }
	if settings.proxy != nil && *settings.proxy != nil {
		public, private = *settings.proxy, *settings.proxy
	} else if settings.proxy != nil {
		public = private
	}
	dialer := &net.Dialer{}
	make := func(proxy func(*http.Request) (*url.URL, error)) *http.Transport {
		return &http.Transport{
			Proxy: proxy,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				return dial(ctx, dialer, network, address)
			},
			OnProxyConnectResponse: onProxyConnectResponse,
			// Verification is never switched off. One protocol: neither an hour's two requests for a token nor a few calls of
			// operations gain by another.
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: settings.rootCAs},
			IdleConnTimeout:        idleConnTimeout,
			MaxIdleConnsPerHost:    maxIdleConnsPerHost,
			MaxResponseHeaderBytes: maxHeaderBytes,
		}
	}
	return &transports{map[Network]*http.Transport{
		NetworkLinkLocal: make(nil),
		NetworkPrivate:   make(private),
		NetworkPublic:    make(public),
	}}
}

func (t *transports) close() {
	for _, transport := range t.byNetwork {
		transport.CloseIdleConnections()
	}
}

// The key of how long connecting may take.
type connectTimeout struct{}

func dial(ctx context.Context, dialer *net.Dialer, network, address string) (net.Conn, error) {
	if limit, ok := ctx.Value(connectTimeout{}).(time.Duration); ok {
		limited := *dialer
		limited.Timeout = limit
		dialer = &limited
	}
	return dialer.DialContext(ctx, network, address)
}

// What a proxy answered instead of connecting.
type proxyRefusal struct{ status string }

func (p *proxyRefusal) Error() string { return "it answered " + p.status }

func onProxyConnectResponse(_ context.Context, _ *url.URL, _ *http.Request, response *http.Response) error {
	if response.StatusCode != http.StatusOK {
		return &proxyRefusal{response.Status}
	}
	return nil
}

// Sends a request and returns its whole answer. It follows no redirect, sends nothing twice by itself, and ends in time.
func (t *transports) send(ctx context.Context, exchange *Exchange) (*Response, *TransportError) {
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, connectTimeout{}, exchange.ConnectTimeout), exchange.Timeout)
	defer cancel()
	transport := t.byNetwork[exchange.Network]
	if transport == nil {
		return nil, &TransportError{Kind: FailureOther, Detail: "the machine asked for a network that is not known"}
	}
	reused := false
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) { reused = info.Reused }})
	request, err := requestOf(ctx, exchange)
	if err != nil {
		return nil, failureOf(err, false)
	}
	// Not by a Client, which would follow redirects.
	response, err := transport.RoundTrip(request)
	if err != nil {
		return nil, failureOf(err, reused)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, exchange.MaxResponseBytes+1))
	if err != nil {
		return nil, failureOf(err, false)
	}
	if int64(len(body)) > exchange.MaxResponseBytes {
		return nil, failureOf(fmt.Errorf("%w than %d bytes", errTooLarge, exchange.MaxResponseBytes), false)
	}
	return &Response{Status: response.StatusCode, Headers: headersOf(response), Body: body}, nil
}

var errTooLarge = errors.New("more")

func requestOf(ctx context.Context, exchange *Exchange) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, exchange.Method, exchange.URL, nil)
	if err != nil {
		return nil, err
	}
	for _, header := range exchange.Headers() {
		request.Header.Add(header.Name, header.Value)
	}
	if body := exchange.Body(); len(body) > 0 {
		// Without GetBody, the transport cannot send it again by itself: that is for the machine to decide.
		request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	return request, nil
}

func headersOf(response *http.Response) []Header {
	var headers []Header
	for name, values := range response.Header {
		for _, value := range values {
			headers = append(headers, Header{Name: name, Value: value})
		}
	}
	return headers
}
