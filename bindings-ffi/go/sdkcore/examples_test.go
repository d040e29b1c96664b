package sdkcore_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/simulator"
)

// Every example runs, and says what it should.
func TestExamples(t *testing.T) {
	simulator := simulator.Start(t)
	wanted := map[string]string{"vpc_client": "seed-instance running"}
	folders, err := os.ReadDir("examples")
	if err != nil || len(folders) != len(wanted) {
		t.Fatal(folders, err)
	}
	programs := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", programs, "./examples/...").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, says := range wanted {
		program := exec.Command(filepath.Join(programs, name))
		program.Env = []string{
			"PATH=" + os.Getenv("PATH"), "VPC_ORIGIN=" + strings.TrimSuffix(simulator.VPCURL, "/v1"),
			"VPC_AUTH_TYPE=vpc", "VPC_AUTH_URL=" + simulator.MetadataURL,
		}
		if out, err := program.CombinedOutput(); err != nil || !strings.Contains(string(out), says) {
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
}
