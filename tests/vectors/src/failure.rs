//! What an error has to look like. Used by scripts and by operations.

use crate::shown::millis;
use crate::{same, same_if_given};
use serde::Deserialize;
use trusted_profile_core::Error;

/// Parts of an error; what is not given is not looked at.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// Its code.
    pub code: String,
    /// The HTTP status; zero means that there is none.
    #[serde(default)]
    pub status: Option<u16>,
    /// The service's own code.
    #[serde(default)]
    pub service_code: Option<String>,
    /// The service's own message.
    #[serde(default)]
    pub service_message: Option<String>,
    /// The id that support asks for.
    #[serde(default)]
    pub trace: Option<String>,
    /// How many requests the round sent for this step.
    #[serde(default)]
    pub attempts: Option<u32>,
    /// How long the round took, in milliseconds.
    #[serde(default)]
    pub elapsed: Option<u64>,
    /// Whether it may pass by itself.
    #[serde(default)]
    pub transient: Option<bool>,
    /// What the service asked for, in milliseconds; zero means nothing.
    #[serde(default)]
    pub retry_after: Option<u64>,
    /// Texts of its message.
    #[serde(default)]
    pub message_contains: Vec<String>,
    /// A text of its first cause.
    #[serde(default)]
    pub causes_first_contains: Option<String>,
    /// Texts that some cause, with its fix, holds.
    #[serde(default)]
    pub causes_contain: Vec<String>,
    /// Texts that some note holds.
    #[serde(default)]
    pub notes_contain: Vec<String>,
    /// Texts that the whole rendered error holds.
    #[serde(default)]
    pub contains: Vec<String>,
    /// Texts that it must not hold.
    #[serde(default)]
    pub not_contains: Vec<String>,
}

impl Failure {
    /// Compares.
    ///
    /// # Errors
    /// The first difference, along with the whole error.
    pub fn check(&self, error: &Error) -> Result<(), String> {
        self.compare(error).map_err(|difference| format!("{difference}\n  in: {error}"))
    }

    fn compare(&self, error: &Error) -> Result<(), String> {
        same("code", &self.code.as_str(), &error.code().as_str())?;
        same_if_given("status", self.status.as_ref(), &error.status().unwrap_or(0))?;
        let service = error.service().cloned().unwrap_or_default();
        same_if_given("service_code", self.service_code.as_ref(), &service.code.unwrap_or_default())?;
        same_if_given("service_message", self.service_message.as_ref(), &service.message.unwrap_or_default())?;
        same_if_given("trace", self.trace.as_ref(), &service.trace.unwrap_or_default())?;
        same_if_given("attempts", self.attempts.as_ref(), &error.attempts())?;
        same_if_given("elapsed", self.elapsed.as_ref(), &millis(error.elapsed()))?;
        same_if_given("transient", self.transient.as_ref(), &error.is_transient())?;
        same_if_given("retry_after", self.retry_after.as_ref(), &error.retry_after().map_or(0, millis))?;
        let causes: Vec<String> = error.causes().iter().map(|cause| format!("{}: {}", cause.cause, cause.fix)).collect();
        let first = causes.first().cloned().unwrap_or_default();
        let shown = error.to_string();
        all_in("message", &self.message_contains, &[error.message().to_owned()])?;
        all_in("first cause", self.causes_first_contains.as_slice(), &[first])?;
        all_in("causes", &self.causes_contain, &causes)?;
        all_in("notes", &self.notes_contain, error.notes())?;
        match self.not_contains.iter().find(|text| shown.contains(text.as_str())) {
            Some(text) => Err(format!("{text:?} must not be in the error")),
            None => all_in("error", &self.contains, &[shown]),
        }
    }
}

/// Every wanted text is in one of the texts.
fn all_in(what: &str, wanted: &[String], texts: &[String]) -> Result<(), String> {
    match wanted.iter().find(|wanted| !texts.iter().any(|text| text.contains(wanted.as_str()))) {
        Some(missing) => Err(format!("{what}: {missing:?} is missing")),
        None => Ok(()),
    }
}
