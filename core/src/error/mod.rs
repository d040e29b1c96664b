//! What goes wrong, said so that somebody at 3 a.m. can act on it.

mod cause;
mod code;
mod envelope;
mod json;
mod refusal;
mod transport;

pub use cause::{Cause, Condition, Facts};
pub use code::{ErrorCode, ErrorKind};
pub use envelope::ServiceError;
pub(crate) use envelope::is_html;
pub(crate) use refusal::code_of;
pub use transport::{TlsFailure, TransportError, TransportErrorKind};
pub(crate) use transport::{transport_code, transport_condition};

use crate::wire::Invalid;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// An error of any room: a code that programs match on, facts for support, and ranked causes in
/// plain words. Cheap to clone, since one failed round answers all its callers.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    code: ErrorCode,
    message: String,
    status: Option<u16>,
    service: Option<ServiceError>,
    attempts: u32,
    elapsed: Duration,
    retry_after: Option<Duration>,
    causes: Vec<Cause>,
    notes: Vec<String>,
}

impl Error {
    /// An error with a message that holds no secret. Its causes are ranked by the room that knows the case.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            code,
            message: message.into(),
            status: None,
            service: None,
            attempts: 0,
            elapsed: Duration::ZERO,
            retry_after: None,
            causes: Vec::new(),
            notes: Vec::new(),
        }))
    }

    /// What went wrong, for programs.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// What went wrong, in one sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The HTTP status, if an answer came.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// What the service itself said: its code, message and trace id.
    #[must_use]
    pub fn service(&self) -> Option<&ServiceError> {
        self.0.service.as_ref()
    }

    /// Whether the same call may succeed later without anybody changing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.0.code.is_transient()
    }

    /// How many requests the failed round sent for this step.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the failed round took.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// What the service asked for in `Retry-After`, uncapped.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The likely causes with their fixes, most likely first.
    #[must_use]
    pub fn causes(&self) -> &[Cause] {
        &self.0.causes
    }

    /// Further facts of this very case, such as the paths tried or the link that would help.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.0.notes
    }

    fn change(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    pub(crate) fn with_status(self, status: u16) -> Self {
        self.change(|e| e.status = Some(status))
    }

    pub(crate) fn with_service(self, service: ServiceError) -> Self {
        self.change(|e| e.service = Some(service))
    }

    pub(crate) fn with_retry_after(self, retry_after: Option<Duration>) -> Self {
        self.change(|e| e.retry_after = retry_after)
    }

    pub(crate) fn with_effort(self, attempts: u32, elapsed: Duration) -> Self {
        self.change(|e| {
            e.attempts = attempts;
            e.elapsed = elapsed;
        })
    }

    pub(crate) fn with_note(self, note: impl Into<String>) -> Self {
        self.change(|e| e.notes.push(note.into()))
    }

    /// Fills in the causes that fit the conditions of this case.
    #[must_use]
    pub fn explained(self, conditions: &[Condition]) -> Self {
        let causes = cause::rank(self.code().causes(), conditions);
        self.change(|e| e.causes = causes)
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::new(ErrorCode::InvalidArgument, invalid.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let e = &self.0;
        write!(f, "{}: {}", e.code.as_str(), e.message)?;
        if let Some(service) = &e.service {
            write!(f, "; the service said: {service}")?;
        }
        if e.attempts > 0 {
            let (attempts, elapsed) = (if e.attempts == 1 { "attempt" } else { "attempts" }, tenths(e.elapsed));
            write!(f, " ({} {attempts} in {}.{} s)", e.attempts, elapsed / 10, elapsed % 10)?;
        }
        for note in &e.notes {
            write!(f, "\n  {note}")?;
        }
        for (rank, cause) in (1_u8..).zip(&e.causes) {
            write!(f, "\n  {rank}. {}. Fix: {}.", cause.cause, cause.fix)?;
        }
        Ok(())
    }
}

/// Tenths of a second, rounded as an `f64` of seconds is when it is printed with one digit. Printing it would do, but
/// the code for that can print any number of digits.
fn tenths(time: Duration) -> u64 {
    let (seconds, fraction) = (time.as_secs(), time.as_secs_f64().fract());
    // A fraction is a multiple of 2^-58 wherever that matters, so nothing is lost here.
    let parts = (fraction * (1_u64 << 58) as f64) as u64 * 10;
    let (whole, rest, half) = (parts >> 58, parts & ((1 << 58) - 1), 1 << 57);
    let up = rest > half || (rest == half && whole % 2 == 1);
    seconds.saturating_mul(10).saturating_add(whole + u64::from(up))
}

/// The same as `Display`: `unwrap` and `fn main() -> Result` show `Debug`, and that may be all that
/// somebody gets to see.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

/// Equal when code, message, status, attempts and what the service said are equal.
impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (&self.0, &other.0);
        (a.code, &a.message, a.status, &a.service, a.attempts) == (b.code, &b.message, b.status, &b.service, b.attempts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_ranks_causes_and_shows_the_effort() {
        let error = Error::new(ErrorCode::ProxyRefused, "the proxy answered 407")
            .with_effort(1, Duration::from_millis(1500))
            .with_note("proxy: http://proxy.example:3128")
            .explained(&[]);
        let text = error.to_string();
        assert!(text.starts_with("proxy_refused: the proxy answered 407 (1 attempt in 1.5 s)\n  proxy: "), "{text}");
        assert!(text.contains("\n  1. the proxy needs authentication"), "{text}");
    }

    #[test]
    fn tenths_are_rounded_as_printing_rounds_them() {
        let nanos = (0..2000_u64).flat_map(|n| [n * 50_000_000 - n.min(1), n * 50_000_000, n * 50_000_000 + 1, n * 7_654_321]);
        for time in nanos.map(Duration::from_nanos).chain([Duration::from_secs(u64::from(u32::MAX)) + Duration::from_millis(950)]) {
            let shown = tenths(time);
            assert_eq!(format!("{}.{}", shown / 10, shown % 10), format!("{:.1}", time.as_secs_f64()));
        }
    }

    #[test]
    fn an_invalid_argument_names_itself() {
        let error = Error::from(Invalid::new("region", "Mars", "lower case letters"));
        assert_eq!(error.code(), ErrorCode::InvalidArgument);
        assert_eq!(error.message(), "region: expected lower case letters, got \"Mars\"");
    }
}
