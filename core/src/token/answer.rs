//! `handle`: what an exchange brought.

use super::access_token::Stored;
use super::action::Slot;
use super::claims::UnverifiedClaims;
use super::failure::Failed;
use super::round::{Kind, Live, Sent, WaitsFor};
use super::{Event, Source, TokenManager, slot};
use crate::error::{Error, ErrorCode, TransportError, TransportErrorKind};
use crate::operation::{ExchangeId, Operation, failure, web_page};
use crate::retry::{Class, retry_after, status_class};
use crate::secret::Secret;
use crate::services::{CreateIamToken, CreateIdentityToken, GetToken, IssuedToken};
use crate::time::Now;
use crate::wire::{Redactor, Scheme};
use http::Response;
use std::time::Duration;
use zeroize::Zeroizing;

impl TokenManager {
    /// Reports the outcome of an exchange, or that a unit of work broke, whatever it was to bring. An
    /// id that is late, foreign or reported before changes nothing, nor does a response to an input.
    /// Wake all waiters afterwards.
    pub fn handle(&mut self, now: Now, id: ExchangeId, outcome: Result<Response<Vec<u8>>, TransportError>) {
        let now = self.begin(now);
        // Whatever becomes of the answer, its bytes do not outlive this call.
        let outcome = outcome.map(|response| response.map(Zeroizing::new));
        let is_failure = outcome.is_err();
        let Some((slot, live)) = self.take_live(id, |waits_for| is_failure || matches!(waits_for, WaitsFor::Response(_))) else {
            return;
        };
        match (live.waits_for, outcome) {
            (WaitsFor::Response(sent), Ok(response)) => self.answered(slot, now, live.sent, sent, response),
            (WaitsFor::Response(sent), Err(error)) => self.unanswered(slot, now, &sent, &error),
            (input, Err(error)) => self.input_broke(slot, now, &input, &error),
            (_, Ok(_)) => {}
        }
    }

    /// Takes the live exchange that `id` names, if it waits for this kind of report.
    pub(super) fn take_live(&mut self, id: ExchangeId, fits: impl Fn(&WaitsFor) -> bool) -> Option<(Slot, Live)> {
        slot::ALL.into_iter().find_map(|slot| {
            let live = self.slots.get_mut(slot).live.take_if(|live| live.id == id && fits(&live.waits_for))?;
            Some((slot, live))
        })
    }

    fn answered(&mut self, slot: Slot, now: Now, sent_at: Now, sent: Sent, response: Response<Zeroizing<Vec<u8>>>) {
        if response.body().len() > self.policy.max_response_bytes {
            let error = TransportError::new(TransportErrorKind::TooLarge, format!("more than {} bytes", self.policy.max_response_bytes));
            return self.unanswered(slot, now, &sent, &error);
        }
        if !response.status().is_success() {
            return self.refused(slot, now, sent, &response);
        }
        let redactor = Redactor::new(&sent.secrets);
        if let Some(error) = web_page(self.operation_id(slot), response.status().as_u16(), response.headers(), response.body(), &redactor) {
            let error = self.explain(slot, error, &sent);
            return self.attempt_failed(slot, now, Failed::new(error, Class::Malformed));
        }
        let (parts, mut body) = response.into_parts();
        let response = Response::from_parts(parts, std::mem::take(&mut *body));
        let parsed = match slot {
            Slot::Identity => CreateIdentityToken::parse(response),
            Slot::Iam if self.is_metadata(slot) => CreateIamToken::parse(response),
            Slot::Iam | Slot::Assumed => GetToken::parse(response),
        };
        match parsed {
            Ok(reply) => {
                self.settle_protocol(slot, sent.scheme);
                self.arrived(slot, now, sent_at, reply.value);
            }
            Err(error) => {
                let error = self.explain(slot, error, &sent);
                self.attempt_failed(slot, now, Failed::new(error, Class::Malformed));
            }
        }
    }

    /// R22: what worked is kept. Only a token or a refusal in the service's own words shows that it
    /// is the service that answers; a web page shows nothing (R16).
    fn settle_protocol(&mut self, slot: Slot, scheme: Scheme) {
        if self.is_probing(slot) {
            self.scheme = Some(scheme);
            self.worked = Some(scheme);
        }
    }

    fn operation_id(&self, slot: Slot) -> &'static str {
        match slot {
            Slot::Identity => CreateIdentityToken::SPEC.id,
            Slot::Iam if self.is_metadata(slot) => CreateIamToken::SPEC.id,
            Slot::Iam | Slot::Assumed => GetToken::SPEC.id,
        }
    }

    /// A whole and well-formed token: the last checks, then it is committed (R16).
    fn arrived(&mut self, slot: Slot, now: Now, sent_at: Now, issued: IssuedToken) {
        self.note_skew(now, issued.issued_at);
        self.commit(slot, now, sent_at, issued.access_token, issued.expires_in);
    }

    /// Puts a token into its slot, unless it has no life left or is somebody else's.
    pub(super) fn commit(&mut self, slot: Slot, now: Now, sent_at: Now, token: Secret, life: Duration) {
        if let Err(error) = self.check_identity(slot, &token) {
            return self.attempt_failed(slot, now, Failed::new(error, Class::Fatal));
        }
        let generation = self.slots.get(slot).generation.saturating_add(1);
        let stored = Stored::new(token, generation, sent_at, life, &self.policy, &mut self.random);
        if !stored.is_usable(now) {
            let error = Error::new(
                ErrorCode::ExpiredOnArrival,
                format!("the token had {} s of life left and was not usable when it arrived", life.as_secs()),
            )
            .explained(&[]);
            return self.attempt_failed(slot, now, Failed::new(error, Class::Transient));
        }
        let state = self.slots.get_mut(slot);
        let replaced_age = state.token.as_ref().map(|token| token.age(now));
        let kind = state.round.take().map(|round| round.kind);
        state.token = Some(stored);
        state.generation = generation;
        state.cooldown = None;
        state.refresh = Default::default();
        state.ever_succeeded = true;
        self.emit(match (kind, replaced_age) {
            (Some(Kind::Refresh), Some(replaced_age)) => Event::Refreshed { slot, life, replaced_age },
            _ => Event::Fetched { slot, life },
        });
    }

    /// R21: a token of another account or profile than expected is not ours to use.
    pub(super) fn check_identity(&self, slot: Slot, token: &Secret) -> Result<(), Error> {
        let account = self.policy.expected_account_id.as_deref();
        let profile = self.policy.expected_profile_id.as_deref().map(bare_profile);
        if slot != self.last_slot() || (account.is_none() && profile.is_none()) {
            return Ok(());
        }
        let claims = UnverifiedClaims::read(token.expose());
        let found_account = claims.as_ref().and_then(UnverifiedClaims::account_id);
        let found_profile = claims.as_ref().and_then(UnverifiedClaims::iam_id).map(bare_profile);
        for (name, expected, found) in [("account", account, found_account), ("profile", profile, found_profile)] {
            if let Some(expected) = expected
                && found != Some(expected)
            {
                let found = Redactor::default().excerpt(found.unwrap_or("(unknown)"));
                let message = format!("the token is for {name} {found}, not for the expected {expected}");
                return Err(Error::new(ErrorCode::UnexpectedIdentity, message).explained(&[]));
            }
        }
        Ok(())
    }

    fn note_skew(&mut self, now: Now, issued_at: Option<i64>) {
        let Some(theirs) = issued_at else { return };
        let ours = i64::try_from(now.unix.as_secs()).unwrap_or(i64::MAX);
        let seconds = ours.saturating_sub(theirs);
        let limit = self.policy.skew_reported.as_secs();
        let is_news = self.skew.is_none_or(|known| known.unsigned_abs() <= limit || known.abs_diff(seconds) > limit);
        if seconds.unsigned_abs() > limit && is_news {
            self.emit(Event::ClockSkew { seconds });
        }
        self.skew = Some(seconds);
    }

    /// The service said no. Some refusals are worth a second look before they count.
    fn refused(&mut self, slot: Slot, now: Now, sent: Sent, response: &Response<Zeroizing<Vec<u8>>>) {
        let status = response.status().as_u16();
        let redactor = Redactor::new(&sent.secrets);
        let error = self.explain(slot, failure(self.operation_id(slot), response, &redactor), &sent);
        if error.service().is_some_and(|service| service.code.is_some()) {
            self.settle_protocol(slot, sent.scheme);
        }
        if error.code() == ErrorCode::Unauthenticated && self.redo_base(slot, now, &sent) {
            return;
        }
        let error = match &sent.cr_token {
            Some(cr_token) if matches!(status, 400 | 401) => self.describe_cr_token(now, error, cr_token),
            _ => error,
        };
        if let Some(cr_token) = sent.cr_token.filter(|_| matches!(status, 400 | 401))
            && self.reread(slot, now, cr_token, &error)
        {
            return;
        }
        let failed = Failed { retry_after: retry_after(response.headers()), ..Failed::new(error, status_class(status)) };
        self.attempt_failed(slot, now, failed);
    }

    /// R6a: the token that was presented is refused. Drop exactly that one, and redo the chain, once
    /// in a round.
    fn redo_base(&mut self, slot: Slot, now: Now, sent: &Sent) -> bool {
        let (Some(base), Some(refused)) = (self.base_of(slot), sent.base_generation) else {
            return false;
        };
        if self.slots.get(base).token.as_ref().is_some_and(Stored::is_fixed) {
            return false;
        }
        let Some(round) = &mut self.slots.get_mut(slot).round else { return false };
        if std::mem::replace(&mut round.spent.base, true) {
            return false;
        }
        round.not_before = now.monotonic;
        self.slots.get_mut(base).token.take_if(|token| token.generation() == refused);
        true
    }

    /// R6a: the file may hold a newer compute resource token by now. Read it again, once in a round.
    fn reread(&mut self, slot: Slot, now: Now, cr_token: Secret, error: &Error) -> bool {
        if matches!(self.base_source(), Source::Container(container) if container.cr_token.is_some()) {
            return false;
        }
        let Some(round) = &mut self.slots.get_mut(slot).round else { return false };
        if std::mem::replace(&mut round.spent.reread, true) {
            return false;
        }
        round.not_before = now.monotonic;
        round.refused_cr_token = Some((cr_token, error.clone()));
        true
    }
}

/// A profile's id, whether it is written as such or as an `iam_id`.
fn bare_profile(id: &str) -> &str {
    id.strip_prefix("iam-").unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::super::{Action, ApiKey, Container, FileRead, Iam, InputReply, Metadata, Policy, Ticket};
    use super::*;
    use crate::services::Profile;

    fn at(seconds: u64) -> Now {
        Now { monotonic: Duration::from_secs(seconds), unix: Duration::from_secs(1_000_000).saturating_add(Duration::from_secs(seconds)) }
    }

    fn machine(source: Source) -> TokenManager {
        TokenManager::new(source, Policy { max_attempts: 1, ..Policy::default() }, 1).unwrap()
    }

    fn api_key() -> TokenManager {
        machine(Source::ApiKey(ApiKey { api_key: Secret::new("a-key"), iam: Iam::default() }))
    }

    fn container() -> TokenManager {
        let profile = Profile::Id("Profile-1".into());
        machine(Source::Container(Container { profile, cr_token: None, cr_token_file: None, iam: Iam::default() }))
    }

    fn answer(status: u16, body: &str) -> Response<Vec<u8>> {
        Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap()
    }

    /// Answers each exchange with the next of `answers`, and gives the error that comes of it.
    fn error_after(mut machine: TokenManager, answers: &[(u16, &str)]) -> Error {
        let (mut ticket, mut answers) = (Ticket::new(), answers.iter());
        for second in 0..60 {
            match machine.poll(Slot::Iam, at(second), &mut ticket) {
                Action::Send(exchange) => {
                    let (status, body) = answers.next().unwrap();
                    machine.handle(at(second), exchange.id, Ok(answer(*status, body)));
                }
                Action::NeedInput { id, .. } => {
                    let read = FileRead { path: "/token".into(), result: Ok(Secret::new("cr-token")) };
                    machine.provide(at(second), id, InputReply::CrTokenFile(vec![read]));
                }
                Action::Failed(error) => return error,
                Action::Wait { .. } => {}
                Action::Ready(token) => unreachable!("{token:?}"),
            }
        }
        unreachable!("no error in a minute")
    }

    #[test]
    fn an_error_names_the_operation_that_was_answered() {
        let identity = r#"{"access_token":"identity","expires_in":300}"#;
        let instance = || machine(Source::VpcInstance(Metadata::default()));
        for (last, what) in [((200, "{}"), "without content"), ((400, "{}"), "refused")] {
            let error = error_after(instance(), &[(200, identity), last]);
            assert!(error.message().starts_with("metadata.create_iam_token was"), "{what}: {error}");
            let error = error_after(api_key(), &[last]);
            assert!(error.message().starts_with("iam_token.get_token was"), "{what}: {error}");
        }
    }

    #[test]
    fn the_token_file_is_described_only_when_its_token_may_be_why() {
        for (status, described) in [(400, true), (401, true), (403, false), (404, false), (500, false)] {
            let error = error_after(container(), &[(status, "{}"), (status, "{}")]);
            assert_eq!(!error.notes().is_empty(), described, "{status}: {error}");
        }
    }

    #[test]
    fn a_token_that_was_given_is_sent_once_and_no_file_is_read() {
        let profile = Profile::Id("Profile-1".into());
        let cr_token = Some(Secret::new("given"));
        let mut machine = machine(Source::Container(Container { profile, cr_token, cr_token_file: None, iam: Iam::default() }));
        let mut ticket = Ticket::new();
        let Action::Send(exchange) = machine.poll(Slot::Iam, at(0), &mut ticket) else { unreachable!() };
        assert!(String::from_utf8_lossy(exchange.request.body()).contains("cr_token=given"));
        machine.handle(at(0), exchange.id, Ok(answer(400, "{}")));
        let Action::Failed(error) = machine.poll(Slot::Iam, at(0), &mut ticket) else { unreachable!() };
        assert!(error.code() == ErrorCode::RequestRefused && !error.to_string().contains("given"), "{error}");
    }

    #[test]
    fn skew_is_told_when_it_is_over_the_limit_and_news() {
        let told = |skews: &[i64]| {
            let mut machine = api_key();
            let ours = i64::try_from(at(0).unix.as_secs()).unwrap();
            for skew in skews {
                machine.note_skew(at(0), Some(ours.saturating_sub(*skew)));
            }
            std::iter::from_fn(|| machine.poll_event())
                .map(|event| match event {
                    Event::ClockSkew { seconds } => seconds,
                    other => unreachable!("{other:?}"),
                })
                .collect::<Vec<_>>()
        };
        assert!(told(&[60, -60]).is_empty());
        assert_eq!(told(&[61]), [61]);
        assert_eq!(told(&[-61]), [-61]);
        assert_eq!(told(&[61, 121]), [61], "60 s further is the same story");
        assert_eq!(told(&[61, 122]), [61, 122]);
        assert_eq!(told(&[61, 60, 61]), [61, 61], "right in between");
    }
}
