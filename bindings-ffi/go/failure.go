package trustedprofile

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
)

// A FailureKind says why no answer came; it decides about trying again.
type FailureKind string

// Why no answer comes.
const (
	FailureDNS              FailureKind = "dns"
	FailureRefused          FailureKind = "refused"
	FailureUnreachable      FailureKind = "unreachable"
	FailureConnectTimeout   FailureKind = "connect_timeout"
	FailureReadTimeout      FailureKind = "read_timeout"
	FailureProxy            FailureKind = "proxy"
	FailureTLSExpired       FailureKind = "tls_expired"
	FailureTLSName          FailureKind = "tls_name"
	FailureTLSUnknownIssuer FailureKind = "tls_unknown_issuer"
	FailureTLS              FailureKind = "tls"
	FailureRedirect         FailureKind = "redirect"
	FailureInterrupted      FailureKind = "interrupted"
	FailureTooLarge         FailureKind = "too_large"
	FailureOther            FailureKind = "other"
)

// In the order of the numbers of the header, which begin with 1.
var failureKinds = []FailureKind{
	FailureDNS, FailureRefused, FailureUnreachable, FailureConnectTimeout, FailureReadTimeout, FailureProxy, FailureTLSExpired,
	FailureTLSName, FailureTLSUnknownIssuer, FailureTLS, FailureRedirect, FailureInterrupted, FailureTooLarge, FailureOther,
}

// A TransportError says why no answer came.
type TransportError struct {
	// Kind is why.
	Kind FailureKind
	// Detail is in words, for people. It is shown in errors and must hold no secret.
	Detail string
	// ReusedConnection says that the connection had served an earlier request.
	ReusedConnection bool
	// Err is what it follows from.
	Err error
}

// Error shows the kind and the detail.
func (e *TransportError) Error() string {
	if e.Detail == "" {
		return string(e.Kind)
	}
	return string(e.Kind) + ": " + e.Detail
}

// Unwrap gives what it follows from.
func (e *TransportError) Unwrap() error { return e.Err }

// A failure of net/http as the machine knows it.
func failureOf(err error, reused bool) *TransportError {
	kind := kindOf(err)
	return &TransportError{Kind: kind, Detail: detailOf(kind, err), ReusedConnection: reused && kind == FailureInterrupted, Err: err}
}

func kindOf(err error) FailureKind {
	var (
		resolving *net.DNSError
		dialing   *net.OpError
		refusal   *proxyRefusal
	)
	switch {
	case errors.Is(err, errTooLarge):
		return FailureTooLarge
	case errors.As(err, &refusal):
		return FailureProxy
	case errors.As(err, &resolving):
		return FailureDNS
	}
	if kind := kindOfTLS(err); kind != "" {
		return kind
	}
	isDialing := errors.As(err, &dialing) && dialing.Op == "dial"
	switch {
	case isAny(err, refusedErrors):
		return FailureRefused
	case isAny(err, unreachableErrors):
		return FailureUnreachable
	case isDialing && dialing.Timeout(), errors.Is(err, syscall.ETIMEDOUT) && isDialing:
		return FailureConnectTimeout
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return FailureReadTimeout
	case isInterrupted(err):
		return FailureInterrupted
	default:
		return FailureOther
	}
}

func kindOfTLS(err error) FailureKind {
	var (
		name     x509.HostnameError
		issuer   x509.UnknownAuthorityError
		invalid  x509.CertificateInvalidError
		alert    tls.AlertError
		record   tls.RecordHeaderError
		verified *tls.CertificateVerificationError
		roots    x509.SystemRootsError
	)
	switch {
	case errors.As(err, &name):
		return FailureTLSName
	case errors.As(err, &issuer), errors.As(err, &roots):
		return FailureTLSUnknownIssuer
	case errors.As(err, &invalid):
		if invalid.Reason == x509.Expired {
			return FailureTLSExpired
		}
		return FailureTLS
	case errors.As(err, &alert), errors.As(err, &record), errors.As(err, &verified), errors.Is(err, http.ErrSchemeMismatch):
		return FailureTLS
	// What package tls says in words alone.
	case strings.HasPrefix(words(err), "tls: ") || strings.HasPrefix(words(err), "remote error: tls: "):
		return FailureTLS
	}
	return ""
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// The connection ended, or what came over it is no HTTP.
func isInterrupted(err error) bool {
	if isAny(err, interruptedErrors) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		return true
	}
	// What net/http says in words alone.
	text := err.Error()
	return strings.Contains(text, "server closed idle connection") || strings.Contains(text, "transport connection broken") ||
		strings.Contains(text, "malformed") || strings.Contains(text, "readLoopPeekFailLocked")
}

func isAny(err error, targets []error) bool {
	return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
}

// Words that hold nothing of what was sent or came: net/http may quote an answer that it does not understand.
func detailOf(kind FailureKind, err error) string {
	var operation *net.OpError
	switch {
	case kind == FailureInterrupted && errors.Is(err, io.EOF):
		return "the connection ended before the answer"
	case kind == FailureInterrupted && errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection ended in the middle of the answer"
	case kind == FailureInterrupted && !isAny(err, interruptedErrors):
		return "the connection ended, or what came is no HTTP"
	case kind == FailureReadTimeout:
		return "no complete answer in time"
	case kind == FailureTooLarge:
		return err.Error()
	case kind == FailureOther:
		return fmt.Sprintf("%T", innermost(err))
	case errors.As(err, &operation):
		return operation.Error()
	default:
		return words(err)
	}
}

// Of the innermost error, which says what happened.
func words(err error) string { return innermost(err).Error() }

func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
