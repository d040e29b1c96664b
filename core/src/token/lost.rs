//! Work that was taken on and never done: given back, broken, or never heard of again.

use super::TokenManager;
use super::action::Slot;
use super::failure::Failed;
use super::round::WaitsFor;
use crate::error::{Error, ErrorCode, TransportError};
use crate::operation::ExchangeId;
use crate::retry::{Backoff, Class};
use crate::time::Now;
use crate::wire::Redactor;
use std::time::Duration;

impl TokenManager {
    /// The unit of work was stopped from outside and will not report this exchange: somebody else
    /// may do it. A unit that failed reports that by [`TokenManager::handle`] instead.
    ///
    /// The first time in a round it costs nothing. After that there are pauses, and once it has
    /// happened `max_attempts` times it counts as a failed attempt: work that is always given back
    /// must not go round for ever.
    pub fn abandon(&mut self, now: Now, id: ExchangeId) {
        let now = self.begin(now);
        let Some((slot, live)) = self.take_live(id, |_| true) else { return };
        let max_attempts = self.policy.max_attempts;
        let backoff = Backoff { base: self.policy.backoff_base, max: self.policy.backoff_max };
        let Some(round) = &mut self.slots.get_mut(slot).round else { return };
        round.given_back = round.given_back.saturating_add(1);
        if round.given_back >= max_attempts.max(2) {
            return self.lost(
                slot,
                now,
                &live.waits_for,
                "the work was given back again and again: this program's runtime may be shutting down",
            );
        }
        // Reading files was not counted as an attempt, so none is taken back.
        if !matches!(live.waits_for, WaitsFor::Files) {
            round.attempts = round.attempts.saturating_sub(1);
        }
        let pause = match round.given_back.saturating_sub(1) {
            0 => Duration::ZERO,
            again => backoff.jittered(again, &mut self.random),
        };
        round.not_before = now.monotonic.saturating_add(pause);
    }

    /// The driver never reported: nobody knows what became of it.
    pub(super) fn lease_lost(&mut self, slot: Slot, now: Now, waited_for: &WaitsFor) {
        self.lost(slot, now, waited_for, "it was never reported back: its unit of work was stopped or is stuck");
    }

    /// The unit of work that was to bring input broke down itself.
    pub(super) fn input_broke(&mut self, slot: Slot, now: Now, waited_for: &WaitsFor, failure: &TransportError) {
        self.lost(slot, now, waited_for, &Redactor::default().excerpt(&failure.to_string()));
    }

    /// Counts as a failed attempt, so that whatever goes wrong each time comes to an end.
    fn lost(&mut self, slot: Slot, now: Now, waited_for: &WaitsFor, why: &str) {
        let (code, what) = match waited_for {
            WaitsFor::Files => (ErrorCode::CrTokenUnavailable, "reading the token files"),
            WaitsFor::External => (ErrorCode::ExternalSourceFailed, "the token callback"),
            WaitsFor::Response(_) if self.is_metadata(slot) => (ErrorCode::MetadataUnreachable, "an exchange"),
            WaitsFor::Response(_) => (ErrorCode::ServiceUnreachable, "an exchange"),
        };
        if let Some(round) = &mut self.slots.get_mut(slot).round {
            round.attempts = round.attempts.max(round.failures.saturating_add(1));
        }
        let error = Error::new(code, format!("{what}: {why}")).explained(&[]);
        self.attempt_failed(slot, now, Failed::new(error, Class::Transient));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Action, ApiKey, Iam, Metadata, Policy, Source, Ticket};
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn what_never_came_back_is_the_service_that_was_asked() {
        let lost = |source| {
            let mut machine = TokenManager::new(source, Policy { max_attempts: 1, ..Policy::default() }, 1).unwrap();
            let at = |seconds| Now { monotonic: Duration::from_secs(seconds), unix: Duration::from_secs(1_000_000) };
            let mut ticket = Ticket::new();
            assert!(matches!(machine.poll(Slot::Iam, at(0), &mut ticket), Action::Send(_)));
            let Action::Failed(error) = machine.poll(Slot::Iam, at(100), &mut ticket) else { unreachable!() };
            error.code()
        };
        assert_eq!(lost(Source::VpcInstance(Metadata::default())), ErrorCode::MetadataUnreachable);
        assert_eq!(lost(Source::ApiKey(ApiKey { api_key: Secret::new("a-key"), iam: Iam::default() })), ErrorCode::ServiceUnreachable);
    }
}
