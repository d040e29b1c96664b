//! How long a call may take, and how often it is tried.

use crate::operation::{Auth, Service};
use std::time::Duration;

/// The limits of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// To connect, TLS not included. Default 1 s to the metadata service, 5 s elsewhere.
    pub connect: Duration,
    /// One attempt, to the last byte of its answer. Default 3 s to the metadata service, 30 s elsewhere.
    pub attempt: Duration,
    /// The whole call, from the first poll: all attempts, what is waited between them and for tokens. A page is a call of
    /// its own. Default 10 s to the metadata service, 60 s elsewhere.
    pub deadline: Duration,
    /// Attempts of a call. Default 4.
    pub max_attempts: u32,
    /// The first backoff ceiling. Default 0.2 s, doubling.
    pub backoff_base: Duration,
    /// The largest backoff ceiling. Default 5 s.
    pub backoff_max: Duration,
    /// The most of a `Retry-After` that is obeyed. Default 30 s.
    pub retry_after_max: Duration,
    /// How long past its timeout an exchange may be answered. Default 2 s.
    pub lease_margin: Duration,
    /// The largest answer, in bytes. Default 64 MiB, and 1 MiB from the metadata service.
    pub max_response_bytes: usize,
}

impl Limits {
    /// The defaults for a service, wherever it is called.
    #[must_use]
    pub const fn of(service: &Service) -> Self {
        let (connect, attempt, deadline, megabytes) = match service.auth {
            Auth::IdentityToken => (1, 3, 10, 1),
            Auth::None | Auth::IamToken | Auth::Grant => (5, 30, 60, 64),
        };
        Self {
            connect: Duration::from_secs(connect),
            attempt: Duration::from_secs(attempt),
            deadline: Duration::from_secs(deadline),
            max_attempts: 4,
            backoff_base: Duration::from_millis(200),
            backoff_max: Duration::from_secs(5),
            retry_after_max: Duration::from_secs(30),
            lease_margin: Duration::from_secs(2),
            max_response_bytes: megabytes << 20,
        }
    }
}
