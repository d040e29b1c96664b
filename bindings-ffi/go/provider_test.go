package trustedprofile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	tp "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/simulator"
)

// A provider that is closed at the end of the test.
func opened(t *testing.T, source tp.Source, options ...tp.Option) *tp.TokenProvider {
	t.Helper()
	tokens, err := tp.New(source, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tokens.Close() })
	return tokens
}

func instanceOf(simulator *simulator.Simulator) tp.Source {
	return tp.VPCInstance(tp.WithEndpoint(simulator.MetadataURL))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func gave(token string, life time.Duration) tp.TokenCallback {
	return func(context.Context) (tp.ExternalToken, error) {
		return tp.ExternalToken{AccessToken: token, ExpiresIn: life}, nil
	}
}

func TestEverySourceGetsItsToken(t *testing.T) {
	simulator := simulator.Start(t)
	path, _, err := simulator.TokenFile(nil)
	must(t, err)
	iam, profile := tp.WithEndpoint(simulator.IAMURL), tp.WithProfileID(simulator.Seed.PodProfile.ID)
	key := tp.APIKey(simulator.Seed.APIKey.Value, iam)
	for name, source := range map[string]tp.Source{
		"instance":  tp.VPCInstance(tp.WithEndpoint(simulator.MetadataURL), tp.WithProtocol("http"), tp.WithIdentityTokenExpiresIn(5*time.Minute)),
		"container": tp.Container(iam, profile, tp.WithCRTokenFile(path)),
		"key":       key,
		"external":  tp.External(gave("a-token", time.Hour)),
		"bearer":    tp.Bearer("a-token"),
	} {
		token, err := opened(t, source).Token(t.Context())
		if err != nil || token.Value() == "" || token.Authorization() != "Bearer "+token.Value() || token.Slot() != tp.SlotIAM {
			t.Errorf("%s: %v, %v", name, token, err)
		}
		if name != "bearer" && (err != nil || time.Until(token.ExpiresAt()) < time.Minute) || name == "bearer" && !token.ExpiresAt().IsZero() {
			t.Errorf("%s: %v", name, token.ExpiresAt())
		}
	}
}

func TestOptionsThatCannotBeUsedAreNamed(t *testing.T) {
	for named, made := range map[string]func() (*tp.TokenProvider, error){
		"cr_token_file": func() (*tp.TokenProvider, error) { return tp.New(tp.VPCInstance(tp.WithCRTokenFile("/token"))) },
		"protocol":      func() (*tp.TokenProvider, error) { return tp.New(tp.VPCInstance(tp.WithProtocol("ftp"))) },
		"endpoint": func() (*tp.TokenProvider, error) {
			return tp.New(tp.APIKey("key", tp.WithEndpoint("http://example.org")))
		},
		"max_attempts": func() (*tp.TokenProvider, error) {
			return tp.New(tp.VPCInstance(), tp.WithPolicy(tp.Policy{MaxAttempts: 101}))
		},
		"callback": func() (*tp.TokenProvider, error) { return tp.New(tp.External(nil)) },
		"base": func() (*tp.TokenProvider, error) {
			return tp.New(tp.Assume(tp.FromEnvironment("x"), tp.WithProfileID("Profile-1")))
		},
		"source":  func() (*tp.TokenProvider, error) { return tp.New(tp.Source{}) },
		"options": func() (*tp.TokenProvider, error) { return tp.New(tp.VPCInstance(), nil) },
	} {
		_, err := made()
		var found *tp.Error
		if !errors.Is(err, tp.ErrInvalidArgument) || !errors.As(err, &found) || found.Kind != tp.KindConfiguration || !strings.Contains(found.Message, named) {
			t.Errorf("%s: %v", named, err)
		}
	}
}

func TestPolicyIsWrittenAsTheCoreReadsIt(t *testing.T) {
	policy := tp.Policy{
		Cooldown: -1, BackoffBase: 1500 * time.Microsecond, RefreshAt: 0.5, RefreshJitter: -1, MaxAttempts: 2, ExpectedAccountID: "a",
		Remote: &tp.Timeouts{Connect: time.Second, Attempt: 2 * time.Second, Round: 3 * time.Second},
	}
	text, err := json.Marshal(policy)
	must(t, err)
	expected := `{"backoff_base":2,"cooldown":0,"expected_account_id":"a","max_attempts":2,"refresh_at":0.5,"refresh_jitter":0,` +
		`"remote":{"attempt":2000,"connect":1000,"round":3000}}`
	if string(text) != expected {
		t.Error(string(text))
	}
	opened(t, tp.VPCInstance(), tp.WithPolicy(policy))
}

func TestAHerdMakesOneExchange(t *testing.T) {
	simulator := simulator.Start(t)
	must(t, simulator.Fault("metadata", map[string]any{"kind": "latency", "ms": 50}))
	tokens := opened(t, instanceOf(simulator))
	var all sync.WaitGroup
	seen := sync.Map{}
	for number := range 64 {
		all.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if number%4 == 0 {
				time.AfterFunc(20*time.Millisecond, cancel)
			}
			token, err := tokens.Token(ctx)
			switch {
			case err == nil:
				seen.Store(token.Value(), true)
			case number%4 != 0 || !errors.Is(err, context.Canceled):
				t.Error(err)
			}
		})
	}
	all.Wait()
	count := 0
	seen.Range(func(any, any) bool { count++; return true })
	if exchanges := simulator.Exchanges(t); count != 1 || exchanges != 1 {
		t.Error(count, exchanges)
	}
}

func TestCallersEndByTheirOwnContexts(t *testing.T) {
	tokens := opened(t, tp.External(func(ctx context.Context) (tp.ExternalToken, error) {
		<-ctx.Done()
		return tp.ExternalToken{}, ctx.Err()
	}))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := tokens.Token(ctx)
	var found *tp.Error
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, tp.ErrDeadlineExceeded) || !errors.As(err, &found) || !found.Transient {
		t.Error(err)
	}
	reason := errors.New("the request was withdrawn")
	withdrawn, withdraw := context.WithCancelCause(t.Context())
	withdraw(reason)
	if _, err := tokens.Token(withdrawn); !errors.Is(err, context.Canceled) || !errors.Is(err, reason) {
		t.Error(err)
	}
}

func TestATokenThatIsThereIsGivenAtOnceWhateverBecameOfTheContext(t *testing.T) {
	tokens := opened(t, tp.Bearer("a-token"))
	first, err := tokens.Token(t.Context())
	must(t, err)
	ended, end := context.WithCancel(t.Context())
	end()
	tokens.Outdated()
	second, err := tokens.Token(ended)
	if err != nil || first != second || tokens.Peek() != first {
		t.Error(first, second, err)
	}
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	ended := make(chan error, 1)
	began := make(chan struct{})
	tokens := opened(t, tp.External(func(ctx context.Context) (tp.ExternalToken, error) {
		close(began)
		<-ctx.Done()
		ended <- ctx.Err()
		return tp.ExternalToken{}, ctx.Err()
	}))
	got := make(chan error)
	go func() {
		_, err := tokens.Token(context.Background())
		got <- err
	}()
	<-began
	must(t, tokens.Close())
	if err := <-got; !errors.Is(err, tp.ErrClosed) {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	_, err := tokens.Describe()
	if _, other := tokens.Token(t.Context()); !errors.Is(err, tp.ErrClosed) || !errors.Is(other, tp.ErrClosed) || tokens.Peek() != nil {
		t.Error(err, other)
	}
	tokens.Invalidate(nil)
	must(t, tokens.Close())
}

func TestWhatIsForgottenIsClosed(t *testing.T) {
	for what, forgotten := range map[string]func() (isClosed func() bool){
		"a provider": func() func() bool {
			tokens, err := tp.New(tp.Bearer("a-token"))
			must(t, err)
			_, err = tokens.Token(t.Context())
			must(t, err)
			return tokens.Watch()
		},
		"a machine": func() func() bool {
			machine, err := tp.NewTokenManager(tp.Bearer("a-token"))
			must(t, err)
			machine.Poll(&tp.Ticket{}, "", tp.Now{})
			return machine.Watch()
		},
		"a client": func() func() bool {
			return mustNew(t, opened(t, tp.Bearer("a-token")), "vpc").Watch()
		},
	} {
		isClosed := forgotten()
		for end := time.Now().Add(patience); !isClosed(); {
			if time.Now().After(end) {
				t.Fatalf("%s is still there", what)
			}
			runtime.GC()
			time.Sleep(time.Millisecond)
		}
	}
}

func TestACallbackMayFailInAnyWay(t *testing.T) {
	policy := func(patience time.Duration) tp.Option {
		timeouts := &tp.Timeouts{Connect: patience, Attempt: patience, Round: 2 * patience}
		return tp.WithPolicy(tp.Policy{Cooldown: -1, MaxAttempts: 1, Remote: timeouts})
	}
	failure := errors.New("the vault is sealed")
	for says, callback := range map[string]tp.TokenCallback{
		"the vault is sealed":       func(context.Context) (tp.ExternalToken, error) { return tp.ExternalToken{}, failure },
		"it panicked with string":   func(context.Context) (tp.ExternalToken, error) { panic("a-secret") },
		"it ended without a result": func(context.Context) (tp.ExternalToken, error) { runtime.Goexit(); return tp.ExternalToken{}, nil },
		"it took longer than":       func(context.Context) (tp.ExternalToken, error) { select {} },
		"external_source_failed: ":  gave("", time.Hour),
	} {
		patience := patience
		if says == "it took longer than" {
			patience = 100 * time.Millisecond
		}
		tokens := opened(t, tp.External(callback), policy(patience))
		_, err := tokens.Token(t.Context())
		if !errors.Is(err, tp.ErrExternalSourceFailed) || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "a-secret") {
			t.Errorf("%s: %v", says, err)
		}
		if errors.Is(err, failure) != (says == failure.Error()) {
			t.Errorf("%s: the cause is %v", says, errors.Unwrap(err))
		}
	}
}

func TestACallbackSeesValuesOfTheCallersContextAndNotItsEnd(t *testing.T) {
	type key struct{}
	proceed := make(chan struct{})
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "trace"))
	tokens := opened(t, tp.External(func(ctx context.Context) (tp.ExternalToken, error) {
		cancel()
		<-proceed
		if ctx.Value(key{}) != "trace" || ctx.Err() != nil {
			return tp.ExternalToken{}, errors.New("it is another context")
		}
		return tp.ExternalToken{AccessToken: "a-token", ExpiresIn: time.Hour}, nil
	}))
	if _, err := tokens.Token(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(proceed)
	if token, err := tokens.Token(t.Context()); err != nil || token.Value() != "a-token" {
		t.Error(token, err)
	}
}

func TestEventsAreToldInOrderAndLoggedWithoutSecrets(t *testing.T) {
	simulator := simulator.Start(t)
	var log bytes.Buffer
	var lock sync.Mutex
	var kinds []tp.EventKind
	var tokens *tp.TokenProvider
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	tokens = opened(t, instanceOf(simulator), tp.WithLogger(logger), tp.WithPolicy(tp.Policy{MaxAttempts: 1, Cooldown: -1}), tp.WithOnEvent(func(event tp.Event) {
		// It may use the provider, and may panic.
		tokens.Peek()
		_, _ = tokens.Describe()
		lock.Lock()
		defer lock.Unlock()
		kinds = append(kinds, event.Kind)
		if event.Kind == tp.EventInvalidated {
			panic("a handler that panics")
		}
	}))
	token, err := tokens.Token(t.Context())
	must(t, err)
	tokens.Invalidate(token)
	must(t, simulator.Fault("metadata", map[string]any{"kind": "status", "status": 503}))
	_, err = tokens.Token(t.Context())
	if !errors.Is(err, tp.ErrServiceFailed) {
		t.Error(err)
	}
	identity, err := tokens.IdentityToken(t.Context())
	must(t, err)
	expected := []tp.EventKind{tp.EventFetched, tp.EventFetched, tp.EventInvalidated, tp.EventFailed}
	// What a unit of work comes to may be told a moment after its callers have their answers.
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		lock.Lock()
		count := len(kinds)
		lock.Unlock()
		if count >= len(expected) {
			break
		}
	}
	must(t, tokens.Close())
	lock.Lock()
	defer lock.Unlock()
	must(t, same("events", expected, kinds))
	text := log.String()
	for _, part := range []string{`"msg":"trusted-profile: a token was fetched"`, `"level":"WARN"`, `"code":"service_failed"`, `the handler of WithOnEvent panicked`} {
		if !strings.Contains(text, part) {
			t.Errorf("%s is not in %s", part, text)
		}
	}
	must(t, leaksOf([]string{token.Value(), identity.Value()}).check("the log", text))
	must(t, leaksOf([]string{token.Value()}).check("a token", token))
	must(t, leaksOf([]string{token.Value()}).check("a copy of a token", *token))
}

// Of a token that needed no fetch: what is printed without a lock no goroutine may still be writing.
func TestAProviderShowsNoToken(t *testing.T) {
	tokens := opened(t, tp.Bearer("a-secret-token"))
	token, err := tokens.Token(t.Context())
	must(t, err)
	must(t, same("the token", "a-secret-token", token.Value()))
	must(t, leaksOf([]string{"a-secret-token"}).check("the provider", tokens))
}

func TestCloseTellsWhatHappenedBefore(t *testing.T) {
	var kinds []tp.EventKind
	tokens := opened(t, tp.External(gave("a-token", time.Hour)), tp.WithOnEvent(func(event tp.Event) {
		time.Sleep(20 * time.Millisecond)
		kinds = append(kinds, event.Kind)
	}))
	_, err := tokens.Token(t.Context())
	must(t, err)
	must(t, tokens.Close())
	must(t, same("events", []tp.EventKind{tp.EventFetched}, kinds))
}
