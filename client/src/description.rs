//! What a provider says about itself.

use crate::clocks;
use serde_json::{Value, json};
use std::fmt;
use trusted_profile_core::Now;
use trusted_profile_core::config::{Configuration, Setting};
use trusted_profile_core::token::Status;

/// Which source a provider uses and why, and how it is doing. `Display` is for people.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Description {
    /// The source with its options.
    pub source: String,
    /// Why this source.
    pub reason: String,
    /// Where each option comes from, if it was found in the program's surroundings.
    pub settings: Vec<Setting>,
    /// What was found and not used, each with the reason.
    pub passed_over: Vec<String>,
    /// Tokens, failures and clocks.
    pub status: Status,
    at: Now,
}

/// Why a provider has the source it has.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    reason: String,
    settings: Vec<Setting>,
    passed_over: Vec<String>,
}

impl Default for Choice {
    fn default() -> Self {
        Self { reason: "the program named it".to_owned(), settings: Vec::new(), passed_over: Vec::new() }
    }
}

impl Choice {
    #[cfg(feature = "doctor")]
    pub(crate) fn reason(&self) -> &str {
        &self.reason
    }

    /// Where the options come from, and what was passed over.
    #[cfg(feature = "doctor")]
    pub(crate) fn remarks(&self) -> impl Iterator<Item = String> {
        let settings = self.settings.iter().map(|Setting { option, origin, .. }| format!("{option}: {origin}"));
        settings.chain(self.passed_over.iter().map(|other| format!("passed over: {other}")))
    }

    pub(crate) fn of(configuration: &Configuration) -> Self {
        let Configuration { reason, settings, passed_over, .. } = configuration.clone();
        Self { reason, settings, passed_over }
    }
}

impl Description {
    pub(crate) fn new(choice: &Choice, status: Status) -> Self {
        let Choice { reason, settings, passed_over } = choice.clone();
        Self { source: status.source.clone(), reason, settings, passed_over, status, at: clocks::now() }
    }
}

impl Description {
    /// The description as JSON: `source`, `reason`, `settings` with their `option` and `origin`,
    /// `passed_over`, and the members of the status.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let settings: Value = self.settings.iter().map(|setting| json!({ "option": setting.option, "origin": setting.origin })).collect();
        let mut shown = self.status.to_json();
        if let Some(members) = shown.as_object_mut() {
            members.insert("reason".into(), json!(self.reason));
            members.insert("settings".into(), settings);
            members.insert("passed_over".into(), json!(self.passed_over));
        }
        shown
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.source, self.reason)?;
        for Setting { option, origin, .. } in &self.settings {
            write!(f, "\n  {option}: {origin}")?;
        }
        for other in &self.passed_over {
            write!(f, "\n  passed over: {other}")?;
        }
        for slot in &self.status.slots {
            let token = match slot.usable_until {
                Some(end) if self.at.is_before(end) => "has a token",
                Some(_) => "its token has ended",
                None => "no token",
            };
            write!(f, "\n  {:?}: {token}, generation {}", slot.slot, slot.generation)?;
            if let Some((_, error)) = &slot.last_failure {
                write!(f, "; last failure: {}: {}", error.code().as_str(), error.message())?;
            }
        }
        match self.status.clock_skew_seconds {
            Some(seconds) => write!(f, "\n  clock: {seconds} s from the service's"),
            None => Ok(()),
        }
    }
}
