package trustedprofile_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	tp "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/simulator"
)

// How long a step may wait for something to show up.
const patience = time.Minute

// A stage runs one scenario: with a simulator and a provider of its own.
type stage struct {
	scenario  *scenario
	simulator *simulator.Simulator
	values    map[string]string
	provider  *tp.TokenProvider
	tokens    map[string]*tp.AccessToken
	lock      sync.Mutex
	happened  []string
}

// Runs all steps. The number of the step that does not hold is 0 if all do.
func runScenario(scenario *scenario) (step int, err error) {
	simulator, err := simulator.New()
	if err != nil {
		return 0, err
	}
	defer simulator.Stop()
	stage := &stage{scenario: scenario, simulator: simulator, values: valuesOf(simulator), tokens: map[string]*tp.AccessToken{}}
	defer func() {
		if stage.provider != nil {
			_ = stage.provider.Close()
		}
	}()
	for number, step := range scenario.Steps {
		if err := stage.step(&step); err != nil {
			return number + 1, fmt.Errorf("%s (step %d): %w", scenario.Name, number+1, err)
		}
	}
	return 0, nil
}

func valuesOf(s *simulator.Simulator) map[string]string {
	return map[string]string{
		"metadata_url": s.MetadataURL, "iam_url": s.IAMURL, "object_store_url": s.ObjectStoreURL, "account_id": s.AccountID,
		"instance_id": s.Seed.Instance.ID, "instance_crn": s.Seed.Instance.CRN, "instance_profile_id": s.Seed.InstanceProfile.ID,
		"instance_profile_iam_id": s.Seed.InstanceProfile.IAMID, "pod_profile_id": s.Seed.PodProfile.ID,
		"pod_profile_crn": s.Seed.PodProfile.CRN, "cluster_id": s.Seed.Cluster.ID, "bucket": s.Seed.Bucket, "api_key": s.Seed.APIKey.Value,
	}
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// A value with every {placeholder} filled in.
func (s *stage) fill(value any) []byte {
	text := asJSON(value)
	return placeholder.ReplaceAllFunc(text, func(found []byte) []byte {
		value, ok := s.values[strings.Trim(string(found), "{}")]
		if !ok {
			return found
		}
		quoted := asJSON(value)
		return quoted[1 : len(quoted)-1]
	})
}

func (s *stage) step(step *scene) error {
	switch {
	case step.Control != nil:
		path := string(s.fill(step.Control.Path))
		return s.simulator.Control(step.Control.Method, path[1:len(path)-1], json.RawMessage(s.fill(step.Control.Body)), nil)
	case step.CrTokenFile != nil:
		return s.tokenFile(*step.CrTokenFile)
	case step.Call != nil:
		return s.call(step.Call)
	case step.Invalidate != nil:
		token, err := s.token(*step.Invalidate)
		if err == nil {
			s.provider.Invalidate(token)
		}
		return err
	case step.WaitMs != nil:
		time.Sleep(time.Duration(*step.WaitMs) * time.Millisecond)
		return nil
	case step.WaitForJournal != nil:
		return s.waitFor(func() (int, error) { return s.count(*step.WaitForJournal) }, step.WaitForJournal.Count)
	case step.WaitForFailedRefreshes != nil:
		return s.waitFor(s.failedRefreshes, *step.WaitForFailedRefreshes)
	case step.Journal != nil:
		return s.journal(*step.Journal)
	case step.Events != nil:
		return s.events(*step.Events)
	default:
		return s.use(step.Use)
	}
}

func (s *stage) tokenFile(token map[string]any) error {
	var filled map[string]any
	if err := json.Unmarshal(s.fill(token), &filled); err != nil {
		return err
	}
	path, id, err := s.simulator.TokenFile(filled)
	s.values["cr_token_file"], s.values["cr_token_file_id"] = path, id
	return err
}

// Opened when first needed, so that placeholders of earlier steps are filled.
func (s *stage) opened() (*tp.TokenProvider, error) {
	if s.provider != nil {
		return s.provider, nil
	}
	options := []tp.Option{tp.WithOnEvent(func(event tp.Event) {
		s.lock.Lock()
		defer s.lock.Unlock()
		s.happened = append(s.happened, string(event.Kind))
	})}
	if s.scenario.Policy != nil {
		options = append(options, tp.WithPolicyJSON(s.fill(s.scenario.Policy)))
	}
	provider, err := tp.New(tp.FromJSON(s.fill(s.scenario.Source)), options...)
	s.provider = provider
	return provider, err
}

// What a caller got. Nothing means that it gave up itself.
type answer struct {
	token *tp.AccessToken
	err   error
}

func (s *stage) call(call *callers) error {
	tokens, err := s.opened()
	if err != nil {
		return err
	}
	before, err := s.requests()
	if err != nil {
		return err
	}
	count := 1
	if call.Callers != nil {
		count = *call.Callers
	}
	answers := make([]answer, count)
	var cancels []context.CancelFunc
	var all sync.WaitGroup
	for number := range answers {
		ctx, cancel := context.WithCancel(context.Background())
		if call.TimeoutMs != nil {
			ctx, cancel = context.WithTimeout(context.Background(), time.Duration(*call.TimeoutMs)*time.Millisecond)
		}
		defer cancel()
		cancels = append(cancels, cancel)
		all.Go(func() { answers[number].token, answers[number].err = tokens.Token(ctx) })
	}
	// Those with a bound of their own need nobody to tell them.
	if call.TimeoutMs == nil && call.Cancelled > 0 {
		if err := s.waitFor(s.requests, before+1); err != nil {
			return err
		}
		for _, cancel := range cancels[:call.Cancelled] {
			cancel()
		}
	}
	all.Wait()
	return s.compare(call, answers)
}

func (s *stage) compare(call *callers, answers []answer) error {
	gaveUp := 0
	given := map[string]*tp.AccessToken{}
	for _, answer := range answers {
		if errors.Is(answer.err, context.Canceled) || errors.Is(answer.err, context.DeadlineExceeded) && errors.Is(answer.err, tp.ErrDeadlineExceeded) {
			gaveUp++
			continue
		}
		if err := s.answered(&call.Expect, answer); err != nil {
			return err
		}
		if answer.token != nil {
			given[answer.token.Value()] = answer.token
		}
	}
	if err := same("callers that gave up", call.Cancelled, gaveUp); err != nil {
		return err
	}
	if len(given) > 1 {
		return fmt.Errorf("%d different tokens", len(given))
	}
	for _, token := range given {
		s.tokens[call.As] = token
	}
	return nil
}

func (s *stage) answered(expected *outcome, found answer) error {
	var failure *tp.Error
	switch {
	case expected.Error != nil && errors.As(found.err, &failure):
		return checkOutcome(expected.Error, failure)
	case expected.TokenOf != nil && found.err == nil:
		token, err := s.token(*expected.TokenOf)
		if err != nil {
			return err
		}
		return same("the token is that of before", true, found.token.Value() == token.Value())
	case expected.isNewToken && found.err == nil:
		for name, known := range s.tokens {
			if known.Value() == found.token.Value() {
				return fmt.Errorf("the new token was known as %q", name)
			}
		}
		return nil
	}
	return fmt.Errorf("expected %s, found %v, %v", asJSON(expected), found.token, found.err)
}

func checkOutcome(expected *outcomeError, found *tp.Error) error {
	code := ""
	if found.Service != nil {
		code = found.Service.Code
	}
	err := errors.Join(
		same("the code", tp.Code(expected.Code), found.Code),
		sameIfGiven("the status", expected.Status, found.Status),
		sameIfGiven("the service's code", expected.ServiceCode, code),
		sameIfGiven("the attempts", expected.Attempts, found.Attempts),
		allIn("what is shown", expected.Shows, found.Error()),
	)
	if err != nil {
		return fmt.Errorf("%w; the error was: %v", err, found)
	}
	return nil
}

func (s *stage) token(name string) (*tp.AccessToken, error) {
	token, ok := s.tokens[name]
	if !ok {
		return nil, fmt.Errorf("no step gave a token the name %s", name)
	}
	return token, nil
}

func (s *stage) failedRefreshes() (int, error) {
	tokens, err := s.opened()
	if err != nil {
		return 0, err
	}
	description, err := tokens.Describe()
	if err != nil {
		return 0, err
	}
	return description.Status.Slots[len(description.Status.Slots)-1].FailedRefreshes, nil
}

func (s *stage) journal(all []counted) error {
	for _, wanted := range all {
		found, err := s.count(wanted)
		if err != nil {
			return err
		}
		if err := same(fmt.Sprintf("requests %s %s at %s", wanted.Method, wanted.Path, wanted.Service), wanted.Count, found); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) count(wanted counted) (int, error) {
	return s.simulator.Count(url.Values{"service": {wanted.Service}, "method": {wanted.Method}, "path": {wanted.Path}})
}

// How many requests for tokens crossed the wire.
func (s *stage) requests() (int, error) {
	put, err := s.simulator.Count(url.Values{"method": {"PUT"}})
	if err != nil {
		return 0, err
	}
	post, err := s.simulator.Count(url.Values{"method": {"POST"}})
	return put + post, err
}

// What a refresh beside the callers comes to may be told a moment after its cause shows.
func (s *stage) events(names []string) error {
	so := func() (int, error) {
		s.lock.Lock()
		defer s.lock.Unlock()
		return len(s.happened), nil
	}
	if err := s.waitFor(so, len(names)); err != nil {
		return err
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	happened := s.happened
	s.happened = nil
	return same("events", append([]string{}, names...), append([]string{}, happened...))
}

func (s *stage) use(use *use) error {
	token, err := s.token(use.Token)
	if err != nil {
		return err
	}
	status, err := s.simulator.Use(token.Authorization())
	return errors.Join(err, same("the object store's status", use.Status, status))
}

func (s *stage) waitFor(found func() (int, error), wanted int) error {
	end := time.Now().Add(patience)
	for {
		count, err := found()
		if err != nil || count >= wanted {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("waited for %d, found %d", wanted, count)
		}
		time.Sleep(2 * time.Millisecond)
	}
}
