// Package measure is what the programs of both sides do: the same calls, counted in the same way.
package measure

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Side makes a new provider for the metadata service at an address, and gives its call for a token.
type Side func(url string) func() (string, error)

const (
	cachedCalls = 2_000_000
	providers   = 100
	herd        = 64
)

// Run does what the command line says, and prints the figures as JSON.
func Run(side Side) {
	what, url := os.Args[1], os.Args[2]
	figures := map[string]float64{}
	switch what {
	case "first":
		must(side(url)())
	case "warm":
		must(side(url)())
		started := time.Now()
		must(side(url)())
		figures["warm"] = inMilliseconds(time.Since(started))
	case "cached":
		for _, argument := range strings.Split(os.Args[3], ",") {
			goroutines, _ := strconv.Atoi(argument)
			figures["cached_"+argument], figures["allocations_"+argument] = cached(side(url), goroutines)
		}
	case "alone":
		token := side(url)
		started := time.Now()
		must(token())
		figures["alone"] = inMilliseconds(time.Since(started))
	case "herd":
		figures["slowest"] = inMilliseconds(slowest(side(url)))
	case "memory":
		figures["memory"] = memory(side, url)
	}
	text, _ := json.Marshal(figures)
	fmt.Println(string(text))
}

// Nanoseconds and allocations of a call, from so many goroutines at once.
func cached(token func() (string, error), goroutines int) (nanoseconds, allocations float64) {
	must(token())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	started := time.Now()
	var all sync.WaitGroup
	for range goroutines {
		all.Go(func() {
			for range cachedCalls / goroutines {
				must(token())
			}
		})
	}
	all.Wait()
	took := time.Since(started)
	runtime.ReadMemStats(&after)
	return float64(took.Nanoseconds()) / cachedCalls, float64(after.Mallocs-before.Mallocs) / cachedCalls
}

// The slowest of many callers who come at once, with nothing cached.
func slowest(token func() (string, error)) time.Duration {
	var all sync.WaitGroup
	begin := make(chan struct{})
	took := make([]time.Duration, herd)
	for number := range herd {
		all.Go(func() {
			<-begin
			started := time.Now()
			must(token())
			took[number] = time.Since(started)
		})
	}
	close(begin)
	all.Wait()
	longest := time.Duration(0)
	for _, time := range took {
		longest = max(longest, time)
	}
	return longest
}

// Bytes that are private to the process and written, for each provider that holds a token.
func memory(side Side, url string) float64 {
	var kept []func() (string, error)
	begin := 0.0
	for number := range providers + 1 {
		token := side(url)
		must(token())
		kept = append(kept, token)
		// The first one is what they share.
		if number == 0 {
			begin = written()
		}
	}
	end := written()
	runtime.KeepAlive(kept)
	return (end - begin) / providers
}

func written() float64 {
	runtime.GC()
	text, err := os.ReadFile("/proc/self/smaps_rollup")
	if err != nil {
		panic(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if rest, ok := strings.CutPrefix(line, "Private_Dirty:"); ok {
			kilobytes, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kilobytes * 1024
		}
	}
	panic("the kernel does not tell")
}

func must(token string, err error) {
	if err != nil || token == "" {
		panic(fmt.Sprint("no token: ", err))
	}
}

func inMilliseconds(time time.Duration) float64 { return float64(time.Nanoseconds()) / 1e6 }
