//! What happened, for logs and `on_event`.

use super::action::Slot;
use crate::error::Error;
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

/// More than a driver leaves lying; older ones go first.
pub(super) const KEPT: usize = 64;
