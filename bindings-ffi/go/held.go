package trustedprofile

import "sync/atomic"

// The token that was handed out last. It saves asking the machine for what it would only say again; any number of
// goroutines look at it without a lock.
type held struct {
	token   atomic.Pointer[AccessToken]
	isFresh atomic.Bool
}

// The token that need neither be refreshed nor replaced.
func (h *held) ready(now Now) *AccessToken {
	if !h.isFresh.Load() {
		return nil
	}
	if token := h.token.Load(); token != nil && now.Before(token.refreshAt) {
		return token
	}
	return nil
}

// The token, as long as it can be used at all.
func (h *held) usable(now Now) *AccessToken {
	if token := h.token.Load(); token != nil && now.Before(token.usableUntil) {
		return token
	}
	return nil
}

// Whether it is this very token.
func (h *held) is(token *AccessToken) bool {
	kept := h.token.Load()
	return kept != nil && kept.is(token)
}

// Keeps what the machine returned. For as long as it returns the same, it is the same object.
func (h *held) keep(token *AccessToken) *AccessToken {
	if kept := h.token.Load(); kept != nil && kept.is(token) && kept.refreshAt == token.refreshAt {
		token = kept
	}
	h.token.Store(token)
	h.isFresh.Store(true)
	return token
}

// Something was reported: the machine is to be asked again.
func (h *held) outdate() { h.isFresh.Store(false) }

// The machine has it no more.
func (h *held) drop() {
	h.isFresh.Store(false)
	h.token.Store(nil)
}
