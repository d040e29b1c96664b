// Package trustedprofile gives programs on IBM Cloud compute an IAM access token without a stored secret: on VPC
// instances, on bare metal servers, in Kubernetes and OpenShift pods, and in Code Engine.
//
//	tokens, err := trustedprofile.New(trustedprofile.VPCInstance(trustedprofile.WithProfileID("Profile-...")))
//	if err != nil { ... }
//	defer tokens.Close()
//	token, err := tokens.Token(ctx)
//
// Share one TokenProvider throughout a program. A cached token costs the reading of the clock; everything else (when to fetch,
// retry, refresh and give up) is decided by the same core as in every other language, which is part of the program as
// WebAssembly: no C compiler is needed.
package trustedprofile

import (
	"context"
	"runtime"
	"slices"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/engine"
)

// A TokenProvider gives out IAM access tokens, and fetches and refreshes them as needed. Any number of goroutines use
// it at once; share one throughout a program.
type TokenProvider struct {
	driver  *driver
	choice  Choice
	cleanup runtime.Cleanup
}

// A Description is what a provider says about itself. It holds no secret.
type Description struct {
	// Source is the source with its options.
	Source string
	// Choice is why this source, and what was found in the program's surroundings.
	Choice
	// Core is how the core is run.
	Core string
	// Status has tokens, failures and clocks.
	Status Status
}

// New makes a provider. Nothing is sent before the first token is asked for. An error is ErrInvalidArgument, and names
// the option or setting that cannot be used, or ErrUnexpectedIdentity for a Bearer token of somebody else.
func New(source Source, options ...Option) (*TokenProvider, error) {
	settings, err := settingsOf(options)
	if err != nil {
		return nil, err
	}
	if source.needsCallback() {
		return nil, local(ErrInvalidArgument, "callback: expected a function, got nil", nil)
	}
	machine, choice, err := newMachine(source, settings)
	if err != nil {
		return nil, err
	}
	driver := newDriver(machine, source.callback, settings)
	provider := &TokenProvider{driver: driver, choice: *choice}
	provider.cleanup = runtime.AddCleanup(provider, closeForgotten, driver)
	return provider, nil
}

// Token gives a token that is usable now: at once, if there is one, whatever became of ctx. Ask before every request.
//
// ctx says when this call gives up. Whoever gives up harms nobody else: the fetch goes on. The error is then
// context.Canceled, or ErrDeadlineExceeded and context.DeadlineExceeded. Any other error is an *Error: it says why there
// is no token, with the likely causes.
func (p *TokenProvider) Token(ctx context.Context) (*AccessToken, error) {
	if token := p.driver.held.ready(p.driver.quick.now()); token != nil {
		return token, nil
	}
	token, err := p.driver.fetch(ctx, "")
	runtime.KeepAlive(p)
	return token, err
}

// Peek gives the token if there is one that is usable now, and nil if there is none. Nothing is sent.
func (p *TokenProvider) Peek() *AccessToken { return p.driver.held.usable(p.driver.quick.now()) }

// IdentityToken gives the identity token of this instance or bare metal server, for calls to the metadata service.
// Errors are those of Token.
func (p *TokenProvider) IdentityToken(ctx context.Context) (*AccessToken, error) {
	token, err := p.driver.fetch(ctx, SlotIdentity)
	runtime.KeepAlive(p)
	return token, err
}

// Invalidate tells the provider that a service refused a token with 401; nil is the current one. A newer token stays.
//
// A service that refuses every token must not have each request fetch another one: within the policy's InvalidateWindow
// the second refusal drops the token below as well, and further ones change nothing.
func (p *TokenProvider) Invalidate(token *AccessToken) {
	if token == nil {
		token = p.Peek()
	}
	if token != nil {
		p.driver.invalidate(context.Background(), token)
	}
	runtime.KeepAlive(p)
}

// Describe says which source this is, why, and how it is doing. An error is ErrClosed.
func (p *TokenProvider) Describe() (Description, error) {
	status, err := p.driver.status()
	runtime.KeepAlive(p)
	if err != nil {
		return Description{}, err
	}
	choice := p.choice
	choice.Settings, choice.PassedOver = slices.Clone(choice.Settings), slices.Clone(choice.PassedOver)
	return Description{Source: status.Source, Choice: choice, Core: engine.Name, Status: status}, nil
}

// Close ends what is under way and overwrites the memory with the tokens. Callers that wait get ErrClosed. What happened
// before is logged and told first; a handler that is at work is waited for, up to a second, unless it is the one that
// closes: what happened since it was called is then told to nobody. A provider that is forgotten is closed as well, some
// time after. It always returns nil, and is there for io.Closer.
func (p *TokenProvider) Close() error {
	p.cleanup.Stop()
	p.driver.tellAll()
	p.driver.close()
	return nil
}

// The driver of a provider that nobody has any more.
func closeForgotten(driver *driver) { driver.close() }
