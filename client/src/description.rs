//! What a provider says about itself.

use crate::clocks;
use std::fmt;
use trusted_profile_core::Now;
use trusted_profile_core::token::Status;

/// Which source a provider uses and why, and how it is doing. `Display` is for people.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Description {
    /// The source with its options.
    pub source: String,
    /// Why this source.
    pub reason: String,
    /// The sources that were considered and passed over, each with the reason.
    pub passed_over: Vec<String>,
    /// Tokens, failures and clocks.
    pub status: Status,
    at: Now,
}

impl Description {
    pub(crate) fn new(status: Status) -> Self {
        Self {
            source: status.source.clone(),
            reason: "the program named it".to_owned(),
            passed_over: Vec::new(),
            status,
            at: clocks::now(),
        }
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.source, self.reason)?;
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
