package main

import (
	"bufio"
	"encoding/json"
	"log"
	"os"
	"sync/atomic"
)

// A machine at the other end of standard input and output. Calls return at once, as calls through
// cgo do, and have to be made under the driver's lock.
type machine struct {
	tickets atomic.Int64
	replies *bufio.Reader
}

type request struct {
	Op         string          `json:"op"`
	Now        *[2]float64     `json:"now,omitempty"`
	ID         uint64          `json:"id,omitempty"`
	Ticket     *int            `json:"ticket,omitempty"`
	Status     int             `json:"status,omitempty"`
	Body       string          `json:"body,omitempty"`
	Error      string          `json:"error,omitempty"`
	Paths      []string        `json:"paths,omitempty"`
	Text       string          `json:"text,omitempty"`
	Generation uint64          `json:"generation,omitempty"`
	Seed       uint64          `json:"seed,omitempty"`
	Source     json.RawMessage `json:"source,omitempty"`
	Policy     json.RawMessage `json:"policy,omitempty"`
}

type action struct {
	Do         string   `json:"do"`
	Why        string   `json:"why"`
	ID         uint64   `json:"id"`
	Hop        string   `json:"hop"`
	Paths      []string `json:"paths"`
	Token      string   `json:"token"`
	Error      string   `json:"error"`
	AtMostMs   float64  `json:"at_most_ms"`
	Generation uint64   `json:"generation"`
	Events     []string `json:"events"`
	ordinal    int
}

func (m *machine) call(call request) *action {
	line, err := json.Marshal(call)
	if err == nil {
		_, err = os.Stdout.Write(append(line, '\n'))
	}
	var reply action
	if err == nil {
		line, err = m.replies.ReadBytes('\n')
	}
	if err == nil {
		err = json.Unmarshal(line, &reply)
	}
	if err != nil {
		log.Fatal(err)
	}
	if reply.Do == "refused" {
		log.Fatal(reply.Why)
	}
	return &reply
}

func (m *machine) ticket() int { return int(m.tickets.Add(1)) }

func (m *machine) poll(ticket int, now *[2]float64) *action {
	return m.call(request{Op: "poll", Ticket: &ticket, Now: now})
}

func (m *machine) pollRefresh(now *[2]float64) *action {
	return m.call(request{Op: "poll_refresh", Now: now})
}
