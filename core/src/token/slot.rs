//! The state of one step of the chain.

use super::access_token::Stored;
use super::action::Slot;
use super::round::{Live, Round};
use crate::error::Error;
use crate::time::Now;
use std::time::Duration;

/// All slots. A source without a step leaves its slot untouched.
#[derive(Debug, Default)]
pub(super) struct Slots {
    identity: SlotState,
    iam: SlotState,
    assumed: SlotState,
}

impl Slots {
    pub(super) const fn get(&self, slot: Slot) -> &SlotState {
        match slot {
            Slot::Identity => &self.identity,
            Slot::Iam => &self.iam,
            Slot::Assumed => &self.assumed,
        }
    }

    pub(super) const fn get_mut(&mut self, slot: Slot) -> &mut SlotState {
        match slot {
            Slot::Identity => &mut self.identity,
            Slot::Iam => &mut self.iam,
            Slot::Assumed => &mut self.assumed,
        }
    }
}

/// From the first step to the last.
pub(super) const ALL: [Slot; 3] = [Slot::Identity, Slot::Iam, Slot::Assumed];

/// What is known of one step.
#[derive(Debug, Default)]
pub(super) struct SlotState {
    pub(super) token: Option<Stored>,
    pub(super) generation: u64,
    pub(super) round: Option<Round>,
    pub(super) live: Option<Live>,
    pub(super) cooldown: Option<Cooldown>,
    pub(super) refresh: Refresh,
    pub(super) invalidations: Option<Invalidations>,
    pub(super) ever_succeeded: bool,
    pub(super) last_failure: Option<(Now, Error)>,
}

/// A failed round answers newcomers for a while (R7).
#[derive(Debug)]
pub(super) struct Cooldown {
    pub(super) until: Duration,
    pub(super) error: Error,
}

impl Cooldown {
    pub(super) fn holds(&self, now: Now) -> bool {
        now.monotonic < self.until
    }
}

/// The refresh of a token that is still usable.
#[derive(Debug, Default)]
pub(super) struct Refresh {
    /// Somebody was handed a token that is due.
    pub(super) wanted: bool,
    pub(super) not_before: Duration,
    pub(super) failures: u32,
}

/// Invalidations within one window (R8).
#[derive(Debug)]
pub(super) struct Invalidations {
    pub(super) opened: Duration,
    pub(super) count: u32,
}

impl SlotState {
    pub(super) fn usable(&self, now: Now) -> Option<&Stored> {
        self.token.as_ref().filter(|token| token.is_usable(now))
    }

    /// Whether the token should be replaced while it is still usable.
    pub(super) fn is_due(&self, now: Now) -> bool {
        self.token.as_ref().is_some_and(|token| !now.is_before(token.refresh_at)) && now.monotonic >= self.refresh.not_before
    }
}
