//! The rules that every step of a script is checked against, and how a breach is noted.

use super::simulation::World;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::time::Duration;
use trusted_profile_core::{Action, Now, Slot};

/// What a test can hold a script to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    OneLiveExchange,
    ReadyIsUsable,
    NeverBlocked,
    WaitsAreBounded,
    CallersAreAnswered,
    OneRoundForAll,
    ExchangesAreBounded,
    NoiseChangesNothing,
    CooldownHasNoTraffic,
    RefreshInItsWindow,
    StatusTells,
    ChainPresentsUsableTokens,
    HttpOnlyAfterTcpFailure,
    NothingSecretIsShown,
    ForgivenBeforeTheFirstToken,
}

/// What a volunteer may expect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) may: bool,
    pub(crate) must: bool,
}

/// One breach.
#[derive(Clone, Debug)]
pub(crate) struct Violation {
    pub(crate) rule: Rule,
    pub(crate) what: String,
}

impl World {
    pub(crate) fn require(&mut self, rule: Rule, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.violations.push(Violation { rule, what: format!("after {} calls: {}", self.calls, what()) });
        }
    }

    /// Notes what anybody may print, and looks for secrets in it.
    pub(crate) fn shown(&mut self, thing: &impl fmt::Debug) {
        if self.options.watches_secrets {
            let text = format!("{thing:?}");
            self.look_for_secrets(&text);
        }
    }

    pub(crate) fn look_for_secrets(&mut self, text: &str) {
        // The credentials, and the tokens that the machine may still hold.
        let (given, issued) = self.secrets.split_at(self.secrets.len().min(12));
        let recent = issued.split_at(issued.len().saturating_sub(30)).1;
        let found = given.iter().chain(recent).find(|secret| text.contains(secret.as_str())).cloned();
        self.require(Rule::NothingSecretIsShown, found.is_none(), || format!("{found:?} in {text}"));
    }

    pub(crate) fn is_secret(&mut self, text: &str) {
        if self.options.watches_secrets {
            self.secrets.extend([text.to_owned(), STANDARD.encode(text)]);
        }
    }

    pub(crate) fn wait_is_bounded(&mut self, slot: Slot, at_most: Duration) {
        let most = self.bounds(slot).wait;
        self.require(Rule::WaitsAreBounded, at_most > Duration::ZERO && at_most <= most, || {
            format!("{slot:?} waits {at_most:?}, and {most:?} is the most")
        });
    }

    /// What the machine says of itself is what the model expects. `may_drop`: a service has just
    /// refused the token of this slot.
    pub(crate) fn status_tells(&mut self, may_drop: Option<Slot>) {
        let status = self.machine.status();
        self.shown(&status);
        let now = self.clocks.clamped();
        for told in &status.slots {
            let model = self.model.slot_mut(told.slot);
            if may_drop == Some(told.slot) && told.usable_until.is_none() {
                model.token = None;
            }
            match (told.fetching, model.round.started) {
                (true, None) => model.round.started = Some(now.monotonic),
                // Given up without a word, as a fork does.
                (false, Some(_)) => model.next_round(),
                _ => {}
            }
            let expected = (model.generation, model.token.as_ref().map(|token| token.usable_until), model.failed_refreshes);
            let found = (told.generation, told.usable_until, told.failed_refreshes);
            self.require(Rule::StatusTells, expected == found, || format!("{:?}: expected {expected:?}, told {found:?}", told.slot));
        }
    }

    /// R2, R5: a volunteer gets work when a token that was handed out is due, and only then; not
    /// while a pause lasts.
    pub(crate) fn refresh_is_due(&mut self, before: &Wanted, work: Option<&Action>) {
        let is_work = matches!(work, None | Some(Action::Send(_) | Action::NeedInput { .. }));
        self.require(Rule::RefreshInItsWindow, is_work, || format!("a volunteer got {work:?}"));
        self.require(Rule::RefreshInItsWindow, work.is_none() || before.may, || format!("nothing was due: {work:?}"));
        self.require(Rule::RefreshInItsWindow, work.is_some() || !before.must, || "a token is due and nobody refreshes it".to_owned());
    }

    /// Whether a volunteer may, or must, get work now.
    pub(crate) fn wanted(&self) -> Wanted {
        let now = self.clocks.clamped();
        let is_fetching = self.machine.status().slots.iter().any(|told| told.fetching) || self.a_lease_runs_out();
        let due: Vec<Slot> = self.source.chain().into_iter().filter(|slot| self.is_due(*slot, now)).collect();
        let has_base = |slot: Slot| self.source.base_of(slot).is_none_or(|base| self.model.slot(base).usable(now).is_some());
        let must = !is_fetching && due.iter().any(|slot| self.model.slot(*slot).is_wanted && has_base(*slot));
        Wanted { may: is_fetching || !due.is_empty(), must }
    }

    pub(crate) fn is_due(&self, slot: Slot, now: Now) -> bool {
        let told = self.machine.status().slots.into_iter().find(|told| told.slot == slot);
        let model = self.model.slot(slot);
        let reached = told.and_then(|told| told.refresh_at).is_some_and(|at| !now.is_before(at));
        reached && model.usable(now).is_some() && now.monotonic >= model.pause_until
    }
}
