package sdkcore_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/corpus"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/simulator"
)

const (
	// Cells spend their time waiting; this many do so at once, each with a simulator of its own.
	atOnce = 6
	// Far more than a busy machine takes on top of a round's budget. A hang would take for ever.
	grace = 20 * time.Second
	// How long an IAM token lives, of which the last ten seconds are not used.
	life = 660 * time.Second
)

// What one fault at one request came to: with an empty cache, after recovery, with a good token.
type cell struct {
	row  row
	hop  hop
	seen [3]string
}

func policyOf(row row) trustedprofile.Policy {
	timeouts := trustedprofile.Timeouts{Connect: 5 * time.Second, Attempt: 10 * time.Second, Round: 30 * time.Second}
	policy := trustedprofile.Policy{
		MaxAttempts: 3, BackoffBase: 5 * time.Millisecond, BackoffMax: 20 * time.Millisecond, Cooldown: -1,
		RefreshBackoffBase: 50 * time.Millisecond, RefreshBackoffMax: 50 * time.Millisecond,
	}
	if row.isSlow() {
		timeouts = trustedprofile.Timeouts{Connect: 500 * time.Millisecond, Attempt: time.Second, Round: 3 * time.Second}
		policy.LeaseGrace = 500 * time.Millisecond
	}
	policy.LinkLocal, policy.Remote = &timeouts, &timeouts
	return policy
}

// An account, with a token file of its pod.
type account struct {
	*simulator.Simulator
	tokenFile string
}

func openAccount() (*account, error) {
	simulator, err := simulator.New()
	if err != nil {
		return nil, err
	}
	path, _, err := simulator.TokenFile(nil)
	return &account{simulator, path}, err
}

func (a *account) source(at hop) trustedprofile.Source {
	if at != podHop {
		return trustedprofile.VPCInstance(trustedprofile.WithEndpoint(a.MetadataURL))
	}
	return trustedprofile.Container(trustedprofile.WithEndpoint(a.IAMURL), trustedprofile.WithProfileID(a.Seed.PodProfile.ID), trustedprofile.WithCRTokenFile(a.tokenFile))
}

func (a *account) strike(row row, at hop) error {
	body := map[string]any{"service": at.service, "fault": row.fault}
	if !row.isWide() {
		body["method"], body["path"] = at.method, at.path
	}
	return a.Control(http.MethodPost, "faults", body, nil)
}

// The object store, which verifies the token, has to let it in.
func (a *account) isGood(row row, token *trustedprofile.AccessToken) error {
	if row.isOfThePast() {
		return nil
	}
	status, err := a.Use(token.Authorization())
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("the object store answered %d", status)
	}
	return err
}

// Nothing is cached; then the very next call once the service is well.
func emptyCache(row row, at hop, account *account) (empty string, err error) {
	tokens, err := trustedprofile.New(account.source(at), trustedprofile.WithPolicy(policyOf(row)))
	if err != nil {
		return "", err
	}
	defer tokens.Close()
	if err := account.strike(row, at); err != nil {
		return "", err
	}
	started := time.Now()
	_, err = tokens.Token(context.Background())
	// An instance's token takes two rounds: one for each request.
	if took := time.Since(started); took > 2*policyOf(row).Remote.Round+grace {
		return "", fmt.Errorf("it took %v", took)
	}
	if empty, err = named(row.codeAt(at), err); err != nil {
		return "", err
	}
	if err := account.Heal(); err != nil {
		return "", err
	}
	token, err := tokens.Token(context.Background())
	if err != nil {
		return "", fmt.Errorf("after recovery: %w", err)
	}
	return empty, account.isGood(row, token)
}

// The outcome in words, which has to be the expected one, and as clear as it has to be.
func named(expected trustedprofile.Code, err error) (string, error) {
	var found *trustedprofile.Error
	switch {
	case expected == right && err == nil:
		return "token", nil
	case expected == right || !errors.As(err, &found) || !errors.Is(err, expected):
		return "", fmt.Errorf("expected %q, found %w", expected, err)
	case len(found.Causes) == 0 || found.Attempts < 1 || !strings.Contains(found.Error(), ". Fix: "):
		return "", fmt.Errorf("it is not clear: %w", found)
	}
	return string(found.Code), nil
}

// The cached token is good for ten more minutes, and its refresh meets the fault.
func validToken(row row, at hop, account *account) (string, error) {
	if err := account.Control(http.MethodPatch, "settings", map[string]any{"iam_token_lifetime_seconds": life.Seconds()}, nil); err != nil {
		return "", err
	}
	for dueAfter := 300 * time.Millisecond; dueAfter < grace; dueAfter *= 2 {
		due, err := arrange(row, at, account, dueAfter)
		if err != nil {
			return "", err
		}
		if due != nil {
			defer due.tokens.Close()
			return due.refresh(row, at, account)
		}
		if err := account.Heal(); err != nil {
			return "", err
		}
	}
	return "", errors.New("a token takes too long on this machine")
}

// A provider with a token that is due for refresh, and with the fault in force.
type due struct {
	tokens *trustedprofile.TokenProvider
	token  *trustedprofile.AccessToken
	events chan trustedprofile.Event
}

// Nil where this machine is so busy that the token may have been refreshed before the fault was there.
func arrange(row row, at hop, account *account, dueAfter time.Duration) (*due, error) {
	policy := policyOf(row)
	policy.RefreshAt, policy.RefreshJitter = dueAfter.Seconds()/life.Seconds(), -1
	events := make(chan trustedprofile.Event, 1000)
	tokens, err := trustedprofile.New(account.source(at), trustedprofile.WithPolicy(policy), trustedprofile.WithOnEvent(func(event trustedprofile.Event) { events <- event }))
	if err != nil {
		return nil, err
	}
	started := time.Now()
	token, err := tokens.Token(context.Background())
	arrived := time.Now()
	if err == nil && at != podHop {
		// So that the refresh needs a new one.
		err = account.Control(http.MethodPost, "tokens/revoke", map[string]any{"all": "identity"}, nil)
	}
	if err == nil {
		err = account.strike(row, at)
	}
	if err != nil || time.Since(started) >= dueAfter/2 {
		return nil, errors.Join(err, tokens.Close())
	}
	time.Sleep(time.Until(arrived.Add(dueAfter + 5*time.Millisecond)))
	for len(events) > 0 {
		<-events
	}
	return &due{tokens, token, events}, nil
}

func (d *due) refresh(row row, at hop, account *account) (string, error) {
	expected := row.codeAt(at)
	isCached := func() error {
		// Ended already: whoever waited for anything would be told so.
		ended, end := context.WithCancel(context.Background())
		end()
		token, err := d.tokens.Token(ended)
		if err == nil && token.Value() != d.token.Value() {
			err = errors.New("the cached token was replaced")
		}
		return err
	}
	asks := func() error {
		_, err := d.tokens.Token(context.Background())
		return err
	}
	during := asks
	if expected != right {
		during = isCached
	}
	end, err := d.next(during)
	if err != nil || end != string(expected) {
		return "", fmt.Errorf("the refresh ended with %q, %w", end, err)
	}
	for range 4 {
		if err := during(); err != nil {
			return "", err
		}
	}
	if err := account.Heal(); err != nil {
		return "", err
	}
	// A refresh that was begun under the fault may still fail.
	for end != string(right) {
		if end, err = d.next(asks); err != nil {
			return "", err
		}
	}
	token, err := d.tokens.Token(context.Background())
	if err != nil || token.Value() == d.token.Value() {
		return "", fmt.Errorf("not replaced: %w", err)
	}
	if expected == right {
		return "refreshed", account.isGood(row, token)
	}
	return "cached token", account.isGood(row, token)
}

// The code with which the next refresh ends; empty where it went well. Callers come all the while, and drive it on.
func (d *due) next(eachTime func() error) (string, error) {
	for end := time.Now().Add(grace); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if err := eachTime(); err != nil {
			return "", err
		}
		for len(d.events) > 0 {
			// What happens on the way there, to the identity token say, does not matter.
			switch event := <-d.events; {
			case event.Kind == trustedprofile.EventRefreshFailed:
				return string(event.Err.Code), nil
			case event.Kind == trustedprofile.EventRefreshed && event.Slot == trustedprofile.SlotIAM:
				return "", nil
			}
		}
	}
	return "", errors.New("the refresh never ended")
}

// Every fault of the simulator, at every request. The results are a section of docs/faults.md.
func TestFaults(t *testing.T) {
	var followed sync.Map
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { followed.Store(r.URL.String(), true) }))
	defer elsewhere.Close()
	all := rows(elsewhere.URL)
	cells := make([]cell, 0, 3*len(all))
	for _, row := range all {
		for _, hop := range []hop{identityHop, instanceHop, podHop} {
			cells = append(cells, cell{row: row, hop: hop})
		}
	}
	// The slow ones first, so that nothing is left to wait for at the end.
	jobs := make(chan *cell, len(cells))
	for _, slow := range []bool{true, false} {
		for at := range cells {
			if cells[at].row.isSlow() == slow {
				jobs <- &cells[at]
			}
		}
	}
	close(jobs)
	var lanes sync.WaitGroup
	for range atOnce {
		lanes.Go(func() {
			account, err := openAccount()
			if err != nil {
				t.Error(err)
				return
			}
			defer account.Stop()
			for cell := range jobs {
				if err := cell.run(account); err != nil {
					t.Errorf("%s, %s: %v", cell.row.name, cell.hop.name, err)
					_ = account.Heal()
				}
			}
		})
	}
	lanes.Wait()
	followed.Range(func(url, _ any) bool { t.Error("a redirect was followed: ", url); return true })
	if !t.Failed() {
		compare(t, all, cells, elsewhere.URL)
	}
}

func (c *cell) run(account *account) (err error) {
	if c.seen[0], err = emptyCache(c.row, c.hop, account); err != nil {
		return fmt.Errorf("empty cache: %w", err)
	}
	c.seen[1] = "token"
	if c.seen[2], err = validToken(c.row, c.hop, account); err != nil {
		return fmt.Errorf("valid token: %w", err)
	}
	return nil
}

func TestTheRowsHaveEveryKindOfFault(t *testing.T) {
	root, err := corpus.Root()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "tests", "simulator", "faults.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Defs struct {
			Fault struct {
				OneOf []struct {
					Title string `json:"title"`
				} `json:"oneOf"`
			} `json:"fault"`
		} `json:"$defs"`
	}
	if err := jsonOf(text, &schema); err != nil {
		t.Fatal(err)
	}
	for _, kind := range schema.Defs.Fault.OneOf {
		if !slices.ContainsFunc(rows(""), func(row row) bool { return row.fault["kind"] == kind.Title }) {
			t.Errorf("no row has %s", kind.Title)
		}
	}
}
