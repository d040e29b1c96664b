package main

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"
)

// As long as IBM's own access tokens are.
const tokenBytes = 1700

// The services that both sides fetch from, as fast as can be: fixed answers, at once or after a delay. The simulator signs
// and checks for milliseconds, which would hide what is measured here.
type stub struct {
	*httptest.Server
	delay    atomic.Int64
	requests atomic.Int64
}

func startStub() *stub {
	stub := &stub{}
	stub.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stub.requests.Add(1)
		time.Sleep(time.Duration(stub.delay.Load()))
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(issued(r.URL.Path))
	}))
	return stub
}

// Has every answer wait, and counts from nought again.
func (s *stub) begin(delay time.Duration) {
	s.delay.Store(int64(delay))
	s.requests.Store(0)
}

func issued(path string) []byte {
	life := 3600 * time.Second
	if strings.HasSuffix(path, "/v1/token") {
		life = 300 * time.Second
	}
	now := time.Now().UTC()
	claims := map[string]any{"iat": now.Unix(), "exp": now.Add(life).Unix(), "sub": "made up for a bench", "fill": strings.Repeat("x", 900)}
	token := part(map[string]any{"alg": "RS256", "typ": "JWT", "kid": "bench"}) + "." + part(claims) + "."
	token += strings.Repeat("Z", max(tokenBytes-len(token), 0))
	text, _ := json.Marshal(map[string]any{
		"access_token": token, "expires_in": life.Seconds(), "created_at": now.Format(time.RFC3339), "expires_at": now.Add(life).Format(time.RFC3339),
	})
	return text
}

func part(value any) string {
	text, _ := json.Marshal(value)
	return base64.RawURLEncoding.EncodeToString(text)
}
