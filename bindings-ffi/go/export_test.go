package trustedprofile

import (
	"context"
	"runtime"
	"strings"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/engine"
)

// Held is what a provider keeps of a token, for the vectors: it has to be the one that the machine would give.
type Held struct{ held held }

func (h *Held) Ready(now Now) *AccessToken           { return h.held.ready(now) }
func (h *Held) Usable(now Now) *AccessToken          { return h.held.usable(now) }
func (h *Held) Keep(token *AccessToken) *AccessToken { return h.held.keep(token) }
func (h *Held) Outdate()                             { h.held.outdate() }
func (h *Held) Drop()                                { h.held.drop() }

// Breaks has the next call of the core fail in its middle, as a defect would.
func (p *TokenProvider) Breaks() {
	p.driver.lock.Lock()
	defer p.driver.lock.Unlock()
	p.driver.machine.machine = 1 << 31
}

// BreaksForGood has the next call of the core fail, and every try to begin anew as well.
func (p *TokenProvider) BreaksForGood() {
	p.Breaks()
	p.driver.machine.begin = func(call *engine.Call, _ uint64) uint64 { return call.Run("tp_nothing") }
}

// BreaksAsItStarts has the core fail in between: what it wants is begun, and before the goroutine of that gets anywhere,
// the new machine wants the same.
func (p *TokenProvider) BreaksAsItStarts(ctx context.Context) (before, after Action) {
	d := p.driver
	d.lock.Lock()
	defer d.lock.Unlock()
	before = d.poll(&Ticket{}, "")
	d.start(ctx, before, &Ticket{}, "")
	d.machine.machine = 1 << 31
	d.poll(&Ticket{}, "")
	return before, d.poll(&Ticket{}, "")
}

// AtWork is how many units of work there are in this process.
func AtWork() int {
	stacks := make([]byte, 1<<20)
	return strings.Count(string(stacks[:runtime.Stack(stacks, true)]), "(*driver).start.func")
}

// Watch tells when the core of a machine was closed, and holds nothing of the machine.
func (m *TokenManager) Watch() (isClosed func() bool) { return m.isOver.Load }

// Watch tells when the core of a provider was closed, and holds nothing of the provider.
func (p *TokenProvider) Watch() (isClosed func() bool) {
	driver := p.driver
	return func() bool {
		driver.lock.Lock()
		defer driver.lock.Unlock()
		return driver.isClosed && driver.machine.running == nil
	}
}

// Outdated has the next call for a token ask the machine, although the token is good.
func (p *TokenProvider) Outdated() { p.driver.held.outdate() }

// Breaks has the next call of the core fail in its middle, as a defect would.
func (c *Client) Breaks() {
	defer c.Occupy()()
	c.session.client = 1 << 31
}

// Occupy has nobody else use the core of a client until it is released.
func (c *Client) Occupy() (release func()) {
	_ = c.session.begin(context.Background())
	return c.session.end
}

// Watch tells when the core of a client was closed, and holds nothing of the client.
func (c *Client) Watch() (isClosed func() bool) { return c.session.isOver.Load }
