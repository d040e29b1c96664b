package trustedprofile

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/trusted-profile/trusted-profile/bindings-ffi/go/internal/engine"
)

// An Action is what a machine wants next: a Ready, Send, NeedFiles, NeedToken, Wait or Failed.
type Action interface{ isAction() }

// Ready is a token.
type Ready struct{ Token *AccessToken }

// Send is a request to send in a goroutine of its own; then its answer goes to Handle, or the failure to Fail.
type Send struct{ Exchange *Exchange }

// NeedFiles are files to read in order, until one holds something; then they go to ProvideFiles.
type NeedFiles struct {
	ID    uint64
	Paths []string
	// MaxBytes is the longest file.
	MaxBytes int64
}

// NeedToken has the program's callback called; what it says goes to ProvideToken or ProvideFailure.
type NeedToken struct {
	ID uint64
	// Timeout is how long the callback may take.
	Timeout time.Duration
}

// Wait is to wait to be woken, but no longer than this, and then to poll again.
type Wait struct{ AtMost time.Duration }

// Failed says why there is no token.
type Failed struct{ Err *Error }

func (Ready) isAction()     {}
func (Send) isAction()      {}
func (NeedFiles) isAction() {}
func (NeedToken) isAction() {}
func (Wait) isAction()      {}
func (Failed) isAction()    {}

// A Network says which proxies a request may take.
type Network string

// The networks.
const (
	// NetworkLinkLocal is the machine's own link: never a proxy.
	NetworkLinkLocal Network = "link_local"
	// NetworkPrivate is IBM Cloud's private network: no proxy of the environment.
	NetworkPrivate Network = "private"
	// NetworkPublic is the internet: the proxies of the environment.
	NetworkPublic Network = "public"
)

// A Header is one line of a request or an answer. Its value may be a credential.
type Header struct{ Name, Value string }

// Format writes the name, whatever is asked for.
func (h Header) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, h.shown()) }

// LogValue is the name.
func (h Header) LogValue() slog.Value { return slog.StringValue(h.shown()) }

// MarshalText gives the name.
func (h Header) MarshalText() ([]byte, error) { return []byte(h.shown()), nil }

func (h Header) shown() string { return "Header " + h.Name }

// An Exchange is a request to send, and the limits it is sent under. Formatting shows the request line alone.
type Exchange struct {
	// ID goes back to the machine with the outcome.
	ID uint64
	// Method is the HTTP method.
	Method string
	// URL is the whole address. It holds no secret.
	URL string
	// ConnectTimeout is the time to connect, TLS not included.
	ConnectTimeout time.Duration
	// Timeout is the time to the last byte of the answer.
	Timeout time.Duration
	// MaxResponseBytes is the longest answer, after decoding.
	MaxResponseBytes int64
	// Network says which proxies are allowed.
	Network Network

	headers func() []Header
	body    func() []byte
}

// Headers are names in lower case with their values, in the order to send them. They hold credentials.
func (x Exchange) Headers() []Header { return x.headers() }

// Body is the body; empty means none. It may hold credentials.
func (x Exchange) Body() []byte { return x.body() }

// Format writes the request line, whatever is asked for.
func (x Exchange) Format(state fmt.State, _ rune) {
	_, _ = fmt.Fprintf(state, "Exchange %d: %s %s", x.ID, x.Method, x.URL)
}

// A Response is the whole answer to an exchange. Keep it, like Header, FileRead and ExternalToken, out of fields without a
// capital: package fmt asks nobody what to show of those.
type Response struct {
	// Status is from 100 to 999.
	Status int
	// Headers are as they came.
	Headers []Header
	// Body is complete.
	Body []byte
}

// Format writes the status, whatever is asked for: the body may be a token.
func (r Response) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, r.shown()) }

// LogValue is the status.
func (r Response) LogValue() slog.Value { return slog.StringValue(r.shown()) }

// MarshalText gives the status.
func (r Response) MarshalText() ([]byte, error) { return []byte(r.shown()), nil }

func (r Response) shown() string { return fmt.Sprintf("Response %d", r.Status) }

// A FileProblem says why a file did not serve. It is empty where it did.
type FileProblem string

// Why a file does not serve.
const (
	// FileNotFound means that there is no such file.
	FileNotFound FileProblem = "not_found"
	// FileEmpty means that it holds nothing but white space.
	FileEmpty FileProblem = "empty"
	// FileDenied means that this process may not read it, or that it is not a regular file.
	FileDenied FileProblem = "denied"
	// FileTooLarge means that it is longer than allowed.
	FileTooLarge FileProblem = "too_large"
	// FileNotText means that it is not one line of text.
	FileNotText FileProblem = "not_text"
)

// A FileRead is what came of one path.
type FileRead struct {
	Path string
	// Content is what the file holds, if there is no Problem.
	Content []byte
	Problem FileProblem
}

// Format writes the path and the problem, whatever is asked for.
func (r FileRead) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, r.shown()) }

// LogValue is the path and the problem.
func (r FileRead) LogValue() slog.Value { return slog.StringValue(r.shown()) }

// MarshalText gives the path and the problem.
func (r FileRead) MarshalText() ([]byte, error) { return []byte(r.shown()), nil }

func (r FileRead) shown() string { return r.Path + " " + string(r.Problem) }

// What a result is, by the numbers of the header.
const (
	resultReady     = 1
	resultSend      = 2
	resultNeedFiles = 3
	resultNeedToken = 4
	resultWait      = 5
	resultFailed    = 6
	resultRejected  = 8
	resultRequest   = 9
	resultPage      = 10
	resultAnswer    = 11
	resultEnd       = 12
)

var (
	slots    = []Slot{"", SlotIdentity, SlotIAM, SlotAssumed}
	networks = []Network{"", NetworkLinkLocal, NetworkPrivate, NetworkPublic}
	problems = []FileProblem{"", FileNotFound, FileEmpty, FileDenied, FileTooLarge, FileNotText}
)

// Reads what a result asks for, and frees it. Nil if it asks for nothing.
func actionOf(call *engine.Call, result uint64) Action {
	defer call.Run("tp_result_free", result)
	number := func(function string) uint64 { return call.Run(function, result) }
	switch number("tp_result_kind") {
	case resultReady:
		return Ready{tokenOf(call, result)}
	case resultSend:
		return Send{exchangeOf(call, result)}
	case resultNeedFiles:
		paths := make([]string, number("tp_result_path_count"))
		for i := range paths {
			paths[i] = string(call.Read("tp_result_path", result, uint64(i)))
		}
		return NeedFiles{ID: number("tp_result_id"), Paths: paths, MaxBytes: int64(number("tp_result_max_bytes"))}
	case resultNeedToken:
		return NeedToken{ID: number("tp_result_id"), Timeout: duration(number("tp_result_timeout"))}
	case resultWait:
		return Wait{AtMost: duration(number("tp_result_timeout"))}
	case resultFailed:
		return Failed{errorOf(call.Read("tp_result_json", result))}
	default:
		return nil
	}
}

func tokenOf(call *engine.Call, result uint64) *AccessToken {
	instant := func(moment string) Now {
		monotonic, unix := call.Run("tp_result_"+moment+"_monotonic", result), call.Run("tp_result_"+moment+"_unix", result)
		return Now{Monotonic: duration(monotonic), Unix: duration(unix)}
	}
	text := string(call.Read("tp_result_token", result))
	return &AccessToken{
		reveal:      func() string { return text },
		slot:        named(slots, call.Run("tp_result_slot", result)),
		generation:  call.Run("tp_result_generation", result),
		expiresAt:   instant("expires_at"),
		usableUntil: instant("usable_until"),
		refreshAt:   instant("refresh_at"),
	}
}

func exchangeOf(call *engine.Call, result uint64) *Exchange {
	headers := headersIn(call, result)
	body := call.Read("tp_result_body", result)
	return &Exchange{
		ID:               call.Run("tp_result_id", result),
		Method:           string(call.Read("tp_result_method", result)),
		URL:              string(call.Read("tp_result_url", result)),
		ConnectTimeout:   duration(call.Run("tp_result_connect_timeout", result)),
		Timeout:          duration(call.Run("tp_result_timeout", result)),
		MaxResponseBytes: int64(call.Run("tp_result_max_bytes", result)),
		Network:          named(networks, call.Run("tp_result_network", result)),
		headers:          func() []Header { return headers },
		body:             func() []byte { return body },
	}
}

func headersIn(call *engine.Call, result uint64) []Header {
	headers := make([]Header, call.Run("tp_result_header_count", result))
	for i := range headers {
		headers[i].Name = string(call.Read("tp_result_header_name", result, uint64(i)))
		headers[i].Value = string(call.Read("tp_result_header_value", result, uint64(i)))
	}
	return headers
}

// Headers as the core reads them.
func linesOf(headers []Header) string {
	var lines strings.Builder
	for _, header := range headers {
		lines.WriteString(header.Name)
		lines.WriteByte(':')
		lines.WriteString(header.Value)
		lines.WriteByte('\n')
	}
	return lines.String()
}

// A failure as the core takes it.
func failureIn(call *engine.Call, failure *TransportError) (kind, detail, length, reused uint64) {
	detail, length = call.Text(failure.Detail)
	if failure.ReusedConnection {
		reused = 1
	}
	return uint64(slices.Index(failureKinds, failure.Kind) + 1), detail, length, reused
}

// The name for a number of the header.
func named[N ~string](names []N, number uint64) N {
	if number < uint64(len(names)) {
		return names[number]
	}
	return ""
}

// Nanoseconds of the core. What is more than 292 years is for ever.
func duration(nanoseconds uint64) time.Duration {
	return time.Duration(min(nanoseconds, uint64(Never.Monotonic)))
}
