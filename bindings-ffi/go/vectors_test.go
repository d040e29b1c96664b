package trustedprofile_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tp "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/corpus"
)

// Plays one file, whichever kind it is.
func playFile(path string, text []byte) (leftOut []string, hits int, err error) {
	var named struct {
		Name string `json:"name"`
	}
	if err := json.Unmarshal(text, &named); err != nil {
		return nil, 0, err
	}
	folder, _, _ := strings.Cut(path, "/")
	if path != folder+"/"+named.Name+".json" {
		return nil, 0, fmt.Errorf("its name says %s", named.Name)
	}
	if folder == "scripts" {
		hits, err = play(text)
	} else {
		leftOut, err = playOperations(text)
	}
	return leftOut, hits, err
}

// The corpus that pins what the token machine does, through the public interface of the module.
func TestVectors(t *testing.T) {
	files, err := corpus.Vectors()
	if err != nil {
		t.Fatal(err)
	}
	scripts, operations, hits := 0, 0, 0
	var leftOut []string
	for _, file := range files {
		lists, found, err := playFile(file.Path, file.Bytes)
		hits += found
		switch {
		case err != nil:
			t.Errorf("%s: %v", file.Path, err)
		case strings.HasPrefix(file.Path, "scripts/"):
			scripts++
		case len(lists) > 0:
			leftOut = append(leftOut, strings.TrimSuffix(filepath.Base(file.Path), ".json")+" ("+strings.Join(lists, ", ")+")")
		default:
			operations++
		}
	}
	if hits == 0 {
		t.Error("no poll of the corpus came upon a token that is held")
	}
	if scripts+operations+len(leftOut) != len(files) {
		t.Errorf("%d of %d files were played", scripts+operations+len(leftOut), len(files))
	}
	fmt.Printf("vectors: %d run, 0 skipped\n", scripts)
	fmt.Printf("fast path: %d polls found their token held\n", hits)
	fmt.Printf("operations: %d files run; %d left out, which the module has no public interface for: %s\n", operations, len(leftOut), strings.Join(leftOut, "; "))
	fmt.Printf("corpus: sha256 %s\n", corpus.Digest(files))
}

// Every falsified file has to fail.
func TestVectorsCanary(t *testing.T) {
	program := os.Getenv("TRUSTED_PROFILE_CANARY")
	if program == "" {
		t.Fatal("TRUSTED_PROFILE_CANARY has to name the program that falsifies files")
	}
	folder := t.TempDir()
	told, err := exec.Command(program, "--write", folder).Output()
	if err != nil {
		t.Fatal(err)
	}
	// The other runner's corpora are these, to the byte.
	vectors, err := corpus.Vectors()
	if err != nil {
		t.Fatal(err)
	}
	scenarios, err := corpus.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	hashes := fmt.Sprintf("corpus: sha256 %s\nscenarios: sha256 %s\n", corpus.Digest(vectors), corpus.Digest(scenarios))
	if !strings.Contains(string(told), hashes) {
		t.Errorf("expected %s in %s", hashes, told)
	}
	list, err := os.ReadFile(filepath.Join(folder, "canary.json"))
	if err != nil {
		t.Fatal(err)
	}
	var flips []struct{ File, Rule, From, Pointer string }
	if err := json.Unmarshal(list, &flips); err != nil {
		t.Fatal(err)
	}
	caught := 0
	var leftOut []string
	for _, flip := range flips {
		text, err := os.ReadFile(filepath.Join(folder, flip.File))
		if err != nil {
			t.Fatal(err)
		}
		lists, _, err := playFile(flip.From, text)
		switch {
		case err != nil:
			caught++
		case len(lists) > 0:
			leftOut = append(leftOut, flip.Rule)
		default:
			t.Errorf("not noticed: %s %s", flip.From, flip.Pointer)
		}
	}
	if caught <= len(leftOut) {
		t.Errorf("%d caught, %d left out", caught, len(leftOut))
	}
	fmt.Printf("vectors canary: %d flipped, %d caught; in lists without a public interface: %s\n", len(flips), caught, strings.Join(leftOut, " "))
}

func TestUnknownMembersAreRefused(t *testing.T) {
	files, err := corpus.Vectors()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if file.Path != "scripts/r1/usable_token_at_once.json" {
			continue
		}
		for _, member := range []string{`"poll": {`, `"expect": {`, `"steps": [{`} {
			text := strings.Replace(string(file.Bytes), member, member+`"surprise": 1, `, 1)
			if text == string(file.Bytes) {
				text = strings.Replace(string(file.Bytes), `{ "at"`, `{ "surprise": 1, "at"`, 1)
			}
			if _, _, err := playFile(file.Path, []byte(text)); err == nil || !strings.Contains(err.Error(), "surprise") {
				t.Errorf("%s: %v", member, err)
			}
		}
		return
	}
	t.Error("the file is not there")
}

func TestATokenThatIsHeldTooLongIsNoticed(t *testing.T) {
	machine, err := tp.NewTokenManager(tp.Bearer("a-token"))
	if err != nil {
		t.Fatal(err)
	}
	defer machine.Close()
	now := tp.Now{Unix: 1_790_000_000 * time.Second}
	fast := fastPath{machine: machine}
	for range 2 {
		if action, err := fast.poll(&tp.Ticket{}, now); err != nil || action.(tp.Ready).Token == nil {
			t.Fatal(action, err)
		}
	}
	if fast.hits != 1 {
		t.Error(fast.hits)
	}
	if err := machine.Invalidate(tp.SlotIAM, 1, now); err != nil {
		t.Fatal(err)
	}
	if _, err := fast.poll(&tp.Ticket{}, now); err == nil || !strings.Contains(err.Error(), "the token that was ready") {
		t.Error(err)
	}
	fast.held.Outdate()
	if _, err := fast.poll(&tp.Ticket{}, now); err == nil || !strings.Contains(err.Error(), "the machine has no more") {
		t.Error(err)
	}
}
