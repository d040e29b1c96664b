package sdkcore_test

import trustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"

// A request on the way to a token, which a fault can strike.
type hop struct{ name, service, method, path string }

var (
	identityHop = hop{"identity token of the instance", "metadata", "PUT", "/identity/v1/token"}
	instanceHop = hop{"IAM token of the instance", "metadata", "POST", "/identity/v1/iam_tokens"}
	podHop      = hop{"IAM token of the pod", "iam", "POST", "/identity/token"}
)

// What comes of a fault: an error code, or one of these.
const (
	unreachable trustedprofile.Code = "unreachable"
	// The answer is odd, yet right.
	right trustedprofile.Code = ""
)

// One fault, by its name in docs/faults.md.
type row struct {
	name     string
	fault    map[string]any
	expected trustedprofile.Code
}

// Whose answers come late or never: under the others, short times would only measure how busy this machine is.
func (r row) isSlow() bool {
	switch r.fault["kind"] {
	case "hang", "drip", "unreachable":
		return true
	}
	return false
}

// Whether its tokens have long expired to everybody but the service.
func (r row) isOfThePast() bool {
	seconds, _ := r.fault["seconds"].(int)
	return seconds < 0
}

// Whether it is about connections or clocks, and so at all requests of a service.
func (r row) isWide() bool {
	switch r.fault["kind"] {
	case "refuse", "not_listening", "unreachable", "skew":
		return true
	}
	return false
}

// The code of the error at this request; empty for a token.
func (r row) codeAt(at hop) trustedprofile.Code {
	switch {
	case r.expected != unreachable:
		return r.expected
	case at == podHop:
		return trustedprofile.ErrServiceUnreachable
	default:
		return trustedprofile.ErrMetadataUnreachable
	}
}

func fault(kind string, settings ...any) map[string]any {
	fault := map[string]any{"kind": kind}
	for at := 0; at+1 < len(settings); at += 2 {
		fault[settings[at].(string)] = settings[at+1]
	}
	return fault
}

// All of them; redirects lead elsewhere.
func rows(elsewhere string) []row {
	location := elsewhere + "/identity/token"
	return []row{
		{"429, `Retry-After: 2`", fault("status", "status", 429, "retry_after", "2"), trustedprofile.ErrRateLimited},
		{"500", fault("status", "status", 500), trustedprofile.ErrServiceFailed},
		{"503", fault("status", "status", 503), trustedprofile.ErrServiceFailed},
		{"501", fault("status", "status", 501), trustedprofile.ErrNotImplemented},
		{"401", fault("status", "status", 401), trustedprofile.ErrUnauthenticated},
		{"403", fault("status", "status", 403), trustedprofile.ErrForbidden},
		{"404", fault("status", "status", 404), trustedprofile.ErrNotFound},
		{"never answers", fault("hang"), unreachable},
		{"one byte per second", fault("drip", "interval_ms", 1000), unreachable},
		{"nothing listens", fault("not_listening"), unreachable},
		{"reset when accepted", fault("refuse"), unreachable},
		{"connection attempts unanswered", fault("unreachable"), unreachable},
		{"reset before the answer", fault("reset"), unreachable},
		{"closed before the answer", fault("close"), unreachable},
		{"closed in the body", fault("close_mid_body"), unreachable},
		{"reset in the body", fault("close_mid_body", "reset", true), unreachable},
		{"invalid JSON", fault("invalid_json"), trustedprofile.ErrMalformedResponse},
		{"half the JSON", fault("truncated_json"), trustedprofile.ErrMalformedResponse},
		{"200 `text/html`", fault("html"), trustedprofile.ErrMalformedResponse},
		{"503 `text/html`", fault("html", "status", 503), trustedprofile.ErrServiceFailed},
		{"`{}`", fault("empty_object"), trustedprofile.ErrMalformedResponse},
		{"empty body", fault("empty_body"), trustedprofile.ErrMalformedResponse},
		{"10 MB body", fault("huge_body", "bytes", 10_000_000), trustedprofile.ErrResponseTooLarge},
		{"2 MB body of unknown length", fault("huge_body", "bytes", 2_000_000, "content_length", false), trustedprofile.ErrResponseTooLarge},
		// net/http reads compressed answers, and reading stops at the limit.
		{"2 MB body, compressed", fault("gzip_bomb", "bytes", 2_000_000), trustedprofile.ErrResponseTooLarge},
		{"expired on arrival", fault("expired_on_arrival"), trustedprofile.ErrExpiredOnArrival},
		{"token is not a JWT", fault("opaque_token"), right},
		{"302 to another host", fault("redirect", "status", 302, "location", location), trustedprofile.ErrRedirectRefused},
		{"307 to another host", fault("redirect", "status", 307, "location", location), trustedprofile.ErrRedirectRefused},
		{"308 to another host", fault("redirect", "status", 308, "location", location), trustedprofile.ErrRedirectRefused},
		{"200 ms late", fault("latency", "ms", 200), right},
		{"no `expires_in`", fault("missing_expires_in"), right},
		{"`expires_in` as text", fault("expires_in_string"), right},
		{"the service's clock half an hour ahead", fault("skew", "seconds", 1800), right},
		{"the service's clock half an hour behind", fault("skew", "seconds", -1800), right},
		{"wrong content type", fault("content_type", "value", "text/plain"), right},
		{"unknown properties", fault("extra_fields"), right},
		{"`Connection: close`", fault("connection_close"), right},
	}
}
