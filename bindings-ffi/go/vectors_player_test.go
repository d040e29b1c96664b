package trustedprofile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	tp "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/corpus"
)

type player struct {
	machine     *tp.TokenManager
	unixBase    int64
	leaks       leaks
	fast        fastPath
	tickets     map[string]*tp.Ticket
	ids         map[string]uint64
	generations map[string]uint64
}

// Plays a script, and says how often a token that is held made a poll needless.
func play(text []byte) (hits int, err error) {
	var script script
	if err := corpus.Read(text, &script); err != nil {
		return 0, err
	}
	leaks := leaksOf(script.Secrets)
	options := []tp.Option{tp.WithSeed(script.Seed), tp.WithFacts(script.Facts), tp.WithPolicyJSON(script.Policy)}
	machine, err := tp.NewTokenManager(tp.FromJSON(script.Source), options...)
	if script.Error != nil || err != nil {
		return 0, checkConstruction(&script, err, leaks)
	}
	defer machine.Close()
	player := &player{
		machine: machine, unixBase: script.UnixBase, leaks: leaks, fast: fastPath{machine: machine},
		tickets: map[string]*tp.Ticket{}, ids: map[string]uint64{}, generations: map[string]uint64{},
	}
	for number, step := range script.Steps {
		if err := player.step(&step); err != nil {
			return 0, fmt.Errorf("step %d at %d: %w", number+1, step.At, err)
		}
	}
	return player.fast.hits, nil
}

func checkConstruction(script *script, err error, leaks leaks) error {
	var found *tp.Error
	switch {
	case err == nil:
		return fmt.Errorf("expected %s at construction, but there is a machine", script.Error.Code)
	case script.Error == nil || !errors.As(err, &found):
		return fmt.Errorf("construction failed: %w", err)
	case !strings.HasPrefix(found.Message, script.Error.MessageStarts):
		return fmt.Errorf("message: expected %q first, found %q", script.Error.MessageStarts, found.Message)
	}
	return errors.Join(leaks.check("the error", found), checkFailure(&expectedFailure{Code: script.Error.Code}, found))
}

func (p *player) step(step *step) error {
	now := tp.Now{Monotonic: time.Duration(step.At) * time.Millisecond, Unix: time.Duration(p.unixBase+step.At) * time.Millisecond}
	if step.Unix != nil {
		now.Unix = time.Duration(*step.Unix) * time.Millisecond
	}
	name, err := only(step.calls)
	if err != nil {
		return err
	}
	isPoll := name == "Poll" || name == "Refresh"
	if isPoll != (step.Expect != nil) {
		return fmt.Errorf("%s: what it returns has to be expected, and nothing else", name)
	}
	if isPoll {
		err = p.returned(step.Expect, &step.calls, now)
	} else {
		err = p.report(&step.calls, now)
		p.fast.held.Outdate()
	}
	if err != nil {
		return err
	}
	return errors.Join(p.events(step), p.status(step))
}

func (p *player) returned(expected *expected, calls *calls, now tp.Now) error {
	if _, err := only(*expected); err != nil {
		return err
	}
	action, err := p.asked(calls, now)
	if err != nil {
		return err
	}
	switch found := action.(type) {
	case tp.Ready:
		if expected.Ready != nil && expected.Ready.Name != "" {
			p.generations[expected.Ready.Name] = found.Token.Generation()
		}
	case tp.Send:
		if expected.Send != nil {
			p.ids[expected.Send.As] = found.Exchange.ID
		}
	case tp.NeedFiles:
		if expected.NeedInput != nil {
			p.ids[expected.NeedInput.As] = found.ID
		}
	case tp.NeedToken:
		if expected.NeedInput != nil {
			p.ids[expected.NeedInput.As] = found.ID
		}
	}
	return errors.Join(p.leaks.check("the action", action), checkAction(expected, action))
}

func (p *player) asked(calls *calls, now tp.Now) (tp.Action, error) {
	if calls.Refresh != nil {
		return p.machine.PollRefresh(now), nil
	}
	ticket, ok := p.tickets[calls.Poll.Ticket]
	if !ok {
		ticket = &tp.Ticket{}
		p.tickets[calls.Poll.Ticket] = ticket
	}
	if calls.Poll.Slot == "" || calls.Poll.Slot == p.machine.LastSlot() {
		return p.fast.poll(ticket, now)
	}
	return p.machine.Poll(ticket, calls.Poll.Slot, now), nil
}

func (p *player) report(calls *calls, now tp.Now) error {
	switch {
	case calls.Respond != nil:
		return p.respond(calls.Respond, now)
	case calls.Transport != nil:
		call := calls.Transport
		failure := &tp.TransportError{Kind: call.Kind, Detail: call.Detail, ReusedConnection: call.Reused}
		return p.named(call.Exchange, func(id uint64) error { return p.machine.Fail(id, failure, now) })
	case calls.Files != nil:
		return p.files(calls.Files, now)
	case calls.External != nil:
		return p.external(calls.External, now)
	case calls.Abandon != nil:
		return p.named(calls.Abandon.Exchange, func(id uint64) error { return p.machine.Abandon(id, now) })
	case calls.Invalidate != nil:
		return p.invalidate(calls.Invalidate, now)
	case calls.Fork != nil:
		return p.machine.AfterFork(calls.Fork.Seed)
	default:
		return p.foreign(calls.Foreign, now)
	}
}

func (p *player) respond(call *respondCall, now tp.Now) error {
	response := tp.Response{Status: call.Status, Body: call.BodyBase64}
	switch {
	case call.JSON != nil && call.Body != nil, call.BodyBase64 != nil && (call.JSON != nil || call.Body != nil):
		return errors.New("more than one body")
	case call.JSON != nil:
		response.Body = call.JSON
	case call.Body != nil:
		response.Body = []byte(*call.Body)
	}
	for name, value := range call.Headers {
		response.Headers = append(response.Headers, tp.Header{Name: name, Value: value})
	}
	return p.named(call.Exchange, func(id uint64) error { return p.machine.Handle(id, response, now) })
}

func (p *player) files(call *filesCall, now tp.Now) error {
	var reads []tp.FileRead
	for _, read := range call.Reads {
		if (read.Text == nil) == (read.Problem == "") {
			return errors.New("a read has either a text or a problem")
		}
		found := tp.FileRead{Path: read.Path, Problem: read.Problem}
		if read.Text != nil {
			found.Content = []byte(*read.Text)
		}
		reads = append(reads, found)
	}
	return p.named(call.Input, func(id uint64) error { return p.machine.ProvideFiles(id, reads, now) })
}

func (p *player) external(call *externalCall, now tp.Now) error {
	return p.named(call.Input, func(id uint64) error {
		switch {
		case call.Error != nil:
			return p.machine.ProvideFailure(id, *call.Error, now)
		case call.Token != nil && call.ExpiresIn != nil:
			return p.machine.ProvideToken(id, tp.ExternalToken{AccessToken: *call.Token, ExpiresIn: time.Duration(*call.ExpiresIn) * time.Second}, now)
		}
		return errors.New("a callback brings either a token with its life or an error")
	})
}

func (p *player) invalidate(call *invalidateCall, now tp.Now) error {
	slot := call.Slot
	if slot == "" {
		slot = p.machine.LastSlot()
	}
	generation, ok := uint64(0), true
	switch {
	case call.Token != nil:
		generation, ok = p.generations[*call.Token]
	case call.Generation != nil:
		generation = *call.Generation
	}
	if !ok {
		return fmt.Errorf("no token is called %s", *call.Token)
	}
	return p.machine.Invalidate(slot, generation, now)
}

// Reports of every kind under an id that the machine never gave out.
func (p *player) foreign(call *foreignCall, now tp.Now) error {
	body, _ := json.Marshal(map[string]any{"access_token": call.Token, "expires_in": 3600})
	path := "/var/run/secrets/tokens/sa-token"
	return errors.Join(
		p.machine.Handle(call.ID, tp.Response{Status: 200, Body: body}, now),
		p.machine.ProvideToken(call.ID, tp.ExternalToken{AccessToken: call.Token, ExpiresIn: time.Hour}, now),
		p.machine.ProvideFiles(call.ID, []tp.FileRead{{Path: path, Content: []byte(call.Token)}}, now),
		p.machine.Abandon(call.ID, now),
	)
}

func (p *player) named(name string, report func(id uint64) error) error {
	id, ok := p.ids[name]
	if !ok {
		return fmt.Errorf("nothing is called %s", name)
	}
	return report(id)
}

func (p *player) events(step *step) error {
	happened := []map[string]any{}
	for event := p.machine.PollEvent(); event != nil; event = p.machine.PollEvent() {
		if err := p.leaks.check("an event", *event); err != nil {
			return err
		}
		happened = append(happened, eventFacts(event))
	}
	return sameIfGiven("events", step.Events, happened)
}

func (p *player) status(step *step) error {
	status, err := p.machine.Status()
	if err != nil {
		return err
	}
	// As a provider does after it told of a refusal.
	if step.Invalidate != nil && status.Slots[len(status.Slots)-1].UsableUntil == nil {
		p.fast.held.Drop()
	}
	if step.Status != nil {
		err = checkStatus(step.Status, status)
	}
	return errors.Join(err, p.leaks.check("the status", status), p.leaks.check("the machine", p.machine))
}

// A cached token is handed out without asking the machine. It has to be the one that the machine would give.
type fastPath struct {
	machine *tp.TokenManager
	held    tp.Held
	hits    int
}

func (f *fastPath) poll(ticket *tp.Ticket, now tp.Now) (tp.Action, error) {
	ready, usable := f.held.Ready(now), f.held.Usable(now)
	action := f.machine.Poll(ticket, "", now)
	var token *tp.AccessToken
	if found, ok := action.(tp.Ready); ok {
		token = found.Token
	}
	if ready != nil {
		f.hits++
		if err := same("the token that was ready", tokenFacts(token), tokenFacts(ready)); err != nil {
			return nil, err
		}
	}
	if usable != nil && token == nil {
		return nil, errors.New("there was a token to peek at that the machine has no more")
	}
	if token == nil {
		return action, nil
	}
	kept := f.held.Keep(token)
	fresh := token
	if !now.Before(token.RefreshAt()) {
		fresh = nil
	}
	return action, errors.Join(
		same("the token that is kept", tokenFacts(token), tokenFacts(kept)),
		same("the token that is ready now", tokenFacts(fresh), tokenFacts(f.held.Ready(now))),
	)
}

func tokenFacts(token *tp.AccessToken) []any {
	if token == nil {
		return nil
	}
	return []any{token.Value(), token.Slot(), token.Generation(), token.RefreshAt().Monotonic}
}
