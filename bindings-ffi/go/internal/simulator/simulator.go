// Package simulator starts the services behind trusted profiles on this machine: the program that the environment
// variable TRUSTED_PROFILE_SIMULATOR names. For tests.
package simulator

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// An Overview is what a simulator says of itself when it starts, as far as tests want to know it.
type Overview struct {
	MetadataURL      string  `json:"metadata_url"`
	IAMURL           string  `json:"iam_url"`
	ObjectStoreURL   string  `json:"object_store_url"`
	MetadataHTTPSURL *string `json:"metadata_https_url"`
	IAMHTTPSURL      *string `json:"iam_https_url"`
	ControlURL       string  `json:"control_url"`
	VPCURL           string  `json:"vpc_url"`
	ContainersURL    string  `json:"containers_url"`
	ControlToken     string  `json:"control_token"`
	CACertificate    string  `json:"ca_certificate_pem"`
	AccountID        string  `json:"account_id"`
	Seed             Seed    `json:"seed"`
}

// A Seed is what the simulator made before it started.
type Seed struct {
	Instance struct {
		ID  string `json:"id"`
		CRN string `json:"crn"`
	} `json:"instance"`
	InstanceProfile Profile `json:"instance_profile"`
	PodProfile      Profile `json:"pod_profile"`
	Cluster         struct {
		ID string `json:"id"`
	} `json:"cluster"`
	Bucket string `json:"bucket"`
	APIKey struct {
		Value string `json:"value"`
	} `json:"api_key"`
}

// A Profile is a trusted profile of the account.
type Profile struct {
	ID    string `json:"id"`
	IAMID string `json:"iam_id"`
	CRN   string `json:"crn"`
}

// A Simulator is a process with the seeded account.
type Simulator struct {
	Overview
	process *exec.Cmd
	folder  string
}

// The folder of a whole run. In it are keys, which are made once, since that takes longer than everything else, and a
// folder for each simulator.
var root = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "trusted-profile-go-")
	if err != nil {
		return "", err
	}
	return folder, os.Mkdir(filepath.Join(folder, "keys"), 0o700)
})

// Run runs the tests of a package, for its TestMain, and takes away what their simulators left. Its result is the exit code.
func Run(m *testing.M) int {
	defer func() {
		if folder, err := root(); err == nil {
			_ = os.RemoveAll(folder)
		}
	}()
	return m.Run()
}

// Start starts one for a test, which ends it.
func Start(t testing.TB, options ...string) *Simulator {
	t.Helper()
	simulator, err := New(options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(simulator.Stop)
	return simulator
}

// New starts one.
func New(options ...string) (*Simulator, error) {
	program := os.Getenv("TRUSTED_PROFILE_SIMULATOR")
	if program == "" {
		return nil, fmt.Errorf("TRUSTED_PROFILE_SIMULATOR has to name the simulator's program")
	}
	known, err := root()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(known, "simulator-")
	if err != nil {
		return nil, err
	}
	process := exec.Command(program, append([]string{"--account", "seed", "--json", "--keys", filepath.Join(known, "keys")}, options...)...)
	process.Stderr = os.Stderr
	output, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		return nil, err
	}
	simulator := &Simulator{process: process, folder: folder}
	line, err := bufio.NewReader(output).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &simulator.Overview)
	}
	if err != nil {
		simulator.Stop()
		return nil, fmt.Errorf("the simulator did not start: %w", err)
	}
	return simulator, nil
}

// Stop ends it.
func (s *Simulator) Stop() {
	_ = s.process.Process.Kill()
	_ = s.process.Wait()
	_ = os.RemoveAll(s.folder)
}

// Folder is one of its own, which goes with it.
func (s *Simulator) Folder() string { return s.folder }

// The control API is asked over connections of its own, without any proxy.
var client = &http.Client{Transport: &http.Transport{}}

// Control makes one call of the control API, and reads the answer into answer, which may be nil.
func (s *Simulator) Control(method, path string, body, answer any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequest(method, s.ControlURL+"/control/v1/"+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+s.ControlToken)
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s %s", method, path, response.Status, said)
	}
	if answer == nil || len(said) == 0 {
		return nil
	}
	return json.Unmarshal(said, answer)
}

// Fault has a service misbehave, such as by {"kind": "latency", "ms": 200}.
func (s *Simulator) Fault(service string, fault map[string]any) error {
	return s.Control(http.MethodPost, "faults", map[string]any{"service": service, "fault": fault}, nil)
}

// Heal takes all faults away.
func (s *Simulator) Heal() error { return s.Control(http.MethodDelete, "faults", nil, nil) }

// Count is how many requests arrived that the journal finds: by service, method and path.
func (s *Simulator) Count(query url.Values) (int, error) {
	var answer struct {
		Count int `json:"count"`
	}
	err := s.Control(http.MethodGet, "journal/count?"+query.Encode(), nil, &answer)
	return answer.Count, err
}

// Exchanges is how many IAM tokens were asked for on an instance.
func (s *Simulator) Exchanges(t testing.TB) int {
	t.Helper()
	count, err := s.Count(url.Values{"service": {"metadata"}, "method": {"POST"}, "path": {"/identity/v1/iam_tokens"}})
	if err != nil {
		t.Fatal(err)
	}
	return count
}

// TokenFile projects a compute resource token into a file; its path and its id.
func (s *Simulator) TokenFile(token map[string]any) (path, id string, err error) {
	whole := map[string]any{"cluster_id": s.Seed.Cluster.ID}
	for name, value := range token {
		whole[name] = value
	}
	var answer struct{ Path, ID string }
	body := map[string]any{"directory": s.folder, "file_name": "sa-token", "token": whole}
	err = s.Control(http.MethodPost, "cr_token_files", body, &answer)
	return answer.Path, answer.ID, err
}

// Use is the status of the object store for a token.
func (s *Simulator) Use(authorization string) (int, error) {
	request, err := http.NewRequest(http.MethodGet, s.ObjectStoreURL+"/"+s.Seed.Bucket+"/greeting.txt", nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", authorization)
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

// WriteCA writes the certificate of its authority into its folder; the path.
func (s *Simulator) WriteCA() (string, error) {
	path := filepath.Join(s.folder, "ca.pem")
	return path, os.WriteFile(path, []byte(s.CACertificate), 0o600)
}
