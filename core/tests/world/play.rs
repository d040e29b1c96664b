//! Plays a script: every step becomes calls of the machine, and every action is checked.

use super::answers::{self, Meaning};
use super::checks::Rule;
use super::script::{Answer, BaseChoice, Generation, Noise, Script, Step};
use super::simulation::{Caller, Options, World};
use std::time::Duration;
use trusted_profile_core::token::{ExchangeId, ExternalToken, InputReply};
use trusted_profile_core::{AccessToken, Action, Error, Now, Secret, Slot, TokenManager};

/// A whole script in a world of its own.
pub(crate) fn play(script: &Script, options: Options) -> World {
    let mut world = World::new(script.source, &script.policy, script.seed, options);
    for step in &script.steps {
        world.step(step);
    }
    world
}

impl World {
    pub(crate) fn step(&mut self, step: &Step) {
        match step {
            Step::Poll { caller, slot } => self.poll_as(usize::from(*caller) % self.callers.len(), *slot),
            Step::PollAgain { which } => self.poll_again(usize::from(*which)),
            Step::WaitAndPoll { caller } => {
                let caller = usize::from(*caller) % self.callers.len();
                self.clocks.wait(self.callers[caller].told_to_wait);
                self.poll_as(caller, 0);
            }
            Step::Refresh => drop(self.refresh()),
            Step::Report { which, answer, files } => self.report(*which, answer, *files),
            Step::Abandon { which } => self.abandon(*which),
            Step::Invalidate { slot, generation } => self.invalidate(self.slot(*slot), *generation),
            Step::Fork { seed } => self.fork(*seed),
            Step::Pass { millis } => self.clocks.pass(Duration::from_millis(u64::from(*millis))),
            Step::SetUnix { seconds } => self.clocks.set_unix(i64::from(*seconds)),
            Step::MonotonicBack { millis } => self.clocks.step_back(Duration::from_millis(u64::from(*millis))),
            Step::Noise(noise) => self.make_noise(noise),
        }
        if self.options.watches_secrets {
            let state = format!("{:?}", self.machine);
            self.look_for_secrets(&state);
        }
    }

    fn poll_as(&mut self, caller: usize, slot: u8) {
        let mut asking = std::mem::take(&mut self.callers[caller]);
        let slot = *asking.slot.get_or_insert(self.slot(slot));
        let action = self.poll(slot, &mut asking);
        match action {
            Action::Ready(_) => {}
            Action::Failed(error) => {
                // Only of one that joined a round is it certain that its ticket knows the failure.
                let is_known = asking.joined.is_some_and(|round| self.model.slot(slot).failures.get(&round) == Some(&error));
                if is_known {
                    self.failed.push((asking, error));
                }
            }
            Action::Wait { at_most } => {
                asking.told_to_wait = at_most;
                self.callers[caller] = asking;
            }
            _ => {
                asking.told_to_wait = Duration::ZERO;
                self.callers[caller] = asking;
            }
        }
    }

    /// One `poll` with all that is known before and after it.
    pub(crate) fn poll(&mut self, slot: Slot, caller: &mut Caller) -> Action {
        self.forget_rounds_that_are_over(slot, Some(caller));
        let now = self.clocks.clamped();
        let usable = self.model.slot(slot).usable(now).cloned();
        let newcomer = self.what_a_newcomer_gets(slot, caller);
        let action = self.call(|machine, now| machine.poll(slot, now, &mut caller.ticket));
        self.write_down(Some(&action));
        self.status_tells(None);
        let is_ready = matches!(action, Action::Ready(_));
        self.require(Rule::NeverBlocked, usable.is_none() || is_ready, || format!("{slot:?} has {usable:?} and got {action:?}"));
        match (&action, newcomer) {
            (Action::Failed(error), Newcomer::CoolsDown(expected)) => {
                self.require(Rule::CooldownHasNoTraffic, *error == expected, || format!("{slot:?}: {error:?}, not {expected:?}"));
            }
            (_, Newcomer::CoolsDown(expected)) => {
                self.require(Rule::CooldownHasNoTraffic, is_ready, || format!("{slot:?}: {action:?} in the cooldown of {expected:?}"));
            }
            (_, Newcomer::Starts) => {
                let starts = is_ready || matches!(action, Action::Send(_) | Action::NeedInput { .. });
                self.require(Rule::CallersAreAnswered, starts, || format!("{slot:?}: a newcomer got {action:?}"));
            }
            (_, Newcomer::Anything) => {}
        }
        self.got(slot, caller, &action, usable.is_some());
        action
    }

    fn got(&mut self, slot: Slot, caller: &mut Caller, action: &Action, was_usable: bool) {
        let known = caller.joined.and_then(|round| self.model.slot(slot).failures.get(&round).cloned());
        match action {
            Action::Ready(token) => return self.got_token(slot, token),
            Action::Failed(error) => return self.got_failure(slot, caller, error, known),
            Action::Wait { at_most } => self.wait_is_bounded(slot, *at_most),
            work => self.opened(work),
        }
        self.require(Rule::OneRoundForAll, known.is_none() || was_usable, || format!("{slot:?}: {action:?} after {known:?}"));
        caller.joined = Some(self.model.slot(slot).round.number);
        for step in self.source.chain().into_iter().filter(|step| *step <= slot) {
            self.model.slot_mut(step).round.is_awaited = true;
        }
    }

    fn got_token(&mut self, slot: Slot, token: &AccessToken) {
        let now = self.clocks.clamped();
        let model = self.model.slot(slot);
        let issued = model.usable(now).cloned();
        let pause = model.pause_until.saturating_sub(now.monotonic);
        if self.is_due(slot, now) {
            self.model.slot_mut(slot).is_wanted = true;
        }
        let found = (token.expose().to_owned(), token.generation(), token.usable_until());
        let expected = issued.clone().map(|issued| (issued.text, issued.generation, issued.usable_until));
        self.require(Rule::ReadyIsUsable, expected.as_ref() == Some(&found), || format!("{slot:?}: {found:?}, not {expected:?}"));
        let Some(issued) = issued.filter(|_| self.source.base != BaseChoice::Bearer || slot != Slot::Iam) else { return };
        // Whoever compares only this never uses a token past its end.
        let end = issued.usable_until;
        let part = |part: f64| {
            let after = Duration::try_from_secs_f64(issued.life.as_secs_f64() * part.max(0.0)).unwrap_or(issued.life);
            issued.sent.plus(after).or_earlier(end)
        };
        let at = token.refresh_at();
        let (early, late) = (part(self.policy.refresh_at - self.policy.refresh_jitter - 1e-9), part(self.policy.refresh_at + 1e-9));
        let in_window = early.monotonic <= at.monotonic && at.monotonic <= late.monotonic;
        let is_paused = at == now.plus(pause).or_earlier(end) && pause > Duration::ZERO;
        self.require(Rule::RefreshInItsWindow, in_window || is_paused, || format!("{slot:?}: {at:?} for {issued:?} at {now:?}"));
    }

    fn got_failure(&mut self, slot: Slot, caller: &Caller, error: &Error, known: Option<Error>) {
        let expected = match (known, caller.joined) {
            (Some(error), _) => Some(error),
            // A round that ended unseen, because nobody asked until its time was up.
            (None, Some(_)) => None,
            (None, None) => self.model.slot(slot).cooldown.as_ref().map(|(_, error)| error.clone()),
        };
        let fits = expected.as_ref().is_none_or(|expected| expected == error);
        self.require(Rule::OneRoundForAll, fits, || format!("{slot:?}: {error:?}, not {expected:?}"));
    }

    /// R3: a round without a live exchange past its time is over; the next to ask starts another.
    /// Where it is not certain that the machine has forgotten it too, less is checked.
    fn forget_rounds_that_are_over(&mut self, slot: Slot, caller: Option<&Caller>) {
        let now = self.clocks.clamped().monotonic;
        for step in self.source.chain().into_iter().filter(|step| *step <= slot) {
            let budget = self.round_budget(step);
            let model = self.model.slot_mut(step);
            let is_late = model.round.started.is_some_and(|started| started + budget <= now);
            let has_live = model.live.is_some_and(|live| live.lease > now);
            let is_member = step == slot && caller.is_some_and(|caller| caller.joined == Some(model.round.number));
            if is_late && !has_live && !is_member {
                let https_not_connected = model.round.https_not_connected;
                model.next_round();
                model.round.https_not_connected = https_not_connected;
            }
        }
    }

    /// R7: in the cooldown the same error and no traffic, after it a new round.
    fn what_a_newcomer_gets(&self, slot: Slot, caller: &Caller) -> Newcomer {
        let now = self.clocks.clamped();
        let model = self.model.slot(slot);
        let is_fetching = self.machine.status().slots.iter().any(|told| told.slot == slot && told.fetching);
        if caller.joined.is_some() || is_fetching || model.usable(now).is_some() || self.a_lease_runs_out() {
            return Newcomer::Anything;
        }
        if let Some((_, error)) = model.cooldown.as_ref().filter(|(until, _)| now.monotonic < *until) {
            return Newcomer::CoolsDown(error.clone());
        }
        let has_base = self.source.base_of(slot).is_none_or(|base| self.model.slot(base).usable(now).is_some());
        let is_bearer = self.source.base == BaseChoice::Bearer && slot == Slot::Iam;
        if has_base && !is_bearer { Newcomer::Starts } else { Newcomer::Anything }
    }

    fn poll_again(&mut self, which: usize) {
        if self.failed.is_empty() {
            return;
        }
        let which = which % self.failed.len();
        let (mut caller, error) = self.failed.swap_remove(which);
        let slot = caller.slot.unwrap();
        let again = self.poll(slot, &mut caller);
        let fits = match &again {
            Action::Failed(found) => *found == error,
            other => matches!(other, Action::Ready(_)),
        };
        self.require(Rule::OneRoundForAll, fits, || format!("{slot:?}: asked again after {error:?} and got {again:?}"));
        self.failed.push((caller, error));
    }

    pub(crate) fn refresh(&mut self) -> Option<Action> {
        let wanted = self.wanted();
        self.forget_rounds_that_are_over(self.machine.last_slot(), None);
        let work = self.call(TokenManager::poll_refresh);
        self.write_down(work.as_ref());
        self.refresh_is_due(&wanted, work.as_ref());
        if let Some(work) = &work {
            self.opened(work);
        }
        self.status_tells(None);
        work
    }

    fn abandon(&mut self, which: u8) {
        let Some(place) = self.open(which) else { return };
        self.exchanges[place].is_reported = true;
        let opened = self.exchanges[place].clone();
        let now = self.clocks.clamped().monotonic;
        let model = self.model.slot_mut(opened.slot);
        if model.live.is_none_or(|live| live.exchange != place || live.lease <= now) {
            return self.noise(|machine, now| machine.abandon(now, opened.id));
        }
        model.live = None;
        if !matches!(opened.asked, super::exchanges::Asked::Files { .. }) {
            model.round.sent = model.round.sent.saturating_sub(1);
        }
        self.call(|machine, now| machine.abandon(now, opened.id));
        self.status_tells(None);
    }

    /// R8.
    pub(crate) fn invalidate(&mut self, slot: Slot, which: Generation) {
        let window = self.policy.invalidate_window;
        let now = self.clocks.clamped().monotonic;
        let base = self.source.base_of(slot);
        let model = self.model.slot_mut(slot);
        let generation = match which {
            Generation::Current => model.generation,
            Generation::Previous => model.generation.wrapping_sub(1),
            Generation::Next => model.generation + 1,
        };
        if model.token.as_ref().is_none_or(|token| token.generation != generation) {
            return self.noise(|machine, now| machine.invalidate(now, slot, generation));
        }
        let (is_first, is_second) = model.invalidated(now, window);
        if is_first || (is_second && base.is_some()) {
            model.token = None;
        }
        // A bearer token cannot be fetched anew, so it is kept.
        let is_kept = self.source.base == BaseChoice::Bearer;
        if let Some(base) = base.filter(|_| is_second && !is_kept) {
            self.model.slot_mut(base).token = None;
        }
        self.call(|machine, now| machine.invalidate(now, slot, generation));
        self.status_tells(None);
    }

    fn fork(&mut self, seed: u64) {
        for slot in self.source.chain() {
            self.model.slot_mut(slot).live = None;
        }
        self.calls += 1;
        self.machine.after_fork(seed);
        self.status_tells(None);
    }

    fn make_noise(&mut self, noise: &Noise) {
        let reported: Vec<usize> = (0..self.exchanges.len()).filter(|i| self.exchanges[*i].is_reported).collect();
        let pick = |which: u8| reported.get(usize::from(which) % reported.len().max(1)).copied();
        match noise {
            Noise::Foreign { id, answer } => {
                let id = ExchangeId(self.exchanges.len() as u64 + 10 + id / 2);
                let (outcome, _) = answers::outcome(answer, u64::MAX, &[], 1024);
                self.noise(|machine, now| machine.handle(now, id, outcome));
                self.noise(|machine, now| machine.provide(now, id, InputReply::External(Ok(some_token()))));
            }
            Noise::Duplicate { which, answer } => {
                let Some(opened) = pick(*which).map(|place| self.exchanges[place].clone()) else { return };
                let (report, _): (_, Meaning) = self.said(&opened, answer, super::script::Files::Token { token: 0, at: 0 });
                self.noise(report);
            }
            Noise::AbandonForeign { id } => {
                let id = ExchangeId(self.exchanges.len() as u64 + 10 + id / 2);
                self.noise(|machine, now| machine.abandon(now, id));
            }
            Noise::AbandonDuplicate { which } => {
                let Some(id) = pick(*which).map(|place| self.exchanges[place].id) else { return };
                self.noise(|machine, now| machine.abandon(now, id));
            }
            Noise::WrongKind { which } => self.wrong_kind(*which),
            Noise::OldGeneration { slot, back } => {
                let slot = self.slot(*slot);
                let generation = self.model.slot(slot).generation.wrapping_sub(1 + u64::from(*back));
                self.noise(|machine, now| machine.invalidate(now, slot, generation));
            }
        }
    }

    /// A reply of another kind than the one asked for, with an id that is open.
    fn wrong_kind(&mut self, which: u8) {
        use super::exchanges::Asked;
        let Some(opened) = self.open(which).map(|place| self.exchanges[place].clone()) else { return };
        let id = opened.id;
        let answer = Answer::Token { life: super::script::Life::Hour, shape: super::script::Shape::Number, ours: true };
        let (outcome, _) = answers::outcome(&answer, u64::MAX, &[], 1024);
        let is_external = matches!(opened.asked, Asked::External);
        let is_files = matches!(opened.asked, Asked::Files { .. });
        if is_external || is_files {
            self.noise(|machine, now| machine.handle(now, id, outcome));
        }
        if !is_external {
            self.noise(|machine, now| machine.provide(now, id, InputReply::External(Ok(some_token()))));
        }
        if !is_files {
            self.noise(|machine: &mut TokenManager, now: Now| machine.provide(now, id, InputReply::CrTokenFile(Vec::new())));
        }
    }
}

fn some_token() -> ExternalToken {
    ExternalToken { access_token: Secret::new("a-token-of-nobody"), expires_in: Duration::from_secs(3600) }
}

/// What somebody gets who has not asked yet, while no round is live.
enum Newcomer {
    CoolsDown(Error),
    Starts,
    Anything,
}
