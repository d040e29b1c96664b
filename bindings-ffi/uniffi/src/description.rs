//! What a provider or machine says about itself.

use crate::error::Failure;
use crate::numbers::signed;
use crate::time::Now;
use crate::token::Slot;
use std::fmt;
use trusted_profile_core::token;

/// Which source a provider uses and why, and how it is doing. Holds no secret; as text, it is for people.
#[derive(Clone, Debug, uniffi::Record)]
#[uniffi::export(Display)]
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
    /// All of it, for people.
    pub text: String,
}

/// Where an option was found.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Setting {
    /// The option.
    pub option: String,
    /// The variable, or file and line.
    pub origin: String,
}

/// What a machine knows. Holds no secret.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Status {
    /// The source with its options, in one line.
    pub source: String,
    /// The steps of the chain, first to last.
    pub slots: Vec<SlotStatus>,
    /// The protocol of the metadata service that worked, where it was left to `auto`: `http` or `https`.
    pub protocol: Option<String>,
    /// This machine's time minus the service's, in seconds, when last seen.
    pub clock_skew_seconds: Option<i64>,
}

/// One step of the chain.
#[derive(Clone, Debug, uniffi::Record)]
pub struct SlotStatus {
    /// Which step.
    pub slot: Slot,
    /// How many tokens it has had.
    pub generation: i64,
    /// Until when its token is usable, if it has one.
    pub usable_until: Option<Now>,
    /// From when on it is refreshed, if it has one.
    pub refresh_at: Option<Now>,
    /// Whether a token is being fetched.
    pub fetching: bool,
    /// How many refreshes failed in a row.
    pub failed_refreshes: i64,
    /// The last failure.
    pub last_failure: Option<LastFailure>,
}

/// A failure and when it was.
#[derive(Clone, Debug, uniffi::Record)]
pub struct LastFailure {
    /// When it was.
    pub at: Now,
    /// What it was.
    pub failure: Failure,
}

impl From<trusted_profile::Description> for Description {
    fn from(described: trusted_profile::Description) -> Self {
        let text = described.to_string();
        let settings = described.settings.into_iter().map(|found| Setting { option: found.option.to_string(), origin: found.origin });
        Self {
            source: described.source,
            reason: described.reason,
            settings: settings.collect(),
            passed_over: described.passed_over,
            status: described.status.into(),
            text,
        }
    }
}

impl From<token::Status> for Status {
    fn from(status: token::Status) -> Self {
        Self {
            source: status.source,
            slots: status.slots.into_iter().map(SlotStatus::from).collect(),
            protocol: status.protocol.map(|protocol| protocol.as_str().to_owned()),
            clock_skew_seconds: status.clock_skew_seconds,
        }
    }
}

impl From<token::SlotStatus> for SlotStatus {
    fn from(status: token::SlotStatus) -> Self {
        let last_failure = status.last_failure.map(|(at, error)| LastFailure { at: at.into(), failure: Failure::from(&error) });
        Self {
            slot: status.slot.into(),
            generation: signed(status.generation),
            usable_until: status.usable_until.map(Now::from),
            refresh_at: status.refresh_at.map(Now::from),
            fetching: status.fetching,
            failed_refreshes: i64::from(status.failed_refreshes),
            last_failure,
        }
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
