package typed_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	tp "github.com/trusted-profile/trusted-profile/bindings-ffi/go"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/codec"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/values"
)

const base = "https://oracle.example"

// How many operations there are.
const operations = 706

// A set of arguments, and the request that Rust makes of it.
type madeByRust struct {
	Service   string          `json:"service"`
	Operation string          `json:"operation"`
	Set       string          `json:"set"`
	Arguments json.RawMessage `json:"arguments"`
	Request   request         `json:"request"`
}

type request struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

func (r request) canonical() string {
	text, _ := json.Marshal(r)
	return string(text)
}

func (m madeByRust) id() string { return m.Service + "." + m.Operation }

// An operation by its method, with arguments in JSON.
type typedOperation struct {
	id     string
	isWalk bool
	params func(arguments []byte) (any, error)
	call   func(ctx context.Context, c clients, arguments []byte) error
}

func called[P any](id string, call func(ctx context.Context, c clients, params P) error) typedOperation {
	read := func(arguments []byte) (params P, err error) {
		err = codec.Decode(arguments, &params)
		return params, err
	}
	return typedOperation{
		id:     id,
		params: func(arguments []byte) (any, error) { return read(arguments) },
		call: func(ctx context.Context, c clients, arguments []byte) error {
			params, err := read(arguments)
			if err != nil {
				return err
			}
			return call(ctx, c, params)
		},
	}
}

func walked[P any](id string, call func(ctx context.Context, c clients, params P) error) typedOperation {
	operation := called(id, call)
	operation.isWalk = true
	return operation
}

func walk[T any](items iter.Seq2[T, error]) error {
	for _, err := range items {
		if err != nil {
			return err
		}
	}
	return nil
}

var everyRequest = sync.OnceValues(func() ([]madeByRust, error) {
	program := os.Getenv("TRUSTED_PROFILE_EVERY_REQUEST")
	if program == "" {
		return nil, fmt.Errorf("TRUSTED_PROFILE_EVERY_REQUEST has to name the program")
	}
	lines, err := exec.Command(program).Output()
	if err != nil {
		return nil, err
	}
	var all []madeByRust
	for decoder := json.NewDecoder(bytes.NewReader(lines)); ; {
		var one madeByRust
		if err := decoder.Decode(&one); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
})

func requestsOfRust(t *testing.T) []madeByRust {
	t.Helper()
	all, err := everyRequest()
	must(t, err)
	if len(all) < 2000 {
		t.Fatalf("the program printed %d sets of arguments", len(all))
	}
	return all
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Clients of every service at one address, which nothing is sent to before it is asked for.
func everyClient(t *testing.T, at string) func(service string) *tp.Client {
	t.Helper()
	bearer, err := tp.New(tp.Bearer("a-token-0123456789"))
	must(t, err)
	instance, err := tp.New(tp.VPCInstance(tp.WithEndpoint(at)))
	must(t, err)
	t.Cleanup(func() { _, _ = bearer.Close(), instance.Close() })
	made := map[string]*tp.Client{}
	for _, name := range []string{"vpc", "iam", "metadata", "containers"} {
		// Thousands of requests are made here.
		tokens, options := bearer, tp.ClientOptions{Endpoint: at, Compile: true}
		if name == "metadata" {
			tokens, options.Endpoint = instance, ""
		}
		made[name], err = tp.NewClient(tokens, name, options)
		must(t, err)
	}
	return func(service string) *tp.Client {
		if strings.HasPrefix(service, "iam_") {
			return made["iam"]
		}
		return made[service]
	}
}

func builtBy(client *tp.Client, id string, arguments any) (string, error) {
	built, err := client.Request(id, arguments)
	if err != nil {
		return "", err
	}
	headers := map[string]string{}
	for _, header := range built.Headers() {
		headers[header.Name] = header.Value
	}
	return request{built.Method, built.URL, headers, string(built.Body())}.canonical(), nil
}

func TestEveryOperationIsBuiltAsRustBuildsIt(t *testing.T) {
	of := everyClient(t, base)
	seen := map[string]bool{}
	for _, one := range requestsOfRust(t) {
		found, err := builtBy(of(one.Service), one.id(), one.Arguments)
		if err != nil || found != one.Request.canonical() {
			t.Errorf("%s, %s: %v\n%s\nis not\n%s", one.id(), one.Set, err, found, one.Request.canonical())
		}
		seen[one.id()] = true
	}
	fmt.Printf("operations: %d built, %d skipped\n", len(seen), operations-len(seen))
	if len(seen) != operations {
		t.Error(len(seen))
	}
}

func TestEveryOperationIsBuiltOfItsTypeAsRustBuildsIt(t *testing.T) {
	of := everyClient(t, base)
	typed := map[string]typedOperation{}
	for _, operation := range everyOperation {
		typed[operation.id] = operation
	}
	built := map[string]bool{}
	for _, one := range requestsOfRust(t) {
		params, err := typed[one.id()].params(one.Arguments)
		must(t, err)
		for _, at := range unknownIn(reflect.ValueOf(params), "") {
			if !isMeantToBeUnknown(one.Set, at) {
				t.Errorf("%s, %s: there is no type for %s", one.id(), one.Set, at)
			}
		}
		found, err := builtBy(of(one.Service), one.id(), params)
		if err != nil || found != one.Request.canonical() {
			t.Errorf("%s, %s: %v\n%s\nis not\n%s", one.id(), one.Set, err, found, one.Request.canonical())
		}
		built[one.id()] = true
	}
	fmt.Printf("typed operations: %d built, %d skipped\n", len(built), operations-len(built))
	if len(built) != operations || len(typed) != operations {
		t.Error(len(built), len(typed))
	}
}

// Sets are made property by property, and each alternative of a union in its turn. So there are some in which alternatives
// of different unions do not go together; and in the awkward ones, the texts that tell alternatives apart are odd as well.
func isMeantToBeUnknown(set, at string) bool {
	return set == "awkward" || strings.HasSuffix(at, ".VPNServerAuthenticationByCertificatePrototype.identity_provider") ||
		strings.HasPrefix(set, "variant") && (at == ".Body.InstanceReinitializeByVolume.BootVolumeAttachment.Volume" ||
			at == ".Body.InstanceByVolume.InstanceByVolumeInstanceByNetworkInterface.BootVolumeAttachment.Volume")
}

// What has no place in the types of a value.
func unknownIn(value reflect.Value, path string) (found []string) {
	if known, ok := value.Interface().(interface{ Inner() any }); ok {
		value = reflect.ValueOf(known.Inner())
	}
	switch value.Kind() {
	case reflect.Pointer:
		if !value.IsNil() {
			found = unknownIn(value.Elem(), path)
		}
	case reflect.Slice:
		for i := range value.Len() {
			found = append(found, unknownIn(value.Index(i), path+"[]")...)
		}
	case reflect.Map:
		for entries := value.MapRange(); entries.Next(); {
			found = append(found, unknownIn(entries.Value(), path+"."+entries.Key().String())...)
		}
	case reflect.Struct:
		for i := range value.NumField() {
			field := value.Type().Field(i)
			switch other := value.Field(i); {
			case !field.IsExported() || value.Type() == reflect.TypeFor[values.JSON]():
			case field.Name != "Other":
				found = append(found, unknownIn(other, path+"."+field.Name)...)
			case other.Kind() == reflect.Map:
				for _, name := range other.MapKeys() {
					found = append(found, path+"."+name.String())
				}
			case !other.IsZero():
				found = append(found, path)
			}
		}
	}
	return found
}

// A service that answers everything with nothing in particular, and keeps what it was asked.
type listener struct {
	lock  sync.Mutex
	asked []request
}

func (l *listener) ServeHTTP(writer http.ResponseWriter, asked *http.Request) {
	body, _ := io.ReadAll(asked.Body)
	headers := map[string]string{}
	for name, values := range asked.Header {
		headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	l.lock.Lock()
	l.asked = append(l.asked, request{asked.Method, asked.URL.RequestURI(), headers, string(body)})
	l.lock.Unlock()
	writer.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(writer, `{"access_token": "an-identity-token", "expires_in": 3600, "expires_at": "2999-01-01T00:00:00Z", "created_at": "2026-01-01T00:00:00Z"}`)
}

func (l *listener) take() []request {
	l.lock.Lock()
	defer l.lock.Unlock()
	asked := l.asked
	l.asked = nil
	return asked
}

// What the transport and a call add to a request: a credential, an id, and what HTTP itself wants.
var added = []string{"authorization", "user-agent", "accept-encoding", "content-length", "x-request-id", "x-correlation-id"}

func TestEveryMethodSendsWhatItsOperationIs(t *testing.T) {
	listener := &listener{}
	server := httptest.NewServer(listener)
	t.Cleanup(server.Close)
	of := everyClient(t, server.URL)
	c := clientsOf(of)
	cases := map[string]madeByRust{}
	for _, one := range requestsOfRust(t) {
		if one.Set == "all" {
			cases[one.id()] = one
		}
	}
	// Its client wants an identity token first, once.
	_, _ = of("metadata").Call(t.Context(), "get_instance", nil)
	listener.take()
	var called, walks int
	for _, operation := range everyOperation {
		one := cases[operation.id]
		// Not every answer is what it should be; what counts is what was asked.
		_ = operation.call(t.Context(), c, one.Arguments)
		asked := listener.take()
		if len(asked) == 0 {
			t.Errorf("%s: nothing was sent", operation.id)
			continue
		}
		first := asked[0]
		first.URL = base + first.URL
		maps.DeleteFunc(first.Headers, func(name, _ string) bool {
			_, isWanted := one.Request.Headers[name]
			return !isWanted && slices.Contains(added, name)
		})
		if first.canonical() != one.Request.canonical() {
			t.Errorf("%s:\n%s\nis not\n%s", operation.id, first.canonical(), one.Request.canonical())
		}
		if operation.isWalk {
			walks++
		} else {
			called++
		}
	}
	fmt.Printf("methods: %d called, %d skipped, and %d walks\n", called, operations-called, walks)
	var paged int
	for _, name := range []string{"vpc", "iam_token", "metadata", "containers"} {
		known, err := of(name).Operations()
		must(t, err)
		for _, operation := range known {
			if operation.HasPages {
				paged++
			}
		}
	}
	if called != operations || walks != 2*paged {
		t.Error(called, walks, paged)
	}
}
