//! The token machine: when to fetch, from whom, when to try again, when to refresh, when to give up.
//!
//! # The contract between machine and driver
//!
//! The driver owns the sockets, clocks, files, sleeping and waking; the machine owns every decision.
//! A call for a token goes like this:
//!
//! ```text
//! ticket = Ticket::new()
//! loop:
//!   lock the machine; now = both clocks; action = poll(slot, now, &mut ticket)
//!   Ready(token)   -> unlock; run poll_refresh in a unit of work of its own; return the token
//!   Send(exchange) -> unlock; in a unit of work of its own: send it, lock, handle(..), wake all, unlock
//!   NeedInput(..)  -> the same with the file or callback, and provide(..)
//!   Wait(at_most)  -> begin to wait BEFORE unlocking; then wait, no longer than at_most and the caller's deadline
//!   Failed(error)  -> unlock; raise it
//! ```
//!
//! - A *unit of work* lives as long as its exchange and is detached from any caller's cancellation.
//!   One that fails, or cannot even start, reports a failure by `handle`, for an input as well. One
//!   that is stopped from outside calls [`TokenManager::abandon`]. One that dies silently is noticed
//!   when its lease runs out.
//! - All waiters are woken after every `handle`, `provide`, `abandon`, `invalidate` and `after_fork`.
//! - `at_most` counts from the poll.
//! - A wait is begun before the lock under which `poll` ran is released; otherwise the wake-up of a
//!   fast exchange is lost.
//! - No lock is held across I/O or a callback.
//!
//! ```
//! use std::time::Duration;
//! use trusted_profile_core::token::{Action, ExternalToken, InputReply, Policy, Slot, Source, Ticket, TokenManager};
//! use trusted_profile_core::{Now, Secret};
//!
//! # fn main() -> Result<(), trusted_profile_core::Error> {
//! let mut machine = TokenManager::new(Source::External, Policy::default(), 42)?;
//! let now = Now { monotonic: Duration::from_secs(1), unix: Duration::from_secs(1_790_000_000) };
//! let mut ticket = Ticket::new();
//! let Action::NeedInput { id, .. } = machine.poll(machine.last_slot(), now, &mut ticket) else { unreachable!() };
//! let token = ExternalToken { access_token: Secret::new("abc"), expires_in: Duration::from_secs(3600) };
//! machine.provide(now, id, InputReply::External(Ok(token)));
//! let Action::Ready(token) = machine.poll(machine.last_slot(), now, &mut ticket) else { unreachable!() };
//! assert_eq!(token.expose(), "abc");
//! # Ok(())
//! # }
//! ```
#![deny(clippy::arithmetic_side_effects)]

mod access_token;
mod action;
mod answer;
mod claims;
mod drive;
mod endpoint;
mod event;
mod failure;
mod input;
mod key_set;
mod lost;
mod metadata;
mod options;
mod policy;
mod round;
mod send;
mod slot;
mod source;
mod status;

pub use crate::operation::{Exchange, ExchangeId, Network};
pub use access_token::AccessToken;
pub use action::{Action, ExternalToken, FileProblem, FileRead, Input, InputReply, Slot, Ticket};
pub use claims::UnverifiedClaims;
pub use endpoint::{IamEndpoint, Protocol};
pub use event::Event;
pub use options::SourceOptions;
pub use policy::{Policy, Timeouts};
pub use source::{ApiKey, Assume, Container, DEFAULT_CR_TOKEN_FILES, Iam, Metadata, Source};
pub use status::{SlotStatus, Status};

use crate::error::{Error, Facts};
use crate::random::Random;
use crate::secret::Secret;
use crate::time::{Clamp, Now};
use crate::wire::Scheme;
use access_token::Stored;
use slot::{Invalidations, Slots};
use std::collections::VecDeque;
use std::time::Duration;

/// The machine of one source: a chain of slots, each with its token, its round and its one live
/// exchange. Pure: time comes as an argument, randomness from a seed.
#[derive(Debug)]
pub struct TokenManager {
    source: Source,
    policy: Policy,
    facts: Facts,
    random: Random,
    clock: Clamp,
    slots: Slots,
    next_id: u64,
    /// `auto`: the protocol that worked.
    scheme: Option<Scheme>,
    /// The protocol that worked last, for the program's own metadata reads while `auto` looks again.
    worked: Option<Scheme>,
    /// When the first caller came: `wait_until_ready` counts from there.
    first_poll: Option<Duration>,
    /// This machine's time minus the service's, in seconds, when last seen.
    skew: Option<i64>,
    events: VecDeque<Event>,
}

impl TokenManager {
    /// A machine for `source`.
    ///
    /// `seed` feeds the jitter; give every process its own, so that a fleet spreads out.
    ///
    /// # Errors
    /// `InvalidArgument` names the option or knob that cannot be used; `UnexpectedIdentity` when a
    /// `bearer` token is not of the expected account or profile.
    pub fn new(source: Source, policy: Policy, seed: u64) -> Result<Self, Error> {
        source.validate()?;
        policy.validate()?;
        let mut slots = Slots::default();
        let base = match &source {
            Source::Assume(assume) => &assume.base,
            source => source,
        };
        if let Source::Bearer(token) = base {
            let iam = slots.get_mut(Slot::Iam);
            iam.token = Some(Stored::fixed(Secret::new(source::without_scheme(token.expose())), 1));
            iam.generation = 1;
        }
        let machine = Self {
            source,
            policy,
            facts: Facts::default(),
            random: Random::new(seed),
            clock: Clamp::default(),
            slots,
            next_id: 1,
            scheme: None,
            worked: None,
            first_poll: None,
            skew: None,
            events: VecDeque::new(),
        };
        // A token that is simply there is nobody else's either (R21).
        if let Source::Bearer(token) = &machine.source {
            machine.check_identity(Slot::Iam, &Secret::new(source::without_scheme(token.expose())))?;
        }
        Ok(machine)
    }

    /// Tells the machine what the wrapper knows of its surroundings, for better causes in errors.
    pub fn set_facts(&mut self, facts: Facts) {
        self.facts = facts;
    }

    /// The slot whose token the program is after.
    #[must_use]
    pub const fn last_slot(&self) -> Slot {
        match &self.source {
            Source::Assume(_) => Slot::Assumed,
            _ => Slot::Iam,
        }
    }

    /// The source of the first token of the chain.
    const fn base_source(&self) -> &Source {
        match &self.source {
            Source::Assume(assume) => &assume.base,
            source => source,
        }
    }

    /// The steps of the chain, first to last.
    pub(crate) fn chain(&self) -> impl Iterator<Item = Slot> {
        slot::ALL.into_iter().filter(|slot| self.has(*slot))
    }

    const fn has(&self, slot: Slot) -> bool {
        match slot {
            Slot::Identity => matches!(self.base_source(), Source::VpcInstance(_) | Source::BareMetal(_)),
            Slot::Iam => true,
            Slot::Assumed => matches!(self.source, Source::Assume(_)),
        }
    }

    /// The slot whose token `slot` needs.
    const fn base_of(&self, slot: Slot) -> Option<Slot> {
        match slot {
            Slot::Iam if self.has(Slot::Identity) => Some(Slot::Identity),
            Slot::Assumed => Some(Slot::Iam),
            Slot::Identity | Slot::Iam => None,
        }
    }

    pub(crate) const fn is_metadata(&self, slot: Slot) -> bool {
        match slot {
            Slot::Identity | Slot::Iam => self.has(Slot::Identity),
            Slot::Assumed => false,
        }
    }

    const fn timeouts(&self, slot: Slot) -> Timeouts {
        if self.is_metadata(slot) { self.policy.link_local } else { self.policy.remote }
    }

    /// A service refused the token of `generation`: drop it, unless it was replaced since (R8).
    ///
    /// Within `invalidate_window` a second refusal drops the token it stands on as well, and
    /// further ones change nothing, so that a service that refuses everything causes no storm.
    pub fn invalidate(&mut self, now: Now, slot: Slot, generation: u64) {
        let now = self.begin(now);
        let base = self.base_of(slot);
        let window = self.policy.invalidate_window;
        let state = self.slots.get_mut(slot);
        if state.token.as_ref().map(Stored::generation) != Some(generation) {
            return;
        }
        let recent = state.invalidations.take().filter(|i| now.monotonic.saturating_sub(i.opened) < window);
        let mut window = recent.unwrap_or(Invalidations { opened: now.monotonic, count: 0 });
        window.count = window.count.saturating_add(1);
        let count = window.count;
        state.invalidations = Some(window);
        match (count, base) {
            (1, _) => {}
            // One that cannot be fetched anew is kept: it may be good, and without it all is over.
            (2, Some(base)) => drop(self.slots.get_mut(base).token.take_if(|token| !token.is_fixed())),
            _ => return,
        }
        self.slots.get_mut(slot).token = None;
        self.emit(Event::Invalidated { slot, generation });
    }

    /// Call in a child process after `fork`, before anything else: whatever was under way belongs
    /// to the parent. Tokens stay; `seed` gives the child a jitter of its own.
    pub fn after_fork(&mut self, seed: u64) {
        self.random = Random::new(seed);
        for slot in slot::ALL {
            let state = self.slots.get_mut(slot);
            state.live = None;
            state.round = None;
            if let Some(token) = &mut state.token {
                token.spread(&self.policy, &mut self.random);
            }
        }
    }

    /// The next thing that happened, for logs and `on_event`. Drain it after every call.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Whether [`TokenManager::poll_event`] has something.
    #[must_use]
    pub fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    fn emit(&mut self, event: Event) {
        if self.events.len() >= event::KEPT {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    /// What every call begins with: the clock is clamped, and leases that ran out are given up.
    fn begin(&mut self, now: Now) -> Now {
        let now = self.clock.clamp(now);
        for slot in slot::ALL {
            if let Some(live) = self.slots.get_mut(slot).live.take_if(|live| live.lease <= now.monotonic) {
                self.lease_lost(slot, now, &live.waits_for);
            }
        }
        now
    }
}
