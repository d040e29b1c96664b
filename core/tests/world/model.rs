//! What the machine is held to, kept apart from it: the tokens that were issued, how long they are
//! good for, and which rounds failed with what.

use std::collections::BTreeMap;
use std::time::Duration;
use trusted_profile_core::token::Policy;
use trusted_profile_core::{Error, Now, Slot};

/// A token as the rules have it: life counts from when it was asked for, on both clocks (R4, R10).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Issued {
    pub(crate) text: String,
    pub(crate) generation: u64,
    pub(crate) sent: Now,
    pub(crate) life: Duration,
    pub(crate) usable_until: Now,
}

impl Issued {
    pub(crate) fn new(text: String, generation: u64, sent: Now, life: Duration, policy: &Policy) -> Self {
        let margin = policy.margin_max.min(life / 10);
        Self { text, generation, sent, life, usable_until: sent.plus(life.saturating_sub(margin)) }
    }

    pub(crate) fn is_usable(&self, now: Now) -> bool {
        now.monotonic < self.usable_until.monotonic && now.unix < self.usable_until.unix
    }
}

/// The one thing a slot waits for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Live {
    /// Its place in the world's list of exchanges.
    pub(crate) exchange: usize,
    pub(crate) lease: Duration,
}

/// What is known of one slot.
#[derive(Debug, Default)]
pub(crate) struct SlotModel {
    pub(crate) token: Option<Issued>,
    pub(crate) generation: u64,
    /// That it has had a token was told.
    pub(crate) was_fetched: bool,
    pub(crate) live: Option<Live>,
    /// When the window opened, and how many invalidations it has seen.
    pub(crate) invalidations: Option<(Duration, u32)>,
    /// Until when a failed round answers newcomers, and with what.
    pub(crate) cooldown: Option<(Duration, Error)>,
    pub(crate) round: RoundModel,
    /// How every failed round ended.
    pub(crate) failures: BTreeMap<u64, Error>,
    /// Somebody was handed a token that is due.
    pub(crate) is_wanted: bool,
    pub(crate) pause_until: Duration,
    pub(crate) failed_refreshes: u32,
}

/// The round that is live, or the next one.
#[derive(Clone, Debug, Default)]
pub(crate) struct RoundModel {
    pub(crate) number: u64,
    pub(crate) started: Option<Duration>,
    /// Exchanges sent, without those that the driver gave up.
    pub(crate) sent: u32,
    pub(crate) files_asked: u32,
    /// Somebody waits for it.
    pub(crate) is_awaited: bool,
    /// https could not connect in this round.
    pub(crate) https_not_connected: bool,
}

impl SlotModel {
    pub(crate) fn usable(&self, now: Now) -> Option<&Issued> {
        self.token.as_ref().filter(|token| token.is_usable(now))
    }

    pub(crate) fn next_round(&mut self) {
        self.round = RoundModel { number: self.round.number + 1, ..RoundModel::default() };
    }

    /// R8: whether this invalidation counts, and whether it takes the base token along.
    pub(crate) fn invalidated(&mut self, now: Duration, window: Duration) -> (bool, bool) {
        let (opened, count) = match self.invalidations {
            Some((opened, count)) if now.saturating_sub(opened) < window => (opened, count + 1),
            _ => (now, 1),
        };
        self.invalidations = Some((opened, count));
        (count == 1, count == 2)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Model {
    identity: SlotModel,
    iam: SlotModel,
    assumed: SlotModel,
}

impl Model {
    pub(crate) const fn slot(&self, slot: Slot) -> &SlotModel {
        match slot {
            Slot::Identity => &self.identity,
            Slot::Iam => &self.iam,
            Slot::Assumed => &self.assumed,
        }
    }

    pub(crate) const fn slot_mut(&mut self, slot: Slot) -> &mut SlotModel {
        match slot {
            Slot::Identity => &mut self.identity,
            Slot::Iam => &mut self.iam,
            Slot::Assumed => &mut self.assumed,
        }
    }
}

/// The numbers that follow from a policy.
pub(crate) struct Bounds {
    /// No wait is longer.
    pub(crate) wait: Duration,
    /// A caller that does what it is told has its answer by then, counted from its first poll.
    pub(crate) answer: Duration,
}

impl Bounds {
    /// `chain`: the slots up to the one that is asked for, each with whether it is link-local.
    pub(crate) fn new(policy: &Policy, chain: &[bool]) -> Self {
        let times = |is_link_local: bool| if is_link_local { policy.link_local } else { policy.remote };
        let attempt = chain.iter().map(|local| times(*local).attempt).max().unwrap_or_default();
        let round = chain.last().map(|local| times(*local).round).unwrap_or_default();
        let lease = (attempt + policy.lease_grace).max(policy.input_lease);
        Self {
            wait: lease.max(policy.backoff_max).max(policy.retry_after_max),
            answer: round.max(policy.wait_until_ready) + policy.lease_grace.max(policy.input_lease),
        }
    }
}
