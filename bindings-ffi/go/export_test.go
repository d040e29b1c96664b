package trustedprofile

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

// Watch tells when the core of a provider was closed, and holds nothing of the provider.
func (p *TokenProvider) Watch() (isClosed func() bool) {
	driver := p.driver
	return func() bool {
		driver.lock.Lock()
		defer driver.lock.Unlock()
		return driver.isClosed && driver.machine.instance == nil
	}
}

// Outdated has the next call for a token ask the machine, although the token is good.
func (p *TokenProvider) Outdated() { p.driver.held.outdate() }
