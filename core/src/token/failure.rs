//! What a failure leads to: another attempt, or the end of the round.

use super::action::Slot;
use super::claims::UnverifiedClaims;
use super::round::{Kind, Sent};
use super::slot::Cooldown;
use super::source::Source;
use super::{Event, TokenManager};
use crate::error::{Condition, Error, ErrorCode, TransportError, TransportErrorKind, transport_code, transport_condition};
use crate::retry::{Backoff, Class, transport_class};
use crate::secret::Secret;
use crate::time::Now;
use crate::wire::{Redactor, object, to_text};
use std::time::Duration;

/// A failed attempt.
pub(super) struct Failed {
    pub(super) error: Error,
    pub(super) class: Class,
    pub(super) retry_after: Option<Duration>,
    /// It happened on a reused connection, which says little about the service.
    pub(super) reused_connection: bool,
}

impl Failed {
    pub(super) const fn new(error: Error, class: Class) -> Self {
        Self { error, class, retry_after: None, reused_connection: false }
    }
}

impl TokenManager {
    /// No answer came.
    pub(super) fn unanswered(&mut self, slot: Slot, now: Now, sent: &Sent, failure: &TransportError) {
        // R12: in its own words a transport may quote what it sent.
        let failure = &TransportError { detail: Redactor::new(&sent.secrets).excerpt(&failure.detail), ..failure.clone() };
        let is_tcp = failure.kind.is_before_connection();
        if self.is_probing(slot)
            && is_tcp
            && sent.scheme == crate::wire::Scheme::Https
            && let Some(round) = &mut self.slots.get_mut(slot).round
        {
            // Not an attempt of its own: https and http are one question to a service of unknown protocol.
            round.https_failed = Some(failure.clone());
            round.attempts = round.attempts.saturating_sub(1);
            round.not_before = now.monotonic;
            return;
        }
        let tried = self.slots.get_mut(slot).round.as_mut().and_then(|round| round.https_failed.take());
        let code = self.transport_code(slot, failure.kind);
        let mut message = format!("{}://{}: {failure}", sent.scheme.as_str(), sent.host);
        let mut conditions = self.conditions(slot, sent);
        conditions.extend(transport_condition(failure.kind));
        match tried {
            Some(https) => {
                message = format!("{message}; before that https: {https}");
                conditions.extend((https.kind == TransportErrorKind::ConnectTimeout).then_some(Condition::HttpsLate));
            }
            None => conditions.push(Condition::OneProtocol),
        }
        let failed = Failed {
            reused_connection: failure.reused_connection,
            ..Failed::new(Error::new(code, message).explained(&conditions), transport_class(failure.kind))
        };
        self.attempt_failed(slot, now, failed);
    }

    /// The error of an exchange that brought no answer, with its causes.
    pub(super) fn transport_error(&self, slot: Slot, failure: &TransportError, sent: &Sent, whereto: &str) -> Error {
        let mut conditions = self.conditions(slot, sent);
        conditions.extend(transport_condition(failure.kind));
        let words = Redactor::new(&sent.secrets).excerpt(&format!("{whereto}: {failure}"));
        Error::new(self.transport_code(slot, failure.kind), words).explained(&conditions)
    }

    const fn transport_code(&self, slot: Slot, kind: TransportErrorKind) -> ErrorCode {
        transport_code(kind, if self.is_metadata(slot) { ErrorCode::MetadataUnreachable } else { ErrorCode::ServiceUnreachable })
    }

    /// The causes of an answer that is an error.
    pub(super) fn explain(&self, slot: Slot, error: Error, sent: &Sent) -> Error {
        let mut conditions = self.conditions(slot, sent);
        if error.service().is_some_and(|service| service.is_html) {
            conditions.push(Condition::Html);
        }
        error.explained(&conditions)
    }

    fn conditions(&self, slot: Slot, sent: &Sent) -> Vec<Condition> {
        let mut conditions = self.facts.conditions();
        conditions.push(match (self.is_metadata(slot), self.is_private(slot)) {
            (true, _) => Condition::Metadata,
            (false, true) => Condition::Private,
            (false, false) => Condition::Public,
        });
        let has_own = matches!(self.base_source(), Source::VpcInstance(m) | Source::BareMetal(m) if m.endpoint.is_some());
        if has_own && self.is_metadata(slot) {
            conditions.push(Condition::OwnEndpoint);
        }
        if let Some(cr_token) = &sent.cr_token {
            conditions.push(Condition::CrToken);
            let claims = UnverifiedClaims::read(cr_token.expose());
            let is_for_another = claims.is_some_and(|claims| !claims.audiences().is_empty() && !claims.audiences().contains(&"iam"));
            conditions.extend(is_for_another.then_some(Condition::OtherAudience));
        }
        conditions
    }

    /// Decides between another attempt and the end of the round (R6).
    pub(super) fn attempt_failed(&mut self, slot: Slot, now: Now, failed: Failed) {
        let (is_early, ready_by) = (self.is_early(now, &failed.error), self.ready_by());
        let (max_attempts, last_start) = (self.policy.max_attempts, self.attempt_time(slot));
        let backoff = Backoff { base: self.policy.backoff_base, max: self.policy.backoff_max };
        let wanted = failed.retry_after.unwrap_or_default().min(self.policy.retry_after_max);
        let Some(round) = &mut self.slots.get_mut(slot).round else { return };
        round.failures = round.failures.saturating_add(1);
        round.last_error = Some(failed.error.clone());
        if failed.reused_connection && !std::mem::replace(&mut round.spent.reused, true) {
            round.not_before = now.monotonic;
            return;
        }
        let may_help = match failed.class {
            Class::Transient => true,
            Class::Malformed => !std::mem::replace(&mut round.spent.malformed, true),
            Class::Fatal => false,
        };
        let has_attempts = round.kind == Kind::Awaited && round.attempts < max_attempts;
        let is_last = !(may_help && has_attempts);
        // A refresh that fails harms nobody, and has its own pause.
        let is_forgiven = is_early && round.kind == Kind::Awaited;
        if is_last && !is_forgiven {
            self.fail_round(slot, now, failed.error);
            return;
        }
        // `Retry-After` wins over the backoff, but leaves time for a last attempt in the round.
        let latest = round.deadline.saturating_sub(last_start).saturating_sub(now.monotonic);
        let delay = backoff.jittered(round.failures, &mut self.random).max(wanted.min(latest));
        let at = now.monotonic.saturating_add(delay);
        if at >= round.deadline {
            self.fail_round(slot, now, failed.error);
            return;
        }
        round.not_before = at;
        if is_last {
            let (error, remaining) = (round.with_its_effort(failed.error, now), ready_by.saturating_sub(now.monotonic));
            self.emit(Event::NotReady { slot, error, remaining });
        }
    }

    /// First boot: links propagate late and networks come up late.
    fn is_early(&self, now: Now, error: &Error) -> bool {
        let comes_late = error.is_transient() || matches!(error.code(), ErrorCode::ProfileNotLinked | ErrorCode::ProfileNotEligible);
        comes_late && !self.has_been_ready() && now.monotonic < self.ready_by()
    }

    /// Ends the round of `slot`: everyone who joined gets this error, and newcomers for a while.
    pub(super) fn fail_round(&mut self, slot: Slot, now: Now, error: Error) -> Error {
        let state = self.slots.get_mut(slot);
        state.live = None;
        let Some(round) = state.round.take() else {
            // The round it stands on has just ended it: all who joined get that error.
            return state.last_failure.as_ref().map_or(error, |(_, known)| known.clone());
        };
        let error = round.with_its_effort(error, now);
        round.outcome.fail(error.clone());
        state.last_failure = Some((now, error.clone()));
        let state = self.slots.get_mut(slot);
        if round.kind == Kind::Refresh {
            state.refresh.failures = state.refresh.failures.saturating_add(1);
            let backoff = Backoff { base: self.policy.refresh_backoff_base, max: self.policy.refresh_backoff_max };
            let asked = error.retry_after().unwrap_or_default().min(self.policy.retry_after_max);
            state.refresh.not_before = now.monotonic.saturating_add(backoff.ceiling(state.refresh.failures).max(asked));
            let token_age = state.token.as_ref().map(|token| token.age(now)).unwrap_or_default();
            self.emit(Event::RefreshFailed { slot, error: error.clone(), token_age });
        } else {
            if error.code() == ErrorCode::MetadataUnreachable {
                // The instance may have been switched to the other protocol.
                self.scheme = None;
            }
            state.cooldown = Some(Cooldown { until: now.monotonic.saturating_add(self.policy.cooldown), error: error.clone() });
            self.emit(Event::Failed { slot, error: error.clone() });
        }
        self.fail_waiting_round(slot, now, &error);
        error
    }

    /// The round that waits for the token of `base` ends with it, so that its cooldown counts from
    /// the failure and not from when somebody asks.
    fn fail_waiting_round(&mut self, base: Slot, now: Now, error: &Error) {
        let above = super::slot::ALL.into_iter().find(|slot| self.has(*slot) && self.base_of(*slot) == Some(base));
        if let Some(slot) = above
            && self.slots.get(slot).round.as_ref().is_some_and(|round| round.base_ticket.failure().is_some())
        {
            self.fail_round(slot, now, error.clone());
        }
    }

    /// What a refused compute resource token says of itself, and the link that would let it in.
    pub(super) fn describe_cr_token(&self, now: Now, error: Error, cr_token: &Secret) -> Error {
        let Some(claims) = UnverifiedClaims::read(cr_token.expose()) else {
            return error.with_note("the token file does not hold a JWT");
        };
        let left = claims.expires_at().map(|exp| exp.saturating_sub(i64::try_from(now.unix.as_secs()).unwrap_or(i64::MAX)));
        let life = left.map_or_else(
            || "no expiry".to_owned(),
            |left| if left > 0 { format!("{left} s left") } else { format!("expired {} s ago", left.unsigned_abs()) },
        );
        let audience = claims.audiences().join(", ");
        // The claims are the text of whoever wrote the file.
        let redactor = Redactor::new([cr_token]);
        let Some((namespace, account)) = claims.service_account() else {
            return error.with_note(redactor.excerpt(&format!("the token file holds (unverified): audience [{audience}], {life}")));
        };
        let error = error.with_note(redactor.excerpt(&format!(
            "the token file holds (unverified): namespace {namespace}, service account {account}, audience [{audience}], {life}"
        )));
        if error.code() != ErrorCode::ProfileNotEligible {
            return error;
        }
        let link = object([("crn", "<the cluster's CRN>".into()), ("namespace", namespace.into()), ("name", account.into())]);
        let link = to_text(&object([("cr_type", "IKS_SA or ROKS_SA".into()), ("link", link)]));
        error.with_note(redactor.excerpt(&format!("the link that would allow it: POST /v1/profiles/<profile id>/links {link}")))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ApiKey, Iam, Policy};
    use super::*;

    #[test]
    fn the_last_second_of_a_token_file() {
        let key = ApiKey { api_key: Secret::new("a-key"), iam: Iam::default() };
        let machine = TokenManager::new(Source::ApiKey(key), Policy::default(), 1).unwrap();
        // {"exp":1000}
        let cr_token = Secret::new("e30.eyJleHAiOjEwMDB9.c2ln");
        let note = |unix| {
            let now = Now { monotonic: Duration::ZERO, unix: Duration::from_secs(unix) };
            machine.describe_cr_token(now, Error::new(ErrorCode::RequestRefused, "refused"), &cr_token).notes().join("")
        };
        assert!(note(999).ends_with("1 s left") && note(1000).ends_with("expired 0 s ago") && note(1001).ends_with("expired 1 s ago"));
    }
}
