// Command drivers plays jobs with the driver for Go: drivers JOBS REPORTS.
//
// Standard input and output are the line to the machine; JOBS and REPORTS hold a JSON object a line.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"
	"sync"
)

func asToken(err error, target *errToken) bool { return errors.As(err, target) }

func call(ctx context.Context, d *driver, caller int) {
	token, err := d.token(ctx, caller)
	if caller != prefill {
		d.stage.over(token, err)
	}
}

// direct makes the moment happen.
func direct(s *stage, d *driver, cancels []context.CancelFunc) {
	ctx := context.Background()
	s.expect(ctx, func() bool { return s.waiting >= s.job.Moment.Waiting })
	s.lock.Lock()
	sender := s.sender
	s.lock.Unlock()
	var leaving []context.CancelFunc
	switch s.job.Moment.Then {
	case "cancel_sender":
		leaving = cancels[sender : sender+1]
	case "cancel_waiters":
		for caller, cancel := range cancels {
			if caller != sender && len(leaving) < 10 {
				leaving = append(leaving, cancel)
			}
		}
	case "cancel_all":
		leaving = cancels
	case "invalidate":
		d.report(request{Op: "invalidate", Generation: 1})
	case "after_fork":
		d.report(request{Op: "after_fork", Seed: 8})
	}
	for _, cancel := range leaving {
		cancel()
	}
	s.expect(ctx, func() bool { return s.returned >= len(leaving) })
	s.change(func() { s.moment = true })
}

func crowd(s *stage, d *driver, callers int, hasMoment bool) {
	var calls sync.WaitGroup
	var cancels []context.CancelFunc
	for caller := range callers {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		cancels = append(cancels, cancel)
		calls.Add(1)
		go func() {
			defer calls.Done()
			call(ctx, d, caller)
		}()
	}
	if hasMoment {
		direct(s, d, cancels)
	}
	calls.Wait()
}

func play(j job, m *machine) map[string]any {
	s := newStage(j)
	for range j.Repeat {
		s.begin()
		m.call(request{Op: "new", Source: j.Source, Policy: j.Policy, Seed: 7})
		d := newDriver(m, s)
		if j.Prefill != nil {
			call(context.Background(), d, prefill)
			s.change(func() { s.passed += j.Prefill.ThenPassS })
			if j.Prefill.ThenInvalidate {
				d.report(request{Op: "invalidate", Generation: 1})
			}
		}
		crowd(s, d, j.Callers, j.Moment != nil)
		crowd(s, d, j.Late, false)
		d.units.Wait()
	}
	events := map[string]int{}
	for _, event := range m.call(request{Op: "events"}).Events {
		events[event]++
	}
	return map[string]any{
		"works": s.works, "tokens": len(s.tokens), "errors": len(s.errors), "stuck": s.stuck, "events": events, "left": 0,
		"ok": s.counts["ok"], "failed": s.counts["failed"], "cancelled": s.counts["cancelled"],
		"lost": s.counts["lost"], "volunteers": s.counts["volunteers"],
		"generation": m.call(request{Op: "status"}).Generation,
	}
}

func main() {
	jobs, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	reports, err := os.Create(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	m := &machine{replies: bufio.NewReader(os.Stdin)}
	decoder, encoder := json.NewDecoder(jobs), json.NewEncoder(reports)
	for {
		var j job
		if err := decoder.Decode(&j); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		if err := encoder.Encode(play(j, m)); err != nil {
			log.Fatal(err)
		}
	}
}
