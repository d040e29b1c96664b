//! What the machine knows, for logs and doctors.

use super::TokenManager;
use super::access_token::Stored;
use super::action::Slot;
use crate::error::Error;
use crate::time::{Now, millis};
use crate::wire::Scheme;
use serde_json::{Value, json};
use std::time::Duration;

/// A snapshot. Holds no secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Status {
    /// The source with its options, in one line.
    pub source: String,
    /// The steps of the chain, first to last.
    pub slots: Vec<SlotStatus>,
    /// The protocol of the metadata service that worked, where it was left to `auto`.
    pub protocol: Option<Scheme>,
    /// This machine's time minus the service's, in seconds, when last seen.
    pub clock_skew_seconds: Option<i64>,
}

/// One step of the chain.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SlotStatus {
    /// Which step.
    pub slot: Slot,
    /// How many tokens it has had.
    pub generation: u64,
    /// Until when its token is usable, if it has one.
    pub usable_until: Option<Now>,
    /// From when it is refreshed, if it has one.
    pub refresh_at: Option<Now>,
    /// Whether a round is live.
    pub fetching: bool,
    /// How many refreshes failed in a row.
    pub failed_refreshes: u32,
    /// The last failure and when it was.
    pub last_failure: Option<(Now, Error)>,
}

impl Status {
    /// The status as JSON: `source`, `slots`, `protocol`, `clock_skew_seconds`. Instants are in
    /// milliseconds of both clocks, or null where there is no token; `"never"` is a token of unknown life.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let slots: Vec<Value> = self.slots.iter().map(SlotStatus::to_json).collect();
        json!({
            "source": self.source, "slots": slots, "protocol": self.protocol.map(Scheme::as_str),
            "clock_skew_seconds": self.clock_skew_seconds,
        })
    }
}

impl SlotStatus {
    fn to_json(&self) -> Value {
        let failure = self.last_failure.as_ref().map(|(at, error)| json!({ "at": instant(*at), "error": error.to_json() }));
        json!({
            "slot": self.slot.as_str(), "generation": self.generation, "usable_until": self.usable_until.map(instant),
            "refresh_at": self.refresh_at.map(instant), "fetching": self.fetching, "failed_refreshes": self.failed_refreshes,
            "last_failure": failure,
        })
    }
}

fn instant(at: Now) -> Value {
    if at.monotonic == Duration::MAX {
        return json!("never");
    }
    json!({ "monotonic_ms": millis(at.monotonic), "unix_ms": millis(at.unix) })
}

impl TokenManager {
    /// A snapshot of what the machine knows.
    #[must_use]
    pub fn status(&self) -> Status {
        Status {
            source: self.source.to_string(),
            slots: self.chain().map(|slot| self.slot_status(slot)).collect(),
            protocol: self.scheme,
            clock_skew_seconds: self.skew,
        }
    }

    fn slot_status(&self, slot: Slot) -> SlotStatus {
        let state = self.slots.get(slot);
        SlotStatus {
            slot,
            generation: state.generation,
            usable_until: state.token.as_ref().map(Stored::usable_until),
            refresh_at: state.token.as_ref().map(|token| token.refresh_at),
            fetching: state.round.is_some(),
            failed_refreshes: state.refresh.failures,
            last_failure: state.last_failure.clone(),
        }
    }
}
