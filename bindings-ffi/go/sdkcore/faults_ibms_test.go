package sdkcore_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/IBM/go-sdk-core/v5/core"
)

// How long a call of IBM's core is waited for.
const enough = 75 * time.Second

// The request for the IAM token as IBM's core makes it.
var ibmsHop = hop{"IAM token of the instance", "metadata", "POST", "/instance_identity/v1/iam_token"}

// The fault that a process of its own is to have IBM's core meet.
const (
	oneFault      = "FAULT_FOR_IBMS_CORE"
	elsewhereOfIt = "ELSEWHERE_OF_IT"
	sees          = "IBM's core: "
	// A token of 70 s is refreshed by IBM's core from 56 s on, and used until 60 s.
	shortLife    = 70
	untilRefresh = 57 * time.Second
)

// What IBM's core does under each fault, each in a process of its own, since some end it. Takes minutes, since some calls
// never end.
func measured(t *testing.T, rows []row, elsewhere string) map[string][]string {
	found := map[string][]string{}
	var lock sync.Mutex
	var all sync.WaitGroup
	lanes := make(chan struct{}, 3*atOnce)
	for _, row := range rows {
		lanes <- struct{}{}
		all.Go(func() {
			defer func() { <-lanes }()
			process := exec.Command(os.Args[0], "-test.run", "^TestIBMsCoreUnderOneFault$")
			process.Env = append(os.Environ(), oneFault+"="+row.name, elsewhereOfIt+"="+elsewhere)
			// With its simulator, which is left over where the process dies.
			process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			process.WaitDelay = time.Second
			out, err := process.Output()
			_ = syscall.Kill(-process.Process.Pid, syscall.SIGKILL)
			var seen []string
			for _, line := range strings.Split(string(out), "\n") {
				if words, ok := strings.CutPrefix(line, sees); ok {
					seen = append(seen, words)
				}
			}
			if len(seen) < 3 && err != nil {
				seen = append(seen, "the process dies")
			}
			for len(seen) < 3 {
				seen = append(seen, "")
			}
			lock.Lock()
			defer lock.Unlock()
			found[row.name] = seen
		})
	}
	all.Wait()
	return found
}

// What measured starts. By itself it has nothing to do.
func TestIBMsCoreUnderOneFault(t *testing.T) {
	for _, row := range rows(os.Getenv(elsewhereOfIt)) {
		if row.name == os.Getenv(oneFault) {
			if err := ibms(row); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func ibms(row row) error {
	account, err := openAccount()
	if err != nil {
		return err
	}
	defer account.Stop()
	fresh := func() (*core.VpcInstanceAuthenticator, error) {
		return core.NewVpcInstanceAuthenticatorBuilder().SetURL(account.MetadataURL).Build()
	}
	authenticator, err := fresh()
	if err != nil {
		return err
	}
	if err := account.strike(row, ibmsHop); err != nil {
		return err
	}
	_, empty := outcome(authenticator)
	if err := account.Heal(); err != nil {
		return err
	}
	fmt.Println(sees + empty)
	_, recovered := outcome(authenticator)
	fmt.Println(sees + recovered)
	if err := account.Control(http.MethodPatch, "settings", map[string]any{"iam_token_lifetime_seconds": shortLife}, nil); err != nil {
		return err
	}
	if authenticator, err = fresh(); err != nil {
		return err
	}
	token, first := outcome(authenticator)
	if first != "token" {
		return fmt.Errorf("without a fault: %s", first)
	}
	time.Sleep(untilRefresh)
	if err := account.strike(row, ibmsHop); err != nil {
		return err
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
	fmt.Println(sees + valid)
	return nil
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
		result := result{err: errors.New("panics")}
		defer func() {
			_ = recover()
			results <- result
		}()
		result.token, result.err = authenticator.GetToken()
	}()
	select {
	case result := <-results:
		words = "token"
		switch {
		case result.err != nil:
			words = "error"
			if result.err.Error() == "panics" {
				words = "panics"
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
