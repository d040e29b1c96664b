//! What went wrong, as values that every language can hold.

use crate::error_class::TrustedProfileError;
use crate::time::bounded;
use std::fmt;
use std::time::Duration;
use trusted_profile_core::{Error, ErrorCode};

/// Everything that an error knows. As text, it is all of it, for people. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Failure {
    /// What went wrong, as every language spells it, such as `profile_not_linked`; `docs/errors.md` has all of them.
    pub code: String,
    /// Which side has to act: `configuration`, `local`, `unreachable`, `refused`, `service` or `internal`.
    pub kind: String,
    /// What went wrong, in one sentence.
    pub message: String,
    /// All of it, with causes and fixes.
    pub text: String,
    /// The HTTP status, if an answer came.
    pub status: Option<i32>,
    /// What the service itself said.
    pub service: Option<ServiceFailure>,
    /// Whether the same call may succeed later without anybody changing anything.
    pub transient: bool,
    /// How many requests the failed round sent for this step.
    pub attempts: i32,
    /// How long the failed round took.
    pub elapsed: Duration,
    /// What the service asked for in `Retry-After`.
    pub retry_after: Option<Duration>,
    /// The likely causes, most likely first.
    pub causes: Vec<Cause>,
    /// Further facts of this very case, such as the paths that were tried.
    pub notes: Vec<String>,
}

/// What the service itself said. Every part may be missing.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ServiceFailure {
    /// The service's own code, such as `BXNIM0398E`.
    pub code: Option<String>,
    /// Its message.
    pub message: Option<String>,
    /// Further words; IAM puts the rejected identifier here.
    pub details: Option<String>,
    /// The field, parameter or header that it points at.
    pub target: Option<String>,
    /// The id that IBM's support asks for.
    pub trace: Option<String>,
    /// The start of a body that has none of the known shapes.
    pub excerpt: Option<String>,
    /// Whether it is HTML: something else answered in the service's place.
    pub is_html: bool,
}

/// A likely cause and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Cause {
    /// What may be the matter.
    pub cause: String,
    /// What to do about it.
    pub fix: String,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let service = error.service().map(|service| ServiceFailure {
            code: service.code.clone(),
            message: service.message.clone(),
            details: service.details.clone(),
            target: service.target.clone(),
            trace: service.trace.clone(),
            excerpt: service.excerpt.clone(),
            is_html: service.is_html,
        });
        let causes = error.causes().iter().map(|cause| Cause { cause: cause.cause.to_owned(), fix: cause.fix.to_owned() });
        Self {
            code: error.code().as_str().to_owned(),
            kind: error.code().kind().as_str().to_owned(),
            message: error.message().to_owned(),
            text: error.to_string(),
            status: error.status().map(i32::from),
            service,
            transient: error.is_transient(),
            attempts: i32::try_from(error.attempts()).unwrap_or(i32::MAX),
            elapsed: bounded(error.elapsed()),
            retry_after: error.retry_after().map(bounded),
            causes: causes.collect(),
            notes: error.notes().to_vec(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<Error> for TrustedProfileError {
    fn from(error: Error) -> Self {
        Self::of(error.code(), Failure::from(&error))
    }
}

impl fmt::Display for TrustedProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.failure().text)
    }
}

impl std::error::Error for TrustedProfileError {}

/// An argument that cannot be used.
pub(crate) fn invalid(message: impl Into<String>) -> TrustedProfileError {
    Error::new(ErrorCode::InvalidArgument, message).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_has_a_variant_of_its_own() {
        let failures = ErrorCode::ALL.iter().map(|code| TrustedProfileError::from(Error::new(*code, "words")));
        let variants: BTreeSet<String> = failures
            .map(|error| {
                let variant = format!("{error:?}").split(' ').next().unwrap().to_owned();
                assert_eq!(error.failure().code.replace('_', ""), variant.to_lowercase());
                assert_eq!(error.to_string(), format!("{}: words", error.failure().code));
                variant
            })
            .collect();
        assert_eq!(variants.len(), ErrorCode::ALL.len());
    }
}
