//go:build linux

package trustedprofile_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/simulator"
)

// A program built without a C compiler gets its token where there is nothing but itself and the certificates of an
// authority: no C library, no shell, no /etc, no /proc.
func TestAProgramAloneInItsRootGetsItsToken(t *testing.T) {
	simulator := simulator.Start(t, "--tls")
	must(t, simulator.Control(http.MethodPatch, "instances/primary", map[string]any{"protocol": "https"}, nil))
	root := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(root, "program"), "./examples/vpc_instance")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "CC=/there/is/no/compiler")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	must(t, os.WriteFile(filepath.Join(root, "ca.pem"), []byte(simulator.CACertificate), 0o644))
	must(t, os.Chmod(root, 0o755))
	run := func(trust string) (string, error) {
		program := exec.Command("/program")
		program.Dir = "/"
		program.Env = []string{"METADATA_URL=" + *simulator.MetadataHTTPSURL, trust}
		program.SysProcAttr = &syscall.SysProcAttr{Chroot: root}
		if os.Getuid() != 0 {
			program.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
			program.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		}
		out, err := program.CombinedOutput()
		return string(out), err
	}
	out, err := run("SSL_CERT_FILE=/ca.pem")
	if err != nil || !strings.Contains(out, "AccessToken iam, generation 1") || simulator.Exchanges(t) != 1 {
		t.Errorf("%v: %s", err, out)
	}
	// And it is that file that it trusts.
	if out, err = run("SSL_CERT_FILE=/nothing"); err == nil || !strings.Contains(out, "the certificate's issuer is not trusted") {
		t.Errorf("%v: %s", err, out)
	}
	entries, err := os.ReadDir(root)
	if err != nil || len(entries) != 2 {
		t.Error(entries, err)
	}
}
