package trustedprofile

import (
	"crypto/x509"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
)

// An Option is an option of a provider.
type Option func(*settings) error

type settings struct {
	policy  []byte
	facts   *Facts
	seed    *uint64
	logger  *slog.Logger
	onEvent func(Event)
	rootCAs *x509.CertPool
	// Nil where nothing was said.
	proxy *func(*http.Request) (*url.URL, error)
}

func settingsOf(options []Option) (*settings, error) {
	settings := &settings{}
	for _, option := range options {
		if option == nil {
			return nil, local(ErrInvalidArgument, "options: one of them is nil", nil)
		}
		if err := option(settings); err != nil {
			return nil, err
		}
	}
	return settings, nil
}

// What of them is the machine's, as the core reads it.
func (s *settings) texts() (policy, facts string, err error) {
	known := s.facts
	if known == nil {
		found := factsOfThisMachine()
		known = &found
	}
	text, err := json.Marshal(known)
	return string(s.policy), string(text), err
}

// WithPolicy has times, numbers of attempts and expectations.
func WithPolicy(policy Policy) Option {
	return func(s *settings) (err error) {
		s.policy, err = json.Marshal(policy)
		return err
	}
}

// WithPolicyJSON is WithPolicy with a JSON object of knobs, by their names in lower case with underscores; times are in
// milliseconds. A configuration file may have one.
func WithPolicyJSON(text []byte) Option {
	return func(s *settings) error {
		s.policy = text
		return nil
	}
}

// WithFacts says what is known of this machine, instead of having it looked at.
func WithFacts(facts Facts) Option {
	return func(s *settings) error {
		s.facts = &facts
		return nil
	}
}

// WithSeed feeds the jitter, which is random without it.
func WithSeed(seed uint64) Option {
	return func(s *settings) error {
		s.seed = &seed
		return nil
	}
}

// WithLogger logs what happens to tokens: what goes well at debug level, failures as warnings. Nothing secret is in it.
// Without it, nothing is logged.
func WithLogger(logger *slog.Logger) Option {
	return func(s *settings) error {
		s.logger = logger
		return nil
	}
}

// WithOnEvent is called with what happens to tokens, one at a time and in order. It may use the provider.
func WithOnEvent(handler func(Event)) Option {
	return func(s *settings) error {
		s.onEvent = handler
		return nil
	}
}

// WithRootCAs are the certificate authorities to trust, instead of the system's. Those can also be named by the
// variables SSL_CERT_FILE and SSL_CERT_DIR.
func WithRootCAs(pool *x509.CertPool) Option {
	return func(s *settings) error {
		s.rootCAs = pool
		return nil
	}
}

// WithProxy chooses the proxy for requests to IAM, on the private network as well; nil is none. Without it, the proxies
// of the environment serve for public hosts only. The metadata service is never asked by a proxy.
func WithProxy(proxy func(*http.Request) (*url.URL, error)) Option {
	return func(s *settings) error {
		s.proxy = &proxy
		return nil
	}
}
