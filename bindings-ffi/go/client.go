package trustedprofile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/codec"
	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/engine"
)

// A Client calls the operations of a service by name, with JSON in and out. The packages vpc, iam, metadata and containers
// have the same with a method and types for each operation. Any number of goroutines use it at once; share one, since it
// also knows the entity tags of what it has read.
type Client struct {
	tokens *TokenProvider
	// As the core was told.
	service, options string
	isMetadata       bool
	isCompiled       bool

	lock    sync.Mutex
	session *session
	cleanup runtime.Cleanup
}

// ClientOptions say where and how a client calls its service. The zero value is what most programs want, except for the
// region of the VPC API.
type ClientOptions struct {
	// Endpoint is "public", "private", "private(<region>)" or an address; "" is the service's usual one.
	Endpoint string
	// Region is the region of a service that has regions.
	Region string
	// Version is the version date that is sent, as YYYY-MM-DD; "" is the newest that this module knows.
	Version string
	// Deadline is the most that a call may take with all its attempts, and with what it waits for; 0 is the core's: 60 s, and
	// 10 s to the metadata service. A page is a call of its own. The context of a call may end it earlier.
	Deadline time.Duration
	// AlwaysIfMatch also sends If-Match where the service does not demand it: a change of something that somebody else
	// changed since this client read it is then refused.
	AlwaysIfMatch bool
	// Compile has the core of clients compiled to machine code, once for a whole program, where the processor is one that
	// wazero knows and the system lets programs do so. It takes a third of a second, and calls a tenth of the time
	// afterwards: for programs that make hundreds of them.
	Compile bool
}

// NewClient makes a client of a service, which is "vpc", "iam", "metadata" or "containers", whose tokens come from tokens.
// Nothing is sent. An error is ErrInvalidArgument, and names what cannot be used. There is nothing to close: calls end with
// the provider.
func NewClient(tokens *TokenProvider, service string, options ClientOptions) (*Client, error) {
	if tokens == nil {
		return nil, local(ErrInvalidArgument, "tokens: expected a TokenProvider, got nil", nil)
	}
	text, err := options.text()
	if err != nil {
		return nil, err
	}
	client := &Client{tokens: tokens, service: service, options: text, isMetadata: service == "metadata", isCompiled: options.Compile}
	if _, err := client.running(); err != nil {
		return nil, err
	}
	return client, nil
}

func (o ClientOptions) text() (string, error) {
	given := map[string]any{}
	for name, value := range map[string]string{"endpoint": o.Endpoint, "region": o.Region, "version": o.Version} {
		if value != "" {
			given[name] = value
		}
	}
	if o.Deadline != 0 {
		given["deadline"] = float64(o.Deadline) / float64(time.Millisecond)
	}
	if o.AlwaysIfMatch {
		given["always_if_match"] = true
	}
	text, err := codec.Encode(given)
	if err != nil {
		return "", local(ErrInvalidArgument, "options: "+err.Error(), err)
	}
	return string(text), nil
}

// A Request is what an operation sends, without credentials.
type Request struct {
	// Method is the HTTP method.
	Method string
	// URL is the whole address.
	URL string

	headers func() []Header
	body    func() []byte
}

// Headers are names in lower case with their values.
func (r Request) Headers() []Header { return r.headers() }

// Body is the body; empty means none. It may hold secrets.
func (r Request) Body() []byte { return r.body() }

// Format writes the request line, whatever is asked for.
func (r Request) Format(state fmt.State, _ rune) { _, _ = fmt.Fprintf(state, "%s %s", r.Method, r.URL) }

// A Reply is what an operation was answered with. Keep it, like Response, out of fields without a capital.
type Reply struct {
	// Status is the HTTP status: that of a success, or the 404 of an operation that asks for yes or no.
	Status int
	// Header is as it came.
	Header http.Header
	// Body is what came: JSON, or text, or nothing. For an operation that asks for yes or no it is true or false.
	Body []byte
}

// Decode reads the JSON into a type of a generated package, or whatever encoding/json takes, but numbers into any as
// json.Number, which keeps every digit. What a property of a generated type holds in another type than wanted is in Other;
// in a type of the program's everything has to fit. An error is ErrMalformedResponse: it is no JSON, or does not fit; or
// ErrInvalidArgument: into is not a pointer, or nil.
func (r *Reply) Decode(into any) error {
	if err := codec.Decode(r.Body, into); errors.Is(err, codec.ErrNoPlace) {
		return local(ErrInvalidArgument, "into: "+err.Error(), err)
	} else if err != nil {
		failed := local(ErrMalformedResponse, "the answer cannot be read: "+err.Error(), err)
		failed.Status = r.Status
		return failed
	}
	return nil
}

// Format writes the status, whatever is asked for.
func (r Reply) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, r.shown()) }

// LogValue is the status.
func (r Reply) LogValue() slog.Value { return slog.StringValue(r.shown()) }

// MarshalText gives the status.
func (r Reply) MarshalText() ([]byte, error) { return []byte(r.shown()), nil }

func (r Reply) shown() string { return fmt.Sprintf("Reply %d", r.Status) }

// An Operation is what is known of an operation.
type Operation struct {
	// ID is its name with its service's, such as "vpc.list_instances".
	ID string `json:"id"`
	// MethodName is the name that this client knows it by as well.
	MethodName string `json:"method_name"`
	// Service is its service.
	Service string `json:"service"`
	// Name is its name within the service.
	Name string `json:"name"`
	// Method is the HTTP method.
	Method string `json:"method"`
	// Path is the path below the service's address, with {name} where an argument goes.
	Path string `json:"path"`
	// IsIdempotent says that doing it twice does what doing it once does.
	IsIdempotent bool `json:"idempotent"`
	// Arguments are its arguments; the last one is the body, where it has one.
	Arguments []Argument `json:"arguments"`
	// HasPages says that Client.Pages can walk through it.
	HasPages bool `json:"pages"`
}

// An Argument is an argument of an operation.
type Argument struct {
	// Name is what Client.Call takes it by.
	Name string `json:"name"`
	// In is where it goes: "path", "query", "header" or "body".
	In string `json:"in"`
	// IsRequired says that it cannot be left out.
	IsRequired bool `json:"required"`
	// Type is "string", "secret", "integer", "boolean" or "strings"; that of a body is "json", "merge_patch", "form" or "xml".
	Type string `json:"type"`
}

// Operations are all operations of this client. An error is ErrInternal.
func (c *Client) Operations() ([]Operation, error) {
	var found []Operation
	list := func(call *engine.Call, client uint64) uint64 { return call.Run("tp_client_operations", client) }
	_, err := c.do(context.Background(), list, func(call *engine.Call, result uint64) error {
		if err := json.Unmarshal(call.Read("tp_result_json", result), &found); err != nil {
			return local(ErrInternal, "the core told operations that cannot be read", err)
		}
		return nil
	})
	return found, err
}

// Request is what an operation would send, without credentials; nothing is sent. operation is its id, its name or the name
// of its method in lower case, such as "list_instances"; arguments are a map, a struct of a generated package, or nil. An
// error is ErrInvalidArgument, and names the operation or argument that is wrong.
func (c *Client) Request(operation string, arguments any) (*Request, error) {
	given, err := argumentsOf(operation, arguments)
	if err != nil {
		return nil, err
	}
	service, err := c.metadataService()
	if err != nil {
		return nil, err
	}
	var request *Request
	_, err = c.do(context.Background(), func(call *engine.Call, client uint64) uint64 {
		name, nameLength := call.Text(operation)
		text, textLength := call.Bytes(given)
		metadata, metadataLength := call.Bytes(service)
		return call.Run("tp_client_request", client, name, nameLength, text, textLength, metadata, metadataLength)
	}, func(call *engine.Call, result uint64) error {
		headers, body := headersIn(call, result), call.Read("tp_result_body", result)
		request = &Request{
			Method: string(call.Read("tp_result_method", result)), URL: string(call.Read("tp_result_url", result)),
			headers: func() []Header { return headers }, body: func() []byte { return body },
		}
		return nil
	})
	return request, err
}

// Parse says what a service means by its answer to an operation, for programs that send by themselves. An error is the
// service's refusal, ErrMalformedResponse or ErrInvalidArgument.
func (c *Client) Parse(operation string, response Response) (*Reply, error) {
	var reply *Reply
	_, err := c.do(context.Background(), func(call *engine.Call, client uint64) uint64 {
		name, nameLength := call.Text(operation)
		headers, headersLength := call.Text(linesOf(response.Headers))
		body, bodyLength := call.Bytes(response.Body)
		status := uint64(max(response.Status, 0))
		return call.Run("tp_client_parse", client, name, nameLength, status, headers, headersLength, body, bodyLength)
	}, func(call *engine.Call, result uint64) error {
		reply = replyOf(call, result)
		return nil
	})
	return reply, err
}

// Calls a function of the core, and reads its result if that is none of failure. The session is that in which it ran. The
// error is errNoTurn where ctx ended before.
func (c *Client) do(ctx context.Context, run func(call *engine.Call, client uint64) uint64, read func(call *engine.Call, result uint64) error) (*session, error) {
	session, err := c.running()
	if err != nil {
		return nil, err
	}
	var failed error
	err = session.call(ctx, func(call *engine.Call) {
		result := run(call, session.client)
		defer call.Run("tp_result_free", result)
		if call.Run("tp_result_kind", result) == resultFailed {
			failed = errorOf(call.Read("tp_result_json", result))
		} else {
			failed = read(call, result)
		}
	})
	runtime.KeepAlive(c)
	if err != nil {
		return nil, err
	}
	return session, failed
}

// The session, or a new one if the core failed in the old one. What that had learned of resources is forgotten.
func (c *Client) running() (*session, error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.session != nil && !c.session.isOver.Load() {
		return c.session, nil
	}
	module := &engine.Operations
	if c.isCompiled {
		module = &engine.CompiledOperations
	}
	made, err := newSession(module, c.service, c.options)
	if err != nil {
		return nil, err
	}
	c.cleanup.Stop()
	c.session, c.cleanup = made, runtime.AddCleanup(c, (*session).close, made)
	return made, nil
}

// A call, or a walk through pages.
func (c *Client) begin(ctx context.Context, operation string, arguments any, pages bool) (*operationCall, error) {
	given, err := argumentsOf(operation, arguments)
	if err != nil {
		return nil, err
	}
	service, err := c.metadataService()
	if err != nil {
		return nil, err
	}
	var isPaged uint64
	if pages {
		isPaged = 1
	}
	begun := &operationCall{client: c, operation: operation}
	begun.session, err = c.do(ctx, func(call *engine.Call, client uint64) uint64 {
		name, nameLength := call.Text(operation)
		text, textLength := call.Bytes(given)
		metadata, metadataLength := call.Bytes(service)
		return call.Run("tp_client_begin", client, name, nameLength, text, textLength, isPaged, metadata, metadataLength, rand.Uint64(), call.Out())
	}, func(call *engine.Call, _ uint64) error {
		begun.handle = call.Made()
		return nil
	})
	switch {
	case err == errNoTurn:
		return nil, begun.givenUp(ctx)
	case err != nil:
		return nil, err
	}
	return begun, nil
}

// How the metadata service is spoken to, for its client; nothing for others.
func (c *Client) metadataService() ([]byte, error) {
	if !c.isMetadata {
		return nil, nil
	}
	return c.tokens.driver.metadataService()
}

func argumentsOf(operation string, arguments any) ([]byte, error) {
	if arguments == nil {
		return []byte("{}"), nil
	}
	text, err := codec.Encode(arguments)
	if err != nil {
		return nil, local(ErrInvalidArgument, operation+": "+err.Error(), err)
	}
	return text, nil
}

func replyOf(call *engine.Call, result uint64) *Reply {
	header := http.Header{}
	for _, line := range headersIn(call, result) {
		header.Add(line.Name, line.Value)
	}
	return &Reply{Status: int(call.Run("tp_result_status", result)), Header: header, Body: call.Read("tp_result_content", result)}
}
