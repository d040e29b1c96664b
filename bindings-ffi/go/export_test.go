package trustedprofile

// Held is what a provider keeps of a token, for the vectors: it has to be the one that the machine would give.
type Held struct{ held held }

func (h *Held) Ready(now Now) *AccessToken           { return h.held.ready(now) }
func (h *Held) Usable(now Now) *AccessToken          { return h.held.usable(now) }
func (h *Held) Keep(token *AccessToken) *AccessToken { return h.held.keep(token) }
func (h *Held) Outdate()                             { h.held.outdate() }
func (h *Held) Drop()                                { h.held.drop() }
