package trustedprofile_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/simulator"
)

// Every example runs, and says what it should.
func TestExamples(t *testing.T) {
	simulator := simulator.Start(t)
	path, _, err := simulator.TokenFile(nil)
	must(t, err)
	profile := simulator.Seed.PodProfile.ID
	key := []string{"API_KEY=" + simulator.Seed.APIKey.Value, "IAM_URL=" + simulator.IAMURL}
	vpc := []string{"VPC_URL=" + simulator.VPCURL, "VPC_AUTH_TYPE=vpc", "VPC_AUTH_URL=" + simulator.MetadataURL}
	wanted := map[string]struct {
		environment []string
		says        string
	}{
		"vpc_instance":      {[]string{"METADATA_URL=" + simulator.MetadataURL}, "AccessToken iam, generation 1, good for 1h0m0s"},
		"first_boot":        {[]string{"METADATA_URL=" + simulator.MetadataURL}, "not ready yet; trying again event=not_ready slot=iam"},
		"bare_metal":        {[]string{"METADATA_URL=" + simulator.MetadataURL, "PROFILE_ID=" + simulator.Seed.InstanceProfile.ID}, "AccessToken iam, generation 1"},
		"container":         {[]string{"TOKEN_FILE=" + path, "IAM_URL=" + simulator.IAMURL, "PROFILE_ID=" + profile}, `"event":"fetched","slot":"iam"`},
		"list_instances":    {vpc, "seed-instance running"},
		"change_safely":     {vpc, "somebody else was faster\nmine-ours"},
		"instance_metadata": {[]string{"METADATA_URL=" + simulator.MetadataURL}, "seed-instance in "},
		"external":          {nil, "event: fetched 1h0m0s"},
		"oauth2":            {key, "Bearer true"},
		"sansio":            {key, "AccessToken iam, generation 1"},
		"http_client": {[]string{
			"OBJECT_URL=" + simulator.ObjectStoreURL + "/" + simulator.Seed.Bucket + "/greeting.txt",
			"TRUSTED_PROFILE_AUTH_TYPE=container", "TRUSTED_PROFILE_AUTH_URL=" + simulator.IAMURL,
			"TRUSTED_PROFILE_IAM_PROFILE_ID=" + profile, "TRUSTED_PROFILE_CR_TOKEN_FILENAME=" + path,
		}, "200 OK"},
	}
	folders, err := os.ReadDir("examples")
	if err != nil || len(folders) != len(wanted) {
		t.Fatal(folders, err)
	}
	programs := builtExamples(t)
	operations, err := os.ReadFile("internal/engine/operations.wasm.gz")
	must(t, err)
	callers := []string{"list_instances", "change_safely", "instance_metadata"}
	for name, one := range wanted {
		// Whoever only wants tokens does not carry the operations.
		content, err := os.ReadFile(filepath.Join(programs, name))
		if err != nil || bytes.Contains(content, operations[:1000]) != slices.Contains(callers, name) {
			t.Errorf("%s: %v: the wrong programs have the operations", name, err)
		}
		if name == "first_boot" {
			// The link comes late.
			fault := map[string]any{"kind": "status", "status": 400, "code": "profile_not_linked"}
			rule := map[string]any{"service": "metadata", "fault": fault, "method": "POST", "path": "/identity/v1/iam_tokens", "times": 1}
			must(t, simulator.Control(http.MethodPost, "faults", rule, nil))
		}
		program := exec.Command(filepath.Join(programs, name))
		program.Env = append([]string{"PATH=" + os.Getenv("PATH")}, one.environment...)
		out, err := program.CombinedOutput()
		if err != nil || !strings.Contains(string(out), one.says) {
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
}

// The folder of their programs.
func builtExamples(t *testing.T) string {
	t.Helper()
	programs := t.TempDir()
	build := exec.Command("go", "build", "-o", programs, "./examples/...")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return programs
}

// The transport of an example is one to copy: it brings headers, and an answer that is too large is none.
func TestTheTransportOfTheExampleKeepsToItsExchange(t *testing.T) {
	program := filepath.Join(builtExamples(t), "sansio")
	for says, answer := range map[string]http.HandlerFunc{
		"trace-of-the-header": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Transaction-Id", "trace-of-the-header")
			w.WriteHeader(http.StatusBadRequest)
		},
		"response_too_large": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 2<<20)) },
	} {
		service := httptest.NewServer(answer)
		t.Cleanup(service.Close)
		one := exec.Command(program)
		one.Env = []string{"API_KEY=a-key", "IAM_URL=" + service.URL}
		if out, err := one.CombinedOutput(); err == nil || !strings.Contains(string(out), says) {
			t.Errorf("%s: %v: %s", says, err, out)
		}
	}
}
