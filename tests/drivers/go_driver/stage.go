package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"sync"
	"time"
)

const (
	// Waits for a unit of work are at least this long; waits for a backoff are far shorter.
	long = 100 * time.Millisecond
	// The caller that comes before all others.
	prefill = -1
	// Nobody waits for a volunteer's work.
	volunteer = -2
	// Work that no script speaks of.
	unscripted = -1
)

type gate struct {
	Waiting  int  `json:"waiting"`
	Returned int  `json:"returned"`
	Moment   bool `json:"moment"`
}

type step struct {
	Gate gate   `json:"gate"`
	Give string `json:"give"`
}

type job struct {
	step
	Source  json.RawMessage `json:"source"`
	Policy  json.RawMessage `json:"policy"`
	Callers int             `json:"callers"`
	Repeat  int             `json:"repeat"`
	Late    int             `json:"late"`
	Works   []step          `json:"works"`
	Prefill *struct {
		ThenPassS      float64 `json:"then_pass_s"`
		ThenInvalidate bool    `json:"then_invalidate"`
	} `json:"prefill"`
	Moment *struct {
		Waiting int    `json:"waiting"`
		Then    string `json:"then"`
	} `json:"moment"`
	PatienceMs int    `json:"patience_ms"`
	Hook       bool   `json:"hook"`
	Defect     string `json:"defect"`
}

// A stage surrounds a driver in a play. Everything waits for events; only patience is measured by a
// clock.
type stage struct {
	job        job
	started    time.Time
	oneAtATime chan struct{}

	lock    sync.Mutex
	changed chan struct{}
	// What has happened so far in one wave of callers.
	waiting, returned, ordinals, sender int
	moment                              bool
	reports                             int
	passed                              float64
	works                               map[string]int
	counts                              map[string]int
	tokens, errors                      map[string]bool
	stuck                               bool
}

func newStage(j job) *stage {
	return &stage{job: j, started: time.Now(), oneAtATime: make(chan struct{}, 1), changed: make(chan struct{}),
		works: map[string]int{}, counts: map[string]int{}, tokens: map[string]bool{}, errors: map[string]bool{}}
}

func (s *stage) begin() {
	s.change(func() { s.waiting, s.returned, s.ordinals, s.sender, s.moment = 0, 0, 0, volunteer, false })
}

func (s *stage) has(defect string) bool { return s.job.Defect == defect }

func (s *stage) change(change func()) {
	s.lock.Lock()
	defer s.lock.Unlock()
	change()
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *stage) now() *[2]float64 {
	s.lock.Lock()
	defer s.lock.Unlock()
	monotonic := float64(time.Since(s.started)) / 1e6
	return &[2]float64{monotonic + s.passed*1000, float64(time.Now().UnixMilli()) + s.passed*1000}
}

// until waits until something is so; false when ctx ended first.
func (s *stage) until(ctx context.Context, isSo func() bool) bool {
	for {
		s.lock.Lock()
		so, changed := isSo(), s.changed
		s.lock.Unlock()
		if so {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// expect waits for what has to happen; if it does not, the play is stuck.
func (s *stage) expect(ctx context.Context, isSo func() bool) {
	limit, stop := context.WithTimeout(ctx, time.Duration(s.job.PatienceMs)*time.Millisecond)
	defer stop()
	if !s.until(limit, isSo) && ctx.Err() == nil {
		s.change(func() { s.stuck = true })
	}
}

// pause is the hook between poll and wait: what is waited for happens meanwhile.
func (s *stage) pause(limit context.Context, reports int) {
	if s.job.Hook {
		s.until(limit, func() bool { return s.reports > reports })
	}
}

// transport gives the call to make, once its gate is open; nil, if the unit of work vanishes.
func (s *stage) transport(ctx context.Context, work *action) (*request, error) {
	give := "token"
	if work.ordinal != unscripted {
		next := s.job.step
		if work.ordinal < len(s.job.Works) {
			next = s.job.Works[work.ordinal]
		}
		s.expect(ctx, func() bool { return s.isOpen(next.Gate) })
		give = next.Give
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch give {
	case "dropped":
		runtime.Goexit()
	case "exception":
		panic("the transport panicked")
	case "silence":
		return nil, nil
	case "unavailable":
		return &request{Op: "handle", Status: 503}, nil
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	token := fmt.Sprintf("%s-%d", work.Hop, s.works[work.Hop])
	if work.Paths != nil {
		return &request{Op: "provide", Paths: work.Paths, Text: token}, nil
	}
	return &request{Op: "handle", Status: 200, Body: fmt.Sprintf(`{"access_token":%q,"expires_in":3600}`, token)}, nil
}

func (s *stage) isOpen(g gate) bool {
	return s.waiting >= g.Waiting && s.returned >= g.Returned && (s.moment || !g.Moment)
}

func (s *stage) handedOut(hop string, caller int) (ordinal int) {
	s.change(func() {
		s.works[hop]++
		if ordinal = unscripted; caller == prefill {
			return
		}
		s.waiting = 0
		if s.sender == volunteer {
			s.sender = caller
		}
		ordinal = s.ordinals
		s.ordinals++
	})
	return ordinal
}

func (s *stage) beginsToWait() { s.change(func() { s.waiting++ }) }
func (s *stage) reported()     { s.change(func() { s.reports++ }) }
func (s *stage) volunteered()  { s.change(func() { s.counts["volunteers"]++ }) }

func (s *stage) reportsSoFar() int {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.reports
}

func (s *stage) ranOut(atMost time.Duration) {
	if atMost >= long {
		s.change(func() { s.counts["lost"]++ })
	}
}

// wakeOne is for a broken driver: one of all waiters takes what it sends.
func (s *stage) wakeOne() {
	select {
	case s.oneAtATime <- struct{}{}:
	default:
	}
}

// over notes how a call ended.
func (s *stage) over(token string, err error) {
	s.change(func() {
		var failed errToken
		s.returned++
		switch isFailed := asToken(err, &failed); {
		case err == nil:
			s.counts["ok"]++
			s.tokens[token] = true
		case isFailed:
			s.counts["failed"]++
			s.errors[failed.text] = true
		default:
			s.counts["cancelled"]++
		}
	})
}
