//! What happened, for logs and `on_event`.

use super::action::Slot;
use crate::error::Error;
use crate::time::millis;
use serde_json::{Value, json};
use std::time::Duration;

/// Something a program may want to log or count. Holds no secret.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A token was fetched because there was none.
    Fetched {
        /// Which step.
        slot: Slot,
        /// How long the token lives.
        life: Duration,
    },
    /// A token was replaced while it was still usable.
    Refreshed {
        /// Which step.
        slot: Slot,
        /// How long the new token lives.
        life: Duration,
        /// How old the one before was.
        replaced_age: Duration,
    },
    /// A refresh failed; the token before it stays in use.
    RefreshFailed {
        /// Which step.
        slot: Slot,
        /// Why.
        error: Error,
        /// How old the token in use is.
        token_age: Duration,
    },
    /// An attempt failed that would have ended its round but for [`Policy::wait_until_ready`](super::Policy::wait_until_ready):
    /// this machine may still be coming up, and another attempt follows.
    NotReady {
        /// Which step.
        slot: Slot,
        /// Why it failed.
        error: Error,
        /// How long failures are still forgiven.
        remaining: Duration,
    },
    /// A round failed and its callers got the error.
    Failed {
        /// Which step.
        slot: Slot,
        /// Why.
        error: Error,
    },
    /// A token was dropped because a service refused it.
    Invalidated {
        /// Which step.
        slot: Slot,
        /// Its generation.
        generation: u64,
    },
    /// This machine's clock differs from the service's by more than `skew_reported`.
    ClockSkew {
        /// This machine's time minus the service's, in seconds.
        seconds: i64,
    },
}

impl Event {
    /// The event as JSON: `event`, its name such as `refresh_failed`, and its fields; times in milliseconds.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Fetched { slot, life } => json!({ "event": "fetched", "slot": slot.as_str(), "life_ms": millis(*life) }),
            Self::Refreshed { slot, life, replaced_age } => {
                json!({ "event": "refreshed", "slot": slot.as_str(), "life_ms": millis(*life), "replaced_age_ms": millis(*replaced_age) })
            }
            Self::RefreshFailed { slot, error, token_age } => {
                json!({ "event": "refresh_failed", "slot": slot.as_str(), "error": error.to_json(), "token_age_ms": millis(*token_age) })
            }
            Self::NotReady { slot, error, remaining } => {
                json!({ "event": "not_ready", "slot": slot.as_str(), "error": error.to_json(), "remaining_ms": millis(*remaining) })
            }
            Self::Failed { slot, error } => json!({ "event": "failed", "slot": slot.as_str(), "error": error.to_json() }),
            Self::Invalidated { slot, generation } => {
                json!({ "event": "invalidated", "slot": slot.as_str(), "generation": generation })
            }
            Self::ClockSkew { seconds } => json!({ "event": "clock_skew", "seconds": seconds }),
        }
    }
}

/// More than a driver leaves lying; older ones go first.
pub(super) const KEPT: usize = 64;
