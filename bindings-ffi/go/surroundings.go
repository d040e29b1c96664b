package trustedprofile

import (
	"encoding/json"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/engine"
)

// The longest credential file that is read.
const longestCredentialFile = 64 << 10

// Looks at what the core wants to know of the program's surroundings: variables, credential files, the marks of a
// container. Looking only.
func surroundings() ([]byte, error) {
	found := map[string]any{"variables": variables()}
	if folder, err := os.Getwd(); err == nil {
		found["working_directory"] = folder
	}
	text, failure := pure(func(call *engine.Call) uint64 {
		text, _ := json.Marshal(found)
		address, length := call.Bytes(text)
		return call.Run("tp_configuration_wanted", address, length)
	})
	if failure != nil {
		return nil, failure
	}
	var wanted struct {
		Files        []string `json:"files"`
		TokenFolders []string `json:"token_folders"`
	}
	if err := json.Unmarshal(text, &wanted); err != nil {
		return nil, err
	}
	files := []map[string]any{}
	for _, path := range wanted.Files {
		files = append(files, credentialFile(path))
	}
	found["files"] = files
	found["token_folders"] = slices.DeleteFunc(wanted.TokenFolders, func(path string) bool {
		info, err := os.Stat(path)
		return err != nil || !info.IsDir()
	})
	return json.Marshal(found)
}

func variables() map[string]string {
	variables := map[string]string{}
	for _, line := range os.Environ() {
		if name, value, ok := strings.Cut(line, "="); ok && name != "" {
			variables[name] = value
		}
	}
	return variables
}

func credentialFile(path string) map[string]any {
	seen := map[string]any{"path": path}
	content, info, problem := readFile(path, longestCredentialFile)
	if problem == "" {
		seen["text"] = string(content)
	} else {
		seen["problem"] = problem
	}
	if info != nil {
		maps.Copy(seen, ownerOf(path, info))
	}
	return seen
}

// A Choice is why a provider has the source it has.
type Choice struct {
	// Reason is why this source.
	Reason string `json:"reason"`
	// Settings are where each option comes from, if it was found in the program's surroundings.
	Settings []Setting `json:"settings"`
	// PassedOver is what was found and not used, each with the reason.
	PassedOver []string `json:"passed_over"`
}

// A Setting is where an option comes from.
type Setting struct {
	Option string `json:"option"`
	Origin string `json:"origin"`
}

func makingFromSurroundings(service string) (making, *Choice, error) {
	found, err := surroundings()
	if err != nil {
		return nil, nil, err
	}
	text, failure := pure(func(call *engine.Call) uint64 {
		name, nameLength := call.Text(service)
		around, aroundLength := call.Bytes(found)
		return call.Run("tp_configuration", name, nameLength, around, aroundLength)
	})
	if failure != nil {
		return nil, nil, failure
	}
	var choice Choice
	if err := json.Unmarshal(text, &choice); err != nil {
		return nil, nil, err
	}
	return func(call *engine.Call, policy, facts string, seed uint64) uint64 {
		name, nameLength := call.Text(service)
		around, aroundLength := call.Bytes(found)
		knobs, knobsLength := call.Text(policy)
		known, knownLength := call.Text(facts)
		return call.Run("tp_machine_from_surroundings", name, nameLength, around, aroundLength, knobs, knobsLength, known, knownLength, seed, call.Out())
	}, &choice, nil
}

// Calls a function that depends on nothing but its arguments, in an instance for this one call, whose memory is
// overwritten: what it is told may be a secret.
func pure(do func(call *engine.Call) (result uint64)) ([]byte, *Error) {
	instance, err := engine.Tokens.New()
	if err != nil {
		return nil, local(ErrInternal, err.Error(), err)
	}
	defer instance.Close()
	call := instance.Begin()
	defer call.End()
	result := do(call)
	defer call.Run("tp_result_free", result)
	text := call.Read("tp_result_json", result)
	kind := call.Run("tp_result_kind", result)
	switch {
	case call.Err != nil:
		return nil, local(ErrInternal, "the core failed. Please report this", call.Err)
	case kind == resultFailed:
		return nil, errorOf(text)
	}
	return text, nil
}

var (
	architectures = map[string]string{"amd64": "x86_64", "arm64": "aarch64", "386": "x86", "ppc64le": "powerpc64"}
	systems       = map[string]string{"darwin": "macos"}
)

func factsOfThisMachine() Facts {
	facts := Facts{Arch: runtime.GOARCH, OS: runtime.GOOS}
	if name, ok := architectures[facts.Arch]; ok {
		facts.Arch = name
	}
	if name, ok := systems[facts.OS]; ok {
		facts.OS = name
	}
	isSet := func(names ...string) *bool {
		set := slices.ContainsFunc(names, func(name string) bool { return os.Getenv(name) != "" })
		return &set
	}
	// Other runtimes leave no such mark, so that its absence says nothing.
	for _, mark := range []string{"/.dockerenv", "/run/.containerenv"} {
		if _, err := os.Stat(mark); err == nil {
			isContainer := true
			facts.Container = &isContainer
		}
	}
	facts.Kubernetes = isSet("KUBERNETES_SERVICE_HOST")
	facts.CodeEngine = isSet("CE_APP", "CE_JOB", "CE_FUNCTION")
	facts.ProxySet = isSet("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
	return facts
}
