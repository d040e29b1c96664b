package sdkcore_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/IBM/go-sdk-core/v5/core"
)

// How long a call of IBM's core is waited for.
const enough = 75 * time.Second

// The request for the IAM token as IBM's core makes it.
var ibmsHop = hop{"IAM token of the instance", "metadata", "POST", "/instance_identity/v1/iam_token"}

// What IBM's core does under each fault. Takes minutes, since some of its calls never end.
func measured(t *testing.T, rows []row) map[string][]string {
	found := map[string][]string{}
	var lock sync.Mutex
	var all sync.WaitGroup
	lanes := make(chan struct{}, atOnce)
	for _, row := range rows {
		lanes <- struct{}{}
		all.Go(func() {
			defer func() { <-lanes }()
			seen, err := ibms(row)
			if err != nil {
				t.Errorf("%s: IBM's: %v", row.name, err)
			}
			lock.Lock()
			defer lock.Unlock()
			found[row.name] = seen
		})
	}
	all.Wait()
	return found
}

func ibms(row row) ([]string, error) {
	account, err := openAccount()
	if err != nil {
		return nil, err
	}
	defer account.Stop()
	fresh := func() (*core.VpcInstanceAuthenticator, error) {
		return core.NewVpcInstanceAuthenticatorBuilder().SetURL(account.MetadataURL).Build()
	}
	authenticator, err := fresh()
	if err != nil {
		return nil, err
	}
	if err := account.strike(row, ibmsHop); err != nil {
		return nil, err
	}
	_, empty := outcome(authenticator)
	if err := account.Heal(); err != nil {
		return nil, err
	}
	_, recovered := outcome(authenticator)
	// A token of 40 s is refreshed by IBM's core after 32 s, while it is still good.
	if err := account.Control(http.MethodPatch, "settings", map[string]any{"iam_token_lifetime_seconds": 40}, nil); err != nil {
		return nil, err
	}
	if authenticator, err = fresh(); err != nil {
		return nil, err
	}
	token, first := outcome(authenticator)
	if first != "token" {
		return nil, fmt.Errorf("without a fault: %s", first)
	}
	time.Sleep(33 * time.Second)
	if err := account.strike(row, ibmsHop); err != nil {
		return nil, err
	}
	started := time.Now()
	other, valid := outcome(authenticator)
	time.Sleep(500 * time.Millisecond)
	again, then := outcome(authenticator)
	switch {
	case valid == "token" && other == token && then == "token" && again == token:
		valid = "cached token"
	case valid == "token" && then == "token":
		valid = "refreshed"
	case valid == "token":
		valid = "cached token, then " + then
	}
	if took := time.Since(started); took > 5*time.Second {
		valid += fmt.Sprintf(", after %.0f s", took.Seconds())
	}
	return []string{empty, recovered, valid}, nil
}

// What a call comes to, in words.
func outcome(authenticator *core.VpcInstanceAuthenticator) (token, words string) {
	type result struct {
		token string
		err   error
	}
	results := make(chan result, 1)
	started := time.Now()
	go func() {
		token, err := authenticator.GetToken()
		results <- result{token, err}
	}()
	select {
	case result := <-results:
		words = "token"
		switch {
		case result.err != nil:
			words = "error"
			if text := result.err.Error(); strings.TrimSpace(text) == "" {
				words = "error without words"
			}
		case result.token == "":
			words = "empty token"
		}
		if took := time.Since(started); took > 5*time.Second {
			words += fmt.Sprintf(" after %.0f s", took.Seconds())
		}
		return result.token, words
	case <-time.After(enough):
		return "", fmt.Sprintf("pending after %.0f s", enough.Seconds())
	}
}
