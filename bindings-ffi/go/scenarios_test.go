package trustedprofile_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/corpus"
)

// Every scenario has a simulator of its own; a few at a time keep two cores busy.
const atOnce = 6

func scenariosOf(t *testing.T) []*scenario {
	t.Helper()
	files, err := corpus.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	var scenarios []*scenario
	for _, file := range files {
		read, err := readScenario(file.Bytes)
		if err != nil {
			t.Fatalf("%s: %v", file.Path, err)
		}
		scenarios = append(scenarios, read.inflating())
	}
	return scenarios
}

func several(scenarios []*scenario, check func(*scenario)) {
	var all sync.WaitGroup
	places := make(chan struct{}, atOnce)
	for _, scenario := range scenarios {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			check(scenario)
		})
	}
	all.Wait()
}

// What a program sees while the services misbehave, through the provider and its own transport.
func TestScenarios(t *testing.T) {
	scenarios := scenariosOf(t)
	several(scenarios, func(scenario *scenario) {
		if _, err := runScenario(scenario); err != nil {
			t.Error(err)
		}
	})
	files, _ := corpus.Scenarios()
	fmt.Printf("scenarios: %d run, 0 skipped\n", len(scenarios))
	fmt.Printf("scenarios: sha256 %s\n", corpus.Digest(files))
}

// A corpus that cannot fail shows nothing: one scenario of each rule, with its last expectation turned round, has to
// fail at that very step.
func TestScenariosCanary(t *testing.T) {
	known := map[string]bool{}
	var chosen []*scenario
	for _, scenario := range scenariosOf(t) {
		isNew := false
		for _, rule := range scenario.Rules {
			isNew = isNew || !known[rule]
			known[rule] = true
		}
		if isNew {
			chosen = append(chosen, scenario)
		}
	}
	several(chosen, func(scenario *scenario) {
		wrong := *scenario
		wrong.Steps = append([]scene(nil), scenario.Steps...)
		turned := turn(wrong.Steps)
		if step, err := runScenario(&wrong); step != turned {
			t.Errorf("%s: the wrong expectation of step %d was not noticed: %v", scenario.Name, turned, err)
		}
	})
	fmt.Printf("scenarios canary: %d flipped\n", len(chosen))
}

// Turns the last expectation into another one, and gives the number of its step.
func turn(steps []scene) int {
	for at := len(steps) - 1; at >= 0; at-- {
		switch step := &steps[at]; {
		case step.Call != nil:
			call := *step.Call
			nobody := "nobody's"
			if call.Expect.Error == nil {
				call.Expect = outcome{TokenOf: &nobody}
			} else {
				call.Expect = outcome{isNewToken: true}
			}
			step.Call = &call
		case step.Journal != nil:
			journal := append([]counted(nil), *step.Journal...)
			journal[0].Count++
			step.Journal = &journal
		case step.Use != nil:
			use := *step.Use
			use.Status++
			step.Use = &use
		case step.Events != nil:
			events := append([]string{"other"}, (*step.Events)[1:]...)
			step.Events = &events
		default:
			continue
		}
		return at + 1
	}
	return 0
}

func TestScenariosWithWhatNobodyKnowsAreRefused(t *testing.T) {
	scenario := func(rest string) string {
		return `{"name":"n","origin":"o","rules":[],"source":{},` + rest + `}`
	}
	if _, err := readScenario([]byte(scenario(`"steps":[{"wait_ms":1}],"variants":{"page":{"1":{"wait_ms":2}}}`))); err != nil {
		t.Error(err)
	}
	for rest, named := range map[string]string{
		`"steps":[{"surprise":1}]`:                                                  "surprise",
		`"steps":[{"use":{"token":"a","status":200,"surprise":1}}]`:                 "surprise",
		`"steps":[{"wait_ms":"1"}]`:                                                 "wait_ms",
		`"steps":[{"wait_ms":1,"invalidate":"a"}]`:                                  "exactly one",
		`"steps":[{"wait_ms":1}],"variants":{"page":{"2":{"wait_ms":2}}}`:           "step 2",
		`"steps":[{"wait_ms":1}],"variants":{"page":{"1":{"invalidate":"a"}}}`:      "step 1",
		`"steps":[{"wait_ms":1}],"variants":{"surprise":{}}`:                        "surprise",
		`"steps":[{"call":{"expect":{"error":{"code":"closed","surprise":true}}}}]`: "surprise",
	} {
		if _, err := readScenario([]byte(scenario(rest))); err == nil || !strings.Contains(err.Error(), named) {
			t.Errorf("%s: %v", rest, err)
		}
	}
}
