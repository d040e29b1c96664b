// Command benches measures the Go module beside IBM's go-sdk-core: in one run, in turns, in processes of their own.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

const (
	rounds   = 7
	building = "CGO_ENABLED=0"
)

// Results are samples, by figure and by side.
type results map[string]map[string][]float64

func (r results) add(figure, side string, sample float64) {
	if r[figure] == nil {
		r[figure] = map[string][]float64{}
	}
	r[figure][side] = append(r[figure][side], sample)
}

func main() {
	page := flag.String("page", "", "the page whose section is written")
	out := flag.String("json", "", "the file that all samples are written to")
	flag.Parse()
	folder, err := os.MkdirTemp("", "trusted-profile-benches-")
	check(err)
	defer os.RemoveAll(folder)
	found := results{}
	build(folder, found)
	stub := startStub()
	defer stub.Close()
	for round := range rounds {
		for _, side := range sides(round) {
			measure(folder, stub, side, found)
		}
		first(folder, "bare", stub, found)
	}
	if *out != "" {
		check(os.MkdirAll(filepath.Dir(*out), 0o755))
		text, err := json.MarshalIndent(found, "", " ")
		check(err)
		check(os.WriteFile(*out, text, 0o644))
	}
	section := write(found)
	fmt.Println(section)
	if *page != "" {
		check(place(*page, section))
	}
}

// Whoever begins takes turns.
func sides(round int) []string {
	if round%2 == 0 {
		return []string{"ours", "ibms"}
	}
	return []string{"ibms", "ours"}
}

func build(folder string, found results) {
	for _, side := range []string{"ours", "ibms", "bare"} {
		program := filepath.Join(folder, side)
		command := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "./programs/"+side)
		command.Env = append(os.Environ(), building)
		command.Stderr = os.Stderr
		check(command.Run())
		info, err := os.Stat(program)
		check(err)
		found.add("size", side, float64(info.Size()))
	}
}

func measure(folder string, stub *stub, side string, found results) {
	run := func(arguments ...string) map[string]float64 {
		command := exec.Command(filepath.Join(folder, side), arguments...)
		command.Stderr = os.Stderr
		text, err := command.Output()
		check(err)
		var figures map[string]float64
		check(json.Unmarshal(text, &figures))
		return figures
	}
	stub.begin(0)
	first(folder, side, stub, found)
	all := run("cached", stub.URL, "1,8,64")
	maps.Copy(all, run("warm", stub.URL))
	maps.Copy(all, run("memory", stub.URL))
	for figure, sample := range all {
		found.add(figure, side, sample)
	}
	for name, delay := range map[string]time.Duration{"5": 5 * time.Millisecond, "200": 200 * time.Millisecond} {
		stub.begin(delay)
		alone := run("alone", stub.URL)["alone"]
		stub.begin(delay)
		slowest := run("herd", stub.URL)["slowest"]
		found.add("herd_"+name+"_alone", side, alone)
		found.add("herd_"+name+"_slowest", side, slowest)
		found.add("herd_"+name+"_extra", side, slowest-alone)
		found.add("herd_"+name+"_requests", side, float64(stub.requests.Load()))
	}
}

// A process, from its start to its first token and its end.
func first(folder, side string, stub *stub, found results) {
	stub.begin(0)
	command := exec.Command(filepath.Join(folder, side), "first", stub.URL)
	command.Stderr = os.Stderr
	started := time.Now()
	check(command.Run())
	found.add("first", side, float64(time.Since(started).Nanoseconds())/1e6)
	usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage)
	if ok {
		found.add("first_peak", side, float64(usage.Maxrss)/1024)
		cpu := command.ProcessState.UserTime() + command.ProcessState.SystemTime()
		found.add("first_cpu", side, float64(cpu.Nanoseconds())/1e6)
	}
}

func middle(samples []float64) float64 {
	sorted := slices.Sorted(slices.Values(samples))
	return sorted[len(sorted)/2]
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "benches:", err)
		os.Exit(1)
	}
}
