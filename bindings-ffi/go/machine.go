package trustedprofile

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/engine"
)

// A TokenManager is the token machine without I/O, for programs that drive it themselves: it decides when to fetch,
// retry, refresh and give up. Everybody else uses a TokenProvider.
//
// A call for a token goes like this. Lock; read both clocks; Poll with a new Ticket. On Ready, unlock, start what
// PollRefresh wants, and return the token. On Send, NeedFiles or NeedToken, unlock and start a goroutine that does it,
// whoever gives up meanwhile: it locks again, reports, and wakes everybody. On Wait, begin to wait before the lock is
// released, and poll again when woken or when the time is over. On Failed, return the error.
//
// It is used by one goroutine at a time. Its memory is its own: should the core fail in the middle of a call, the call
// gives ErrInternal, and the machine begins anew. One that is forgotten is closed some time after.
type TokenManager struct {
	// Nil where it is closed, and where it could not begin anew yet.
	*running
	// Nil where it is closed.
	begin    func(call *engine.Call, seed uint64) uint64
	restarts int
	cleanup  runtime.Cleanup
}

// A machine in its instance. It holds nothing of the TokenManager, so that one that is forgotten can be cleaned up.
type running struct {
	instance *engine.Instance
	machine  uint64
	tickets  map[uint64]bool
	lost     lostTickets
	isOver   atomic.Bool
}

// A Ticket is one caller's place in a machine. Every call for a token has a new one.
type Ticket struct {
	handle  uint64
	of      *engine.Instance
	cleanup runtime.Cleanup
}

// Tickets that nobody has any more. They are freed when the machine is called next.
type lostTickets struct {
	lock    sync.Mutex
	handles []uint64
}

// NewTokenManager makes the machine of a source. Of the options, WithPolicy, WithPolicyJSON, WithFacts and WithSeed are
// the machine's; the others do nothing here. An error is ErrInvalidArgument, and names what cannot be used, or
// ErrUnexpectedIdentity.
func NewTokenManager(source Source, options ...Option) (*TokenManager, error) {
	settings, err := settingsOf(options)
	if err != nil {
		return nil, err
	}
	machine, _, err := newMachine(source, settings)
	return machine, err
}

func newMachine(source Source, settings *settings) (*TokenManager, *Choice, error) {
	policy, facts, err := settings.texts()
	if err != nil {
		return nil, nil, err
	}
	making, choice, err := source.making()
	if err != nil {
		return nil, nil, err
	}
	machine := &TokenManager{
		begin: func(call *engine.Call, seed uint64) uint64 { return making(call, policy, facts, seed) },
	}
	seed := rand.Uint64()
	if settings.seed != nil {
		seed = *settings.seed
	}
	if err := machine.start(seed); err != nil {
		return nil, nil, err
	}
	return machine, choice, nil
}

// Makes an instance, and the machine in it.
func (m *TokenManager) start(seed uint64) *Error {
	instance, err := engine.Tokens.New()
	if err != nil {
		return local(ErrInternal, err.Error(), err)
	}
	call := instance.Begin()
	failed, isFailed := actionOf(call, m.begin(call, seed)).(Failed)
	handle := call.Made()
	call.End()
	switch {
	case call.Err != nil:
		failed = Failed{local(ErrInternal, fmt.Sprintf("the core failed as it began (%v). Please report this", call.Err), call.Err)}
	case !isFailed:
		m.running = &running{instance: instance, machine: handle, tickets: map[uint64]bool{}}
		m.cleanup = runtime.AddCleanup(m, (*running).close, m.running)
		return nil
	}
	instance.Close()
	return failed.Err
}

// Restarts is how often it has begun anew, without its tokens.
func (m *TokenManager) Restarts() int { return m.restarts }

// LastSlot is the step whose token the program is after: SlotIAM or SlotAssumed.
func (m *TokenManager) LastSlot() Slot {
	var slot Slot
	_ = m.call(func(call *engine.Call) { slot = named(slots, call.Run("tp_machine_last_slot", m.machine)) })
	return slot
}

// Poll says what to do next for the caller with this ticket, who wants the token of a slot; "" is the last one.
func (m *TokenManager) Poll(ticket *Ticket, slot Slot, now Now) Action {
	var action Action
	number := slices.Index(slots, slot)
	if number < 0 {
		return Failed{local(ErrInvalidArgument, "slot: expected identity, iam or assumed, got "+string(slot), nil)}
	}
	err := m.call(func(call *engine.Call) {
		m.admit(call, ticket)
		action = actionOf(call, call.Run("tp_machine_poll", m.machine, ticket.handle, uint64(number), monotonic(now), unixTime(now)))
	})
	if err != nil {
		return Failed{err}
	}
	return action
}

// PollRefresh is the work of a volunteer: a Send, NeedFiles or NeedToken, or nil when nothing is to be refreshed.
func (m *TokenManager) PollRefresh(now Now) Action {
	var action Action
	_ = m.call(func(call *engine.Call) {
		action = actionOf(call, call.Run("tp_machine_poll_refresh", m.machine, monotonic(now), unixTime(now)))
	})
	return action
}

// Handle reports the answer to a Send. Wake all who wait afterwards, as after every report. What is late, foreign or
// reported twice changes nothing. An error is ErrInvalidArgument: the status is no status, and nothing was reported.
func (m *TokenManager) Handle(id uint64, response Response, now Now) error {
	return m.report(func(call *engine.Call) uint64 {
		headers, headersLength := call.Text(linesOf(response.Headers))
		body, bodyLength := call.Bytes(response.Body)
		status := uint64(max(response.Status, 0))
		return call.Run("tp_machine_handle", m.machine, id, status, headers, headersLength, body, bodyLength, monotonic(now), unixTime(now))
	})
}

// Fail reports that no answer came, or that a unit of work failed.
func (m *TokenManager) Fail(id uint64, failure *TransportError, now Now) error {
	return m.report(func(call *engine.Call) uint64 {
		kind, detail, length, reused := failureIn(call, failure)
		return call.Run("tp_machine_handle_failure", m.machine, id, kind, detail, length, reused, monotonic(now), unixTime(now))
	})
}

// ProvideFiles reports what the files of a NeedFiles hold, for each that was tried.
func (m *TokenManager) ProvideFiles(id uint64, reads []FileRead, now Now) error {
	return m.report(func(call *engine.Call) uint64 {
		files := call.Run("tp_files_new")
		for _, read := range reads {
			path, pathLength := call.Text(read.Path)
			content, contentLength := call.Bytes(read.Content)
			// A problem that nobody knows is refused by the core.
			problem := uint32(slices.Index(problems, read.Problem))
			refused := call.Run("tp_files_add", files, path, pathLength, content, contentLength, uint64(problem))
			if refused != 0 {
				call.Run("tp_files_free", files)
				return refused
			}
		}
		result := call.Run("tp_machine_provide_files", m.machine, id, files, monotonic(now), unixTime(now))
		call.Run("tp_files_free", files)
		return result
	})
}

// ProvideToken reports the token of a NeedToken.
func (m *TokenManager) ProvideToken(id uint64, token ExternalToken, now Now) error {
	return m.report(func(call *engine.Call) uint64 {
		text, length := call.Text(token.AccessToken)
		return call.Run("tp_machine_provide_token", m.machine, id, text, length, nanoseconds(token.ExpiresIn), monotonic(now), unixTime(now))
	})
}

// ProvideFailure reports that the callback of a NeedToken failed, in words without secrets.
func (m *TokenManager) ProvideFailure(id uint64, words string, now Now) error {
	return m.report(func(call *engine.Call) uint64 {
		text, length := call.Text(words)
		return call.Run("tp_machine_provide_failure", m.machine, id, text, length, monotonic(now), unixTime(now))
	})
}

// Abandon gives back what a goroutine that was stopped from outside cannot do.
func (m *TokenManager) Abandon(id uint64, now Now) error {
	return m.report(func(call *engine.Call) uint64 {
		return call.Run("tp_machine_abandon", m.machine, id, monotonic(now), unixTime(now))
	})
}

// Invalidate says that a service refused the token of this step and generation with 401. A newer one stays.
func (m *TokenManager) Invalidate(slot Slot, generation uint64, now Now) error {
	number := uint32(slices.Index(slots, slot))
	return m.report(func(call *engine.Call) uint64 {
		return call.Run("tp_machine_invalidate", m.machine, uint64(number), generation, monotonic(now), unixTime(now))
	})
}

// AfterFork is for a copy of the machine that goes on elsewhere: it forgets what is under way, and keeps the tokens.
func (m *TokenManager) AfterFork(seed uint64) error {
	return m.report(func(call *engine.Call) uint64 { return call.Run("tp_machine_after_fork", m.machine, seed) })
}

// PollEvent is the next thing that happened; nil if nothing did.
func (m *TokenManager) PollEvent() *Event {
	var event *Event
	_ = m.call(func(call *engine.Call) {
		if text := taken(call, call.Run("tp_machine_poll_event", m.machine)); len(text) > 0 {
			event = eventOf(text)
		}
	})
	return event
}

// Status is what the machine knows. It holds no secret. An error is ErrClosed or ErrInternal.
func (m *TokenManager) Status() (Status, error) {
	var text []byte
	if err := m.call(func(call *engine.Call) { text = taken(call, call.Run("tp_machine_status", m.machine)) }); err != nil {
		return Status{}, err
	}
	var status Status
	if err := json.Unmarshal(text, &status); err != nil {
		return Status{}, local(ErrInternal, "the core reported a status that cannot be read", err)
	}
	return status, nil
}

// MetadataService says how the metadata service is spoken to, as JSON, for clients of its operations: ask after each
// identity token, since only then it may be known. An error is ErrInvalidArgument where the source has none.
func (m *TokenManager) MetadataService() ([]byte, error) {
	var text []byte
	var failed *Error
	err := m.call(func(call *engine.Call) {
		result := call.Run("tp_machine_metadata_service", m.machine)
		defer call.Run("tp_result_free", result)
		text = call.Read("tp_result_json", result)
		if call.Run("tp_result_kind", result) == resultFailed {
			failed = errorOf(text)
		}
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return nil, err
	}
	return text, nil
}

// Close overwrites its memory, tokens and all. Whatever is called afterwards gives ErrClosed.
func (m *TokenManager) Close() {
	m.cleanup.Stop()
	if m.running != nil {
		m.running.close()
	}
	// With it go the source's options.
	m.running, m.begin = nil, nil
}

func (r *running) close() {
	call := r.instance.Begin()
	call.Run("tp_machine_free", r.machine)
	for handle := range r.tickets {
		call.Run("tp_ticket_free", handle)
	}
	r.instance.Close()
	r.isOver.Store(true)
}

func (m *TokenManager) report(do func(call *engine.Call) uint64) error {
	var action Action
	if err := m.call(func(call *engine.Call) { action = actionOf(call, do(call)) }); err != nil {
		return err
	}
	if failed, ok := action.(Failed); ok {
		return failed.Err
	}
	return nil
}

func (m *TokenManager) call(do func(call *engine.Call)) *Error {
	// As long as a call is in its instance, it is not forgotten.
	defer runtime.KeepAlive(m)
	if m.begin == nil {
		return local(ErrClosed, "the machine was closed", nil)
	}
	if m.running == nil {
		// When it failed, it could not.
		if err := m.start(rand.Uint64()); err != nil {
			return err
		}
	}
	call := m.instance.Begin()
	for _, handle := range m.lost.take() {
		call.Run("tp_ticket_free", handle)
		delete(m.tickets, handle)
	}
	do(call)
	call.End()
	if call.Err == nil {
		return nil
	}
	m.cleanup.Stop()
	m.instance.Close()
	m.running = nil
	m.restarts++
	if err := m.start(rand.Uint64()); err != nil {
		return err
	}
	return local(ErrInternal, "the core failed and began anew; a program may go on. Please report this", call.Err)
}

// Makes the ticket known to this very instance.
func (m *TokenManager) admit(call *engine.Call, ticket *Ticket) {
	if ticket.of == m.instance {
		return
	}
	ticket.handle, ticket.of = call.Run("tp_ticket_new"), m.instance
	m.tickets[ticket.handle] = true
	ticket.cleanup.Stop()
	ticket.cleanup = runtime.AddCleanup(ticket, m.lost.add, ticket.handle)
}

// Frees a ticket when the machine is called next.
func (m *TokenManager) forget(ticket *Ticket) {
	if m.running == nil || ticket.of != m.instance {
		return
	}
	ticket.cleanup.Stop()
	m.lost.add(ticket.handle)
	ticket.handle, ticket.of = 0, nil
}

func (l *lostTickets) add(handle uint64) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.handles = append(l.handles, handle)
}

func (l *lostTickets) take() []uint64 {
	l.lock.Lock()
	defer l.lock.Unlock()
	handles := l.handles
	l.handles = nil
	return handles
}

// The text of a result, which is then freed.
func taken(call *engine.Call, result uint64) []byte {
	defer call.Run("tp_result_free", result)
	if result == 0 {
		return nil
	}
	return call.Read("tp_result_json", result)
}

// For the core, a time is never negative, and what never comes has a number of its own.
func nanoseconds(time time.Duration) uint64 {
	if time == Never.Monotonic {
		return ^uint64(0)
	}
	return uint64(max(time, 0))
}

func monotonic(now Now) uint64 { return nanoseconds(now.Monotonic) }
func unixTime(now Now) uint64  { return nanoseconds(now.Unix) }
