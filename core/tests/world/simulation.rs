//! The world itself: one machine, its driver's clocks and callers, and every exchange it ever asked for.

use super::checks::{Rule, Violation};
use super::clocks::Clocks;
use super::exchanges::Opened;
use super::model::{Bounds, Model};
use super::script::{PolicyChoice, SourceChoice};
use super::sources::{API_KEY, BEARER, CLIENT_SECRET, policy, source};
use super::{answers, script::BaseChoice};
use std::time::Duration;
use trusted_profile_core::token::{Event, Policy};
use trusted_profile_core::{Action, Error, Now, Slot, Ticket, TokenManager};

/// What a run does besides keeping the model.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// Everything printable is searched for secrets.
    pub(crate) watches_secrets: bool,
    /// Steps that must change nothing are left out; only their time passes.
    pub(crate) leaves_out_noise: bool,
    /// Every action is written down in full, secrets included.
    pub(crate) keeps_log: bool,
}

/// A caller with its place in the queue.
#[derive(Debug, Default)]
pub(crate) struct Caller {
    pub(crate) slot: Option<Slot>,
    pub(crate) ticket: Ticket,
    /// The number of the round it is in.
    pub(crate) joined: Option<u64>,
    pub(crate) told_to_wait: Duration,
}

pub(crate) struct World {
    pub(crate) options: Options,
    pub(crate) source: SourceChoice,
    pub(crate) policy: Policy,
    pub(crate) machine: TokenManager,
    pub(crate) clocks: Clocks,
    pub(crate) model: Model,
    pub(crate) callers: [Caller; 4],
    /// Callers that were told of a failure, and of which.
    pub(crate) failed: Vec<(Caller, Error)>,
    pub(crate) exchanges: Vec<Opened>,
    pub(crate) secrets: Vec<String>,
    pub(crate) violations: Vec<Violation>,
    pub(crate) log: Vec<String>,
    pub(crate) calls: u64,
    pub(crate) issued: u64,
    /// `auto`: the service itself answered over http.
    pub(crate) http_worked: bool,
}

impl World {
    pub(crate) fn new(choice: SourceChoice, chosen: &PolicyChoice, seed: u64, options: Options) -> Self {
        let mut policy = policy(chosen);
        if choice.base == BaseChoice::Bearer && !choice.assumed {
            // A token of nobody in particular would be refused from the start.
            policy.expected_account_id = None;
            policy.expected_profile_id = None;
        }
        let machine = TokenManager::new(source(choice), policy.clone(), seed).unwrap_or_else(|e| panic!("{chosen:?}: {e}"));
        let mut world = Self {
            options,
            source: choice,
            policy,
            machine,
            clocks: Clocks::default(),
            model: Model::default(),
            callers: Default::default(),
            failed: Vec::new(),
            exchanges: Vec::new(),
            secrets: Vec::new(),
            violations: Vec::new(),
            log: Vec::new(),
            calls: 0,
            issued: 0,
            http_worked: false,
        };
        for secret in [API_KEY, CLIENT_SECRET, BEARER] {
            world.is_secret(secret);
        }
        for number in 0..3 {
            world.is_secret(&answers::cr_token_text(number));
        }
        if choice.base == BaseChoice::Bearer {
            world.has_bearer();
        }
        world
    }

    /// The source that is nothing but a token of unknown life.
    fn has_bearer(&mut self) {
        let end = Now { monotonic: Duration::MAX, unix: Duration::MAX };
        let iam = self.model.slot_mut(Slot::Iam);
        iam.generation = 1;
        iam.token = Some(super::model::Issued {
            text: BEARER.to_owned(),
            generation: 1,
            sent: Now::default(),
            life: Duration::MAX,
            usable_until: end,
        });
    }

    pub(crate) fn bounds(&self, slot: Slot) -> Bounds {
        let chain = self.source.chain();
        let up_to = chain.iter().position(|s| *s == slot).map_or(chain.len(), |place| place + 1);
        let is_local: Vec<bool> = chain[..up_to].iter().map(|s| self.source.is_link_local(*s)).collect();
        Bounds::new(&self.policy, &is_local)
    }

    pub(crate) fn slot(&self, which: u8) -> Slot {
        let chain = self.source.chain();
        chain[usize::from(which) % chain.len()]
    }

    pub(crate) fn round_budget(&self, slot: Slot) -> Duration {
        if self.source.is_link_local(slot) { self.policy.link_local.round } else { self.policy.remote.round }
    }

    /// Every call of the machine goes through here: leases run out first, then the call, then what
    /// happened is taken into the model.
    pub(crate) fn call<T>(&mut self, call: impl FnOnce(&mut TokenManager, Now) -> T) -> T {
        self.run_out_of_leases();
        self.calls += 1;
        let now = self.clocks.read();
        let result = call(&mut self.machine, now);
        self.take_events();
        result
    }

    /// Does what every call begins with, and nothing else.
    pub(crate) fn tick(&mut self) {
        self.call(|machine, now| machine.invalidate(now, Slot::Iam, u64::MAX));
        self.status_tells(None);
    }

    /// Something that must change nothing but the time.
    pub(crate) fn noise(&mut self, noise: impl FnOnce(&mut TokenManager, Now)) {
        self.tick();
        if self.options.leaves_out_noise {
            return;
        }
        let before = format!("{:?}", self.machine);
        self.call(noise);
        let after = format!("{:?}", self.machine);
        self.require(Rule::NoiseChangesNothing, before == after, || format!("before: {before}\nafter: {after}"));
    }

    fn run_out_of_leases(&mut self) {
        let now = self.clocks.clamped().monotonic;
        for slot in self.source.chain() {
            self.model.slot_mut(slot).live.take_if(|live| live.lease <= now);
        }
    }

    /// Whether the next call finds a lease that has run out.
    pub(crate) fn a_lease_runs_out(&self) -> bool {
        let now = self.clocks.clamped().monotonic;
        self.source.chain().into_iter().any(|slot| self.model.slot(slot).live.is_some_and(|live| live.lease <= now))
    }

    fn take_events(&mut self) {
        while let Some(event) = self.machine.poll_event() {
            self.shown(&event);
            if self.options.keeps_log {
                self.log.push(format!("{event:?}"));
            }
            self.take_event(event);
        }
    }

    fn take_event(&mut self, event: Event) {
        let now = self.clocks.clamped().monotonic;
        let (base, most) = (self.policy.refresh_backoff_base, self.policy.refresh_backoff_max);
        let cooldown = self.policy.cooldown;
        match event {
            Event::Fetched { slot, .. } | Event::Refreshed { slot, .. } => {
                let model = self.model.slot_mut(slot);
                model.cooldown = None;
                model.is_wanted = false;
                model.was_fetched = true;
                model.failed_refreshes = 0;
                model.pause_until = Duration::ZERO;
                model.next_round();
            }
            Event::Failed { slot, error } => {
                self.error_is_shown(&error);
                let model = self.model.slot_mut(slot);
                model.cooldown = Some((now + cooldown, error.clone()));
                model.failures.insert(model.round.number, error);
                model.next_round();
            }
            Event::RefreshFailed { slot, error, .. } => {
                self.error_is_shown(&error);
                let asked = error.retry_after().unwrap_or_default().min(self.policy.retry_after_max);
                let model = self.model.slot_mut(slot);
                model.failed_refreshes += 1;
                let doubled = 2_u32.saturating_pow(model.failed_refreshes - 1);
                model.pause_until = now + base.saturating_mul(doubled).min(most).max(asked);
                model.failures.insert(model.round.number, error);
                model.next_round();
            }
            Event::NotReady { slot, error, remaining } => {
                self.error_is_shown(&error);
                let last = self.source.chain().last().copied().unwrap_or(slot);
                let is_early = !self.model.slot(last).was_fetched && self.model.slot(slot).usable(self.clocks.clamped()).is_none();
                let has_time = Duration::ZERO < remaining && remaining <= self.policy.wait_until_ready;
                let what = || format!("{slot:?} is said not to be ready, for {remaining:?}: {error}");
                self.require(Rule::ForgivenBeforeTheFirstToken, is_early && has_time, what);
            }
            _ => {}
        }
    }

    fn error_is_shown(&mut self, error: &Error) {
        if self.options.watches_secrets {
            self.look_for_secrets(&error.to_string());
            self.shown(&(error, error.service(), error.notes()));
        }
    }

    /// An action in full, for comparing runs.
    pub(crate) fn write_down(&mut self, action: Option<&Action>) {
        if let Some(action) = action {
            self.shown(action);
        }
        if !self.options.keeps_log {
            return;
        }
        let line = match action {
            Some(Action::Ready(token)) => format!("{token:?} {}", token.expose()),
            Some(Action::Send(exchange)) => {
                let request = &exchange.request;
                format!("{exchange:?} {:?} {:?} {:?}", request.headers(), request.body(), exchange.connect_timeout)
            }
            Some(Action::Failed(error)) => format!("{error:?} {error}"),
            other => format!("{other:?}"),
        };
        self.log.push(line);
    }
}
