//! R6: which failures are worth another attempt.

use crate::error::TransportErrorKind;

/// What a failure means for retrying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Another attempt may succeed.
    Transient,
    /// A success without the promised content: worth exactly one more attempt.
    Malformed,
    /// Another attempt would end the same way.
    Fatal,
}

pub(crate) const fn transport_class(kind: TransportErrorKind) -> Class {
    use TransportErrorKind as Kind;
    match kind {
        Kind::Dns | Kind::Refused | Kind::Unreachable | Kind::ConnectTimeout | Kind::ReadTimeout | Kind::Interrupted | Kind::Other => {
            Class::Transient
        }
        Kind::Proxy | Kind::Tls(_) | Kind::Redirect | Kind::TooLarge => Class::Fatal,
    }
}

/// The class of a status that is not a success.
pub(crate) const fn status_class(status: u16) -> Class {
    match status {
        429 | 500 | 502..=599 => Class::Transient,
        _ => Class::Fatal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        let transient: Vec<u16> = (300..=600).filter(|&s| status_class(s) == Class::Transient).collect();
        let expected: Vec<u16> = [429].into_iter().chain((500..=599).filter(|&s| s != 501)).collect();
        assert_eq!(transient, expected);
    }

    #[test]
    fn transports() {
        for name in ["dns", "refused", "unreachable", "connect_timeout", "read_timeout", "interrupted", "other"] {
            assert_eq!(transport_class(TransportErrorKind::from_name(name).unwrap()), Class::Transient, "{name}");
        }
        for name in ["proxy", "tls", "tls_expired", "tls_name", "tls_unknown_issuer", "redirect", "too_large"] {
            assert_eq!(transport_class(TransportErrorKind::from_name(name).unwrap()), Class::Fatal, "{name}");
        }
    }
}
