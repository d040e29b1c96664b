//! From reqwest's errors to the classes that decide about retrying.

use super::resolver::NameNotResolved;
use rustls::CertificateError;
use std::error::Error as StdError;
use std::io;
use trusted_profile_core::error::TlsFailure;
use trusted_profile_core::{TransportError, TransportErrorKind as Kind};

/// The class of `error`, in the words of its innermost cause. The address is left out: the machine
/// names the host itself.
pub(super) fn classify(error: &reqwest::Error) -> TransportError {
    let mut words = String::new();
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(inner) = cause {
        words = inner.to_string();
        if let Some(known) = known(inner) {
            // A connection that was made can time out as well, and its host can go out of reach: what was sent may have been done.
            let is_late = known.kind.is_before_connection() && !error.is_connect();
            let kind = if known.kind == Kind::ConnectTimeout { Kind::ReadTimeout } else { Kind::Interrupted };
            return if is_late { TransportError { kind, ..known } } else { known };
        }
        cause = inner.source();
    }
    let kind = match error {
        e if e.is_timeout() && e.is_connect() => Kind::ConnectTimeout,
        e if e.is_timeout() => Kind::ReadTimeout,
        e if e.is_redirect() => Kind::Redirect,
        e if e.is_connect() && words.contains("proxy authorization required") => Kind::Proxy,
        e if e.is_connect() || e.is_body() || e.is_decode() || e.is_request() => Kind::Interrupted,
        _ => Kind::Other,
    };
    TransportError::new(kind, words)
}

/// An error in the chain that says what happened.
fn known(error: &(dyn StdError + 'static)) -> Option<TransportError> {
    if let Some(name) = error.downcast_ref::<NameNotResolved>() {
        return Some(TransportError::new(Kind::Dns, name.to_string()));
    }
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return Some(of_tls(tls));
    }
    error.downcast_ref::<io::Error>().and_then(of_io)
}

/// The class of an I/O error, if its kind tells one.
pub(crate) fn of_io(error: &io::Error) -> Option<TransportError> {
    // The error that an I/O error wraps is not its `source`, and TLS errors come wrapped twice.
    if let Some(inner) = error.get_ref() {
        let known = inner.downcast_ref::<rustls::Error>().map(of_tls);
        if let Some(known) = known.or_else(|| inner.downcast_ref::<io::Error>().and_then(of_io)) {
            return Some(known);
        }
    }
    let kind = match error.kind() {
        // A rule of this machine may forbid to connect in so many words.
        io::ErrorKind::ConnectionRefused | io::ErrorKind::PermissionDenied => Kind::Refused,
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable => Kind::Unreachable,
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => {
            Kind::Interrupted
        }
        io::ErrorKind::TimedOut => Kind::ConnectTimeout,
        _ => return None,
    };
    Some(TransportError::new(kind, error.to_string()))
}

fn of_tls(error: &rustls::Error) -> TransportError {
    let failure = match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => TlsFailure::Expired,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => TlsFailure::NameMismatch,
            CertificateError::UnknownIssuer => TlsFailure::UnknownIssuer,
            _ => TlsFailure::Other,
        },
        _ => TlsFailure::Other,
    };
    TransportError::new(Kind::Tls(failure), error.to_string())
}
