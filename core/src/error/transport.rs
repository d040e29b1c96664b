//! How a transport says that no answer came.

use super::{Condition, ErrorCode};
use std::fmt;

/// Why an exchange brought no usable answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransportError {
    /// The class of failure, which decides about retrying.
    pub kind: TransportErrorKind,
    /// The connection had served an earlier request: such a failure says little about the service
    /// and is retried at once, once.
    pub reused_connection: bool,
    /// The transport's own words, without secrets; shown in errors.
    pub detail: String,
}

impl TransportError {
    /// A failure on a fresh connection.
    #[must_use]
    pub fn new(kind: TransportErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, reused_connection: false, detail: detail.into() }
    }

    /// The same failure, on a connection that had served before.
    #[must_use]
    pub fn on_reused_connection(mut self) -> Self {
        self.reused_connection = true;
        self
    }
}

/// The classes of transport failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The host name did not resolve.
    Dns,
    /// The connection was refused.
    Refused,
    /// No route to the host or network.
    Unreachable,
    /// The connection was not made within `connect_timeout`.
    ConnectTimeout,
    /// The answer was not complete within `timeout`.
    ReadTimeout,
    /// The proxy refused, or wants credentials.
    Proxy,
    /// The TLS handshake failed.
    Tls(TlsFailure),
    /// The transport met a redirect it could not hand over as a response (browsers).
    Redirect,
    /// The connection broke after it was made.
    Interrupted,
    /// The body grew past `max_response_bytes`.
    TooLarge,
    /// Anything else.
    Other,
}

/// Why a TLS handshake failed, as far as the transport can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsFailure {
    /// The certificate is expired or not yet valid.
    Expired,
    /// The certificate is for another name.
    NameMismatch,
    /// The issuer is not trusted.
    UnknownIssuer,
    /// Anything else.
    Other,
}

impl TransportErrorKind {
    /// The failure in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "the host name did not resolve",
            Self::Refused => "the connection was refused",
            Self::Unreachable => "there is no route to the host",
            Self::ConnectTimeout => "no connection within the time allowed",
            Self::ReadTimeout => "no complete answer within the time allowed",
            Self::Proxy => "the proxy refused",
            Self::Tls(TlsFailure::Expired) => "the certificate is expired or not yet valid",
            Self::Tls(TlsFailure::NameMismatch) => "the certificate is for another name",
            Self::Tls(TlsFailure::UnknownIssuer) => "the certificate's issuer is not trusted",
            Self::Tls(TlsFailure::Other) => "the TLS handshake failed",
            Self::Redirect => "the answer was a redirect",
            Self::Interrupted => "the connection broke",
            Self::TooLarge => "the answer was larger than the cap",
            Self::Other => "the request failed",
        }
    }

    /// Whether no TCP connection was made: only then may another protocol be tried (R22).
    #[must_use]
    pub const fn is_before_connection(self) -> bool {
        matches!(self, Self::Dns | Self::Refused | Self::Unreachable | Self::ConnectTimeout)
    }

    /// Reads the spelling used in vectors and across languages, such as `connect_timeout` or `tls_name`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, n)| *n == name).map(|(kind, _)| *kind)
    }

    /// The spelling used in vectors and across languages.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map_or("other", |(_, n)| n)
    }

    const NAMES: [(Self, &'static str); 14] = [
        (Self::Dns, "dns"),
        (Self::Refused, "refused"),
        (Self::Unreachable, "unreachable"),
        (Self::ConnectTimeout, "connect_timeout"),
        (Self::ReadTimeout, "read_timeout"),
        (Self::Proxy, "proxy"),
        (Self::Tls(TlsFailure::Expired), "tls_expired"),
        (Self::Tls(TlsFailure::NameMismatch), "tls_name"),
        (Self::Tls(TlsFailure::UnknownIssuer), "tls_unknown_issuer"),
        (Self::Tls(TlsFailure::Other), "tls"),
        (Self::Redirect, "redirect"),
        (Self::Interrupted, "interrupted"),
        (Self::TooLarge, "too_large"),
        (Self::Other, "other"),
    ];
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.as_str())?;
        if !self.detail.is_empty() {
            write!(f, " ({})", self.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for TransportError {}

/// The code of an exchange without an answer; `unreachable` is the service's own.
pub(crate) const fn transport_code(kind: TransportErrorKind, unreachable: ErrorCode) -> ErrorCode {
    match kind {
        TransportErrorKind::Tls(_) => ErrorCode::TlsFailed,
        TransportErrorKind::Proxy => ErrorCode::ProxyRefused,
        TransportErrorKind::Redirect => ErrorCode::RedirectRefused,
        TransportErrorKind::TooLarge => ErrorCode::ResponseTooLarge,
        _ => unreachable,
    }
}

/// What a failure says about its cause.
pub(crate) const fn transport_condition(kind: TransportErrorKind) -> Option<Condition> {
    Some(match kind {
        TransportErrorKind::Dns => Condition::Dns,
        TransportErrorKind::Refused => Condition::Refused,
        TransportErrorKind::Unreachable => Condition::Unreachable,
        TransportErrorKind::ConnectTimeout | TransportErrorKind::ReadTimeout => Condition::Timeout,
        TransportErrorKind::Interrupted => Condition::Interrupted,
        TransportErrorKind::Tls(TlsFailure::Expired) => Condition::TlsExpired,
        TransportErrorKind::Tls(TlsFailure::NameMismatch) => Condition::TlsName,
        TransportErrorKind::Tls(TlsFailure::UnknownIssuer) => Condition::TlsUnknownIssuer,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for (kind, name) in TransportErrorKind::NAMES {
            assert_eq!(TransportErrorKind::from_name(name), Some(kind));
            assert_eq!(kind.name(), name);
        }
        assert_eq!(TransportErrorKind::from_name("TLS"), None);
    }

    #[test]
    fn only_failures_before_a_connection_let_another_protocol_in() {
        let before: Vec<&str> = TransportErrorKind::NAMES.iter().filter(|(k, _)| k.is_before_connection()).map(|(_, n)| *n).collect();
        assert_eq!(before, ["dns", "refused", "unreachable", "connect_timeout"]);
    }
}
