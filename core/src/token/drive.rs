//! `poll` and `poll_refresh`: what a caller, or a volunteer, has to do next.

use super::access_token::Stored;
use super::action::{Action, Slot, Ticket};
use super::round::{Kind, Round};
use super::{TokenManager, slot};
use crate::error::{Error, ErrorCode};
use crate::time::Now;
use std::time::Duration;

impl TokenManager {
    /// What a caller that wants the token of `slot` has to do next.
    ///
    /// A usable token is returned at once, always (R1). Otherwise the caller joins the live round
    /// or starts one; see the module's contract for what each [`Action`] means.
    pub fn poll(&mut self, slot: Slot, now: Now, ticket: &mut Ticket) -> Action {
        let now = self.clock.clamp(now);
        self.first_poll.get_or_insert(now.monotonic);
        let state = self.slots.get_mut(slot);
        if let Some(token) = state.usable(now) {
            let is_due = !now.is_before(token.refresh_at);
            // A refresh that is paused must not make every caller ask the machine again.
            let ask_again = if is_due && now.monotonic < state.refresh.not_before {
                now.plus(state.refresh.not_before.saturating_sub(now.monotonic))
            } else {
                token.refresh_at
            };
            let token = token.to_access_token(slot, ask_again);
            state.refresh.wanted |= is_due;
            return Action::Ready(token);
        }
        if !self.has(slot) {
            let message = format!("slot: the source {} has no {} token", self.source.name(), slot.as_str());
            return Action::Failed(Error::new(ErrorCode::InvalidArgument, message));
        }
        // Lost exchanges matter to those who wait only: a caller with a token is not held up by them.
        let now = self.begin(now);
        self.drive(slot, now, ticket)
    }

    /// Work for at most one volunteer: `Send` or `NeedInput` when a token that was handed out is
    /// due for refresh, else `None`. Call it after `Ready`, and again after every `handle` or
    /// `provide` of the unit of work it started, until it gives `None`.
    pub fn poll_refresh(&mut self, now: Now) -> Option<Action> {
        let now = self.begin(now);
        for slot in slot::ALL {
            let state = self.slots.get_mut(slot);
            if !state.refresh.wanted {
                continue;
            }
            if state.round.is_none() {
                if !state.is_due(now) || state.usable(now).is_none() {
                    continue;
                }
                let budget = self.timeouts(slot).round;
                self.slots.get_mut(slot).round = Some(Round::new(Kind::Refresh, now, budget));
            }
            if let work @ (Action::Send(_) | Action::NeedInput { .. }) = self.step(slot, now) {
                return Some(work);
            }
        }
        None
    }

    /// Puts a caller into a round and takes the round one step further.
    pub(super) fn drive(&mut self, slot: Slot, now: Now, ticket: &mut Ticket) -> Action {
        if let Some(error) = ticket.failure() {
            return Action::Failed(error);
        }
        let budget = self.budget(slot, now);
        let state = self.slots.get_mut(slot);
        let is_member = state.round.as_ref().is_some_and(|round| ticket.is_in(round));
        if !is_member {
            // A round whose time is up is nothing to join: its callers went away.
            let is_over = state.live.is_none() && state.round.as_ref().is_some_and(|round| round.deadline <= now.monotonic);
            if is_over && let Some(round) = state.round.take() {
                let error = round.last_error.clone().unwrap_or_else(out_of_time);
                round.outcome.fail(round.with_its_effort(error, now));
            }
            match &mut state.round {
                Some(round) => round.becomes_awaited(now, budget),
                none => {
                    if let Some(cooldown) = state.cooldown.as_ref().filter(|cooldown| cooldown.holds(now)) {
                        return Action::Failed(cooldown.error.clone());
                    }
                    *none = Some(Round::new(Kind::Awaited, now, budget));
                }
            }
            if let Some(round) = &state.round {
                ticket.joins(round);
            }
        }
        self.step(slot, now)
    }

    /// A round's time: longer while the machine may still be coming up.
    fn budget(&self, slot: Slot, now: Now) -> Duration {
        let budget = self.timeouts(slot).round;
        if self.has_been_ready() { budget } else { budget.max(self.ready_by().saturating_sub(now.monotonic)) }
    }

    /// Whether the program has ever had the token it is after.
    pub(super) const fn has_been_ready(&self) -> bool {
        self.slots.get(self.last_slot()).ever_succeeded
    }

    /// Until when failures of a machine that comes up are retried.
    pub(super) fn ready_by(&self) -> Duration {
        self.first_poll.unwrap_or_default().saturating_add(self.policy.wait_until_ready)
    }

    /// One step of the live round of `slot`.
    fn step(&mut self, slot: Slot, now: Now) -> Action {
        let state = self.slots.get_mut(slot);
        let Some(round) = &mut state.round else {
            return Action::Wait { at_most: Duration::ZERO };
        };
        let until = |instant: Duration| Action::Wait { at_most: instant.saturating_sub(now.monotonic) };
        if let Some(live) = &state.live {
            return until(live.lease);
        }
        if round.deadline <= now.monotonic {
            if let Some(lease) = self.last_hope(slot, now) {
                return until(lease);
            }
            let error = self.why_late(slot, now);
            return Action::Failed(self.fail_round(slot, now, error));
        }
        if now.monotonic < round.not_before {
            return until(round.not_before);
        }
        let deadline = round.deadline;
        if let Some(base) = self.base_of(slot)
            && self.slots.get(base).usable(now).is_none()
        {
            return self.step_base(slot, base, deadline, now);
        }
        match self.send(slot, now) {
            Ok(action) => action,
            Err(error) => Action::Failed(self.fail_round(slot, now, error)),
        }
    }

    /// The last exchange of a round below whose time is up as well. Its outcome is due any moment, and
    /// whoever asks next should not join a round that is about to fail.
    fn last_hope(&self, slot: Slot, now: Now) -> Option<Duration> {
        let state = self.slots.get(self.base_of(slot)?);
        let is_over = state.round.as_ref().is_some_and(|round| round.deadline <= now.monotonic);
        state.live.as_ref().filter(|_| is_over).map(|live| live.lease)
    }

    /// Why the round of `slot` got nothing in its time: its own last failure, or that of the round it
    /// waits for, which has the same time and is over as well.
    fn why_late(&mut self, slot: Slot, now: Now) -> Error {
        let round = self.slots.get(slot).round.as_ref();
        let own = round.and_then(|round| round.last_error.clone().or_else(|| round.base_ticket.failure()));
        if let Some(error) = own {
            return error;
        }
        let Some((base, state)) = self.base_of(slot).map(|base| (base, self.slots.get(base))) else { return out_of_time() };
        let Some(round) = &state.round else { return out_of_time() };
        if state.live.is_none() && round.deadline <= now.monotonic {
            let error = self.why_late(base, now);
            return self.fail_round(base, now, error);
        }
        round.last_error.clone().unwrap_or_else(out_of_time)
    }

    /// The round stands on a token that is not there: it queues for it like any caller.
    fn step_base(&mut self, slot: Slot, base: Slot, deadline: Duration, now: Now) -> Action {
        let round = self.slots.get_mut(slot).round.as_mut();
        let mut ticket = round.map(|round| std::mem::take(&mut round.base_ticket)).unwrap_or_default();
        let action = self.drive(base, now, &mut ticket);
        match action {
            Action::Failed(error) => Action::Failed(self.fail_round(slot, now, error)),
            other => {
                if let Some(round) = &mut self.slots.get_mut(slot).round {
                    round.base_ticket = ticket;
                }
                match other {
                    Action::Wait { at_most } => Action::Wait { at_most: at_most.min(deadline.saturating_sub(now.monotonic)) },
                    work => work,
                }
            }
        }
    }

    /// The generation of the token that `slot` stands on.
    pub(super) fn base_generation(&self, slot: Slot) -> Option<u64> {
        let base = self.base_of(slot)?;
        self.slots.get(base).token.as_ref().map(Stored::generation)
    }
}

pub(super) fn out_of_time() -> Error {
    Error::new(ErrorCode::DeadlineExceeded, "the time for getting a token ran out before any answer came").explained(&[])
}
