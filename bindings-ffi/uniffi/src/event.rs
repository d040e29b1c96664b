//! What happened to tokens.

use crate::error::Failure;
use crate::time::bounded;
use crate::token::Slot;
use std::time::Duration;
use trusted_profile_core::token::Event;

/// Something that a program may want to log or count. Holds no secret.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum TokenEvent {
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
        failure: Failure,
        /// How old the token in use is.
        token_age: Duration,
    },
    /// An attempt failed that would have been the last but for `wait_until_ready`: the machine may still be coming up, and
    /// another attempt follows.
    NotReady {
        /// Which step.
        slot: Slot,
        /// Why it failed.
        failure: Failure,
        /// How long failures are still forgiven.
        remaining: Duration,
    },
    /// There is no token, and everybody who waited got the error.
    Failed {
        /// Which step.
        slot: Slot,
        /// Why.
        failure: Failure,
    },
    /// A token was dropped because a service refused it.
    Invalidated {
        /// Which step.
        slot: Slot,
        /// Its generation.
        generation: i64,
    },
    /// This machine's clock differs from the service's.
    ClockSkew {
        /// This machine's time minus the service's, in seconds.
        seconds: i64,
    },
    /// Something that this version has no name for.
    Other,
}

impl From<&Event> for TokenEvent {
    fn from(event: &Event) -> Self {
        match event {
            Event::Fetched { slot, life } => Self::Fetched { slot: (*slot).into(), life: bounded(*life) },
            Event::Refreshed { slot, life, replaced_age } => {
                Self::Refreshed { slot: (*slot).into(), life: bounded(*life), replaced_age: bounded(*replaced_age) }
            }
            Event::RefreshFailed { slot, error, token_age } => {
                Self::RefreshFailed { slot: (*slot).into(), failure: error.into(), token_age: bounded(*token_age) }
            }
            Event::NotReady { slot, error, remaining } => {
                Self::NotReady { slot: (*slot).into(), failure: error.into(), remaining: bounded(*remaining) }
            }
            Event::Failed { slot, error } => Self::Failed { slot: (*slot).into(), failure: error.into() },
            Event::Invalidated { slot, generation } => {
                Self::Invalidated { slot: (*slot).into(), generation: crate::numbers::signed(*generation) }
            }
            Event::ClockSkew { seconds } => Self::ClockSkew { seconds: *seconds },
            _ => Self::Other,
        }
    }
}
