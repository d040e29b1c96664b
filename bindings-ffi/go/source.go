package trustedprofile

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/engine"
)

// A Source is where tokens come from. What it was told stays in it: formatting shows nothing.
type Source struct {
	// The options, as the core reads them. A function, which shows nothing of what it knows.
	text     func() ([]byte, error)
	callback TokenCallback
	// Whether the first token is the callback's.
	isExternal bool
	// What the surroundings of the program say of this service.
	surroundings *string
}

// Format writes that it is a source, whatever is asked for.
func (s Source) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, "trustedprofile.Source")
}

// A SourceOption is an option of a source. One that a source does not have is refused when the provider is made.
type SourceOption func(members map[string]any)

func member(name string, value any) SourceOption {
	return func(members map[string]any) { members[name] = value }
}

// WithProfileID names the trusted profile by its id, such as "Profile-9fd84264-7de4-4627-94c4-8ecde51d5ac5".
func WithProfileID(id string) SourceOption { return member("profile_id", id) }

// WithProfileCRN names the trusted profile by its CRN.
func WithProfileCRN(crn string) SourceOption { return member("profile_crn", crn) }

// WithProfileName names the trusted profile by its name.
func WithProfileName(name string) SourceOption { return member("profile_name", name) }

// WithAccountID is the account of WithProfileName, for Assume.
func WithAccountID(id string) SourceOption { return member("account_id", id) }

// WithEndpoint is another address: of the metadata service for VPCInstance and BareMetal; of IAM for the others, where
// it may also be "public", "private" or "private(<region>)". Assume goes where its base asks IAM, unless given.
func WithEndpoint(endpoint string) SourceOption { return member("endpoint", endpoint) }

// WithProtocol is how the metadata service is reached: "auto", "http" or "https". The default is "auto".
func WithProtocol(protocol string) SourceOption { return member("protocol", protocol) }

// WithVersion is the version date of the metadata service, as YYYY-MM-DD.
func WithVersion(date string) SourceOption { return member("version", date) }

// WithIdentityTokenExpiresIn is the life of the identity token: whole seconds, from 5 s to 1 h.
func WithIdentityTokenExpiresIn(life time.Duration) SourceOption {
	return member("identity_token_expires_in", int64(life/time.Second))
}

// WithScope asks IAM for scopes, separated by blanks. Rarely needed.
func WithScope(scope string) SourceOption { return member("scope", scope) }

// WithClient is a client registered with IAM and its secret. Rarely needed.
func WithClient(id, secret string) SourceOption {
	return func(members map[string]any) { members["client_id"], members["client_secret"] = id, secret }
}

// WithCRTokenFile is the compute resource token's file, instead of the usual places. It is read for every exchange.
func WithCRTokenFile(path string) SourceOption { return member("cr_token_file", path) }

// WithCRToken is the compute resource token itself, instead of a file; it is not renewed.
func WithCRToken(token string) SourceOption { return member("cr_token", token) }

// VPCInstance is a virtual server instance: the metadata service vouches for it. Without a profile, the instance's
// default trusted profile is taken.
func VPCInstance(options ...SourceOption) Source { return sourceOf("vpc_instance", options) }

// BareMetal is a bare metal server, like VPCInstance.
func BareMetal(options ...SourceOption) Source { return sourceOf("bare_metal", options) }

// Container is a pod or Code Engine: a compute resource token from a file, exchanged with IAM. A profile has to be named.
func Container(options ...SourceOption) Source { return sourceOf("container", options) }

// APIKey is for anywhere else.
func APIKey(key string, options ...SourceOption) Source {
	return sourceOf("api_key", append([]SourceOption{member("api_key", key)}, options...))
}

// Assume is another trusted profile, assumed with the token of base.
func Assume(base Source, options ...SourceOption) Source {
	source := Source{callback: base.callback, isExternal: base.isExternal}
	source.text = func() ([]byte, error) {
		if base.text == nil {
			return nil, local(ErrInvalidArgument, "base: expected a source that was made by its function, not by FromEnvironment", nil)
		}
		text, err := base.text()
		if err != nil {
			return nil, err
		}
		return sourceOf("assume", append([]SourceOption{member("base", json.RawMessage(text))}, options...)).text()
	}
	return source
}

// A TokenCallback is the program's own way to a token. Its context ends when its time is up. It is called
// again only when it has returned: one that does not heed its context fails the attempts that follow. Words of its error
// become part of the error of the provider: they must hold no secret.
type TokenCallback func(ctx context.Context) (ExternalToken, error)

// An ExternalToken is what a TokenCallback returns.
type ExternalToken struct {
	// AccessToken is the token's text.
	AccessToken string
	// ExpiresIn is its remaining life.
	ExpiresIn time.Duration
}

// Format writes the life, whatever is asked for.
func (t ExternalToken) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, t.shown()) }

// LogValue is the life.
func (t ExternalToken) LogValue() slog.Value { return slog.StringValue(t.shown()) }

// MarshalText gives the life.
func (t ExternalToken) MarshalText() ([]byte, error) { return []byte(t.shown()), nil }

func (t ExternalToken) shown() string {
	return fmt.Sprintf("ExternalToken, expires in %v", t.ExpiresIn)
}

// External is the program's own callback.
func External(callback TokenCallback) Source {
	source := sourceOf("external", nil)
	source.callback, source.isExternal = callback, true
	return source
}

// Bearer is a token that is simply there. It is used until a service refuses it.
func Bearer(token string) Source { return sourceOf("bearer", []SourceOption{member("token", token)}) }

// FromEnvironment is what the program's surroundings say: IBM's settings of a service (environment, credential file,
// VCAP_SERVICES), the variables of IBM's command line or, where there are none, what kind of compute this is. The usual
// name of the service is "trusted-profile". A pod is never its node, and certificates are always verified;
// docs/configuration.md has all names and their order. The surroundings are looked at when the provider is made.
func FromEnvironment(service string) Source { return Source{surroundings: &service} }

// FromJSON is a source with its options as a JSON object: {"source": "vpc_instance", "profile_id": "..."}. The names are
// those of the other functions in lower case with underscores.
func FromJSON(text []byte) Source {
	return Source{text: func() ([]byte, error) { return text, nil }}
}

func sourceOf(name string, options []SourceOption) Source {
	members := map[string]any{"source": name}
	for _, option := range options {
		option(members)
	}
	return Source{text: func() ([]byte, error) { return json.Marshal(members) }}
}

// Whether there is a callback missing, or one too many.
func (s Source) needsCallback() bool { return s.isExternal && s.callback == nil }

// What makes the machine of a source in an instance. The address of what was made is left at call.Out.
type making func(call *engine.Call, policy, facts string, seed uint64) (result uint64)

func (s Source) making() (making, *Choice, error) {
	if s.surroundings != nil {
		return makingFromSurroundings(*s.surroundings)
	}
	if s.text == nil {
		return nil, nil, local(ErrInvalidArgument, "source: expected one that was made by its function, such as VPCInstance", nil)
	}
	text, err := s.text()
	if err != nil {
		return nil, nil, err
	}
	return func(call *engine.Call, policy, facts string, seed uint64) uint64 {
		source, sourceLength := call.Bytes(text)
		knobs, knobsLength := call.Text(policy)
		known, knownLength := call.Text(facts)
		return call.Run("tp_machine_new", source, sourceLength, knobs, knobsLength, known, knownLength, seed, call.Out())
	}, &Choice{Reason: "the program named it"}, nil
}
