//! One request until it is answered for good: token, attempts, one new token after a 401.

use super::limits::Limits;
use super::request::{Prepared, TokenKind};
use crate::error::{Condition, Error, ErrorCode, TransportError, TransportErrorKind, transport_code, transport_condition};
use crate::operation::{Content, Entry, Exchange, ExchangeId, Network, Reply};
use crate::random::Random;
use crate::retry::{Backoff, Class, retry_after, status_class, transport_class};
use crate::secret::Secret;
use crate::time::Now;
use crate::wire::{BaseUrl, Redactor};
use http::{Method, Response, StatusCode};
use std::time::Duration;

/// The attempts of one request.
pub(super) struct Round {
    entry: Entry,
    prepared: Prepared,
    /// The token that is waited for, whether or not it is sent.
    kind: Option<TokenKind>,
    token: Option<(Secret, u64)>,
    state: State,
    started: Duration,
    /// It is over by then, whatever its own limits are.
    latest: Duration,
    attempts: u32,
    not_before: Duration,
    spent: Spent,
    /// An attempt whose outcome nobody knows.
    was_lost: bool,
    last_error: Option<Error>,
}

enum State {
    /// A token is wanted.
    NeedsToken,
    /// To be sent at `not_before`.
    Ready,
    /// On its way.
    Sent {
        id: ExchangeId,
        lease_until: Duration,
    },
    /// The token was refused, which has to be told.
    Refused {
        generation: u64,
    },
    /// Told; another token is wanted than the refused one.
    NeedsOther {
        refused: u64,
        error: Error,
    },
    Over(Option<Result<Reply<Content>, Error>>),
}

/// What happens once in a round.
#[derive(Default)]
struct Spent {
    reused: bool,
    malformed: bool,
    token: bool,
}

/// What a round is carried out with.
pub(super) struct Means<'a> {
    pub(super) limits: &'a Limits,
    pub(super) network: Network,
    pub(super) leave_json: bool,
    pub(super) random: &'a mut Random,
}

/// What a round wants next.
pub(super) enum Want {
    Token(TokenKind),
    Rejected(u64),
    Send(Box<Exchange>),
    Wait(Duration),
    Over(Result<Reply<Content>, Error>),
}

/// A failed attempt.
struct Failed {
    error: Error,
    class: Class,
    retry_after: Option<Duration>,
    reused_connection: bool,
    /// Whether the service may have done what was asked.
    may_be_done: bool,
}

impl Round {
    /// A round that counts from `started`, and is over by `latest`, both on the monotonic clock.
    pub(super) fn new(entry: Entry, prepared: Prepared, kind: Option<TokenKind>, started: Duration, latest: Duration) -> Self {
        let state = if kind.is_some() { State::NeedsToken } else { State::Ready };
        Self {
            entry,
            prepared,
            kind,
            token: None,
            state,
            started,
            latest,
            attempts: 0,
            not_before: started,
            spent: Spent::default(),
            was_lost: false,
            last_error: None,
        }
    }

    /// When it is over, on the monotonic clock.
    pub(super) fn deadline(&self, limits: &Limits) -> Duration {
        self.started.saturating_add(limits.deadline).min(self.latest)
    }

    pub(super) fn request(&self) -> &http::Request<Vec<u8>> {
        &self.prepared.request
    }

    /// Its next attempts go to `base`.
    pub(super) fn move_to(&mut self, base: &BaseUrl) {
        self.prepared.move_to(base);
    }

    pub(super) fn poll(&mut self, now: Now, means: &mut Means<'_>, new_id: ExchangeId) -> Want {
        let deadline = self.deadline(means.limits);
        if let State::Sent { id, lease_until } = self.state {
            if now.monotonic < lease_until {
                return Want::Wait(lease_until.saturating_sub(now.monotonic));
            }
            // Its unit of work died silently.
            let lost = TransportError::new(TransportErrorKind::ReadTimeout, "nothing was reported in time");
            self.handle(now, means, id, Err(lost));
        }
        if now.monotonic >= deadline && !matches!(self.state, State::Over(_)) {
            self.end(now, Err(self.out_of_time(means.limits)));
        }
        match (&mut self.state, self.kind) {
            (State::Over(result), _) => {
                Want::Over(result.take().unwrap_or_else(|| Err(Error::new(ErrorCode::Internal, "the call is over"))))
            }
            (State::NeedsToken | State::NeedsOther { .. }, Some(kind)) => Want::Token(kind),
            (State::Refused { generation }, _) => {
                let refused = *generation;
                let error = self.last_error.clone().unwrap_or_else(|| Error::new(ErrorCode::Unauthenticated, self.entry.id()));
                self.state = State::NeedsOther { refused, error };
                Want::Rejected(refused)
            }
            _ if now.monotonic < self.not_before => Want::Wait(self.not_before.saturating_sub(now.monotonic)),
            _ => self.send(now, means, new_id, deadline),
        }
    }

    fn send(&mut self, now: Now, means: &Means<'_>, id: ExchangeId, deadline: Duration) -> Want {
        let request = match self.prepared.with_token(self.token.as_ref().map(|(token, _)| token)) {
            Ok(request) => request,
            Err(error) => {
                self.end(now, Err(error.clone()));
                return Want::Over(Err(error));
            }
        };
        let (limits, network) = (means.limits, means.network);
        let timeout = limits.attempt.min(deadline.saturating_sub(now.monotonic));
        self.attempts = self.attempts.saturating_add(1);
        self.state = State::Sent { id, lease_until: now.monotonic.saturating_add(timeout).saturating_add(limits.lease_margin) };
        let (connect_timeout, max_response_bytes) = (limits.connect.min(timeout), limits.max_response_bytes);
        Want::Send(Box::new(Exchange { id, request, connect_timeout, timeout, max_response_bytes, network }))
    }

    /// A token for the kind that was wanted.
    pub(super) fn token(&mut self, now: Now, token: Secret, generation: u64) {
        match &self.state {
            State::NeedsOther { refused, error } if *refused == generation => {
                let error = error.clone();
                self.end(now, Err(error));
            }
            State::NeedsToken | State::NeedsOther { .. } => {
                self.token = TokenKind::of(self.entry).map(|_| (token, generation));
                self.state = State::Ready;
            }
            _ => {}
        }
    }

    /// There is no token.
    pub(super) fn no_token(&mut self, error: Error) {
        if matches!(self.state, State::NeedsToken | State::NeedsOther { .. }) {
            self.state = State::Over(Some(Err(error)));
        }
    }

    /// Whether `id` is on its way.
    pub(super) fn is_sent(&self, wanted: ExchangeId) -> bool {
        matches!(self.state, State::Sent { id, .. } if id == wanted)
    }

    pub(super) fn handle(&mut self, now: Now, means: &mut Means<'_>, id: ExchangeId, outcome: Result<Response<Vec<u8>>, TransportError>) {
        if !self.is_sent(id) {
            return;
        }
        let redactor = Redactor::new(self.prepared.secrets.iter().chain(self.token.as_ref().map(|(token, _)| token)));
        let failed = match outcome {
            Ok(response) if response.body().len() > means.limits.max_response_bytes => {
                let what =
                    TransportError::new(TransportErrorKind::TooLarge, format!("more than {} bytes", means.limits.max_response_bytes));
                self.unanswered(&what, &redactor)
            }
            Ok(response) => match self.answered(response, &redactor, means.leave_json) {
                Ok(reply) => return self.end(now, Ok(reply)),
                Err(None) => return,
                Err(Some(failed)) => failed,
            },
            Err(error) => self.unanswered(&error, &redactor),
        };
        self.failed(now, means, failed);
    }

    /// An answer came. `Err(None)`: it refused the token, and another one is asked for.
    fn answered(&mut self, response: Response<Vec<u8>>, redactor: &Redactor, leave_json: bool) -> Result<Reply<Content>, Option<Failed>> {
        let (status, asked) = (response.status(), retry_after(response.headers()));
        let read = if leave_json { Entry::check_knowing } else { Entry::parse_knowing };
        let error = match read(&self.entry, response, redactor) {
            Ok(reply) => return Ok(reply),
            Err(error) => self.explain(error),
        };
        if let (StatusCode::UNAUTHORIZED, Some((_, generation)), false) = (status, &self.token, self.spent.token) {
            self.spent.token = true;
            self.state = State::Refused { generation: *generation };
            // It was not an attempt: the service looked at nothing but the token.
            self.attempts = self.attempts.saturating_sub(1);
            self.last_error = Some(error);
            return Err(None);
        }
        let class = if status.is_success() { Class::Malformed } else { status_class(status.as_u16()) };
        let may_be_done = status.is_success() || (class == Class::Transient && status != StatusCode::TOO_MANY_REQUESTS);
        Err(Some(Failed { error, class, retry_after: asked, reused_connection: false, may_be_done }))
    }

    fn unanswered(&self, failure: &TransportError, redactor: &Redactor) -> Failed {
        // R12: in its own words a transport may quote what it sent.
        let detail = TransportError { detail: redactor.excerpt(&failure.detail), ..failure.clone() };
        let uri = self.prepared.request.uri();
        let whereto = [uri.scheme_str().unwrap_or_default(), "://", uri.authority().map_or("", |a| a.as_str())].concat();
        let is_metadata = self.entry.service().name == "metadata";
        let code = transport_code(failure.kind, if is_metadata { ErrorCode::MetadataUnreachable } else { ErrorCode::ServiceUnreachable });
        let conditions: Vec<Condition> = transport_condition(failure.kind).into_iter().collect();
        let error = Error::new(code, format!("{}: {whereto}: {detail}", self.entry.id())).explained(&conditions);
        let may_be_done =
            !failure.kind.is_before_connection() && !matches!(failure.kind, TransportErrorKind::Tls(_) | TransportErrorKind::Proxy);
        Failed { error, class: transport_class(failure.kind), retry_after: None, reused_connection: failure.reused_connection, may_be_done }
    }

    fn explain(&self, error: Error) -> Error {
        let is_page = error.service().is_some_and(|service| service.is_html);
        error.explained(if is_page { &[Condition::Html] } else { &[] })
    }

    /// Decides between another attempt and the end (R6): what may have been done is done again only where that does no harm.
    fn failed(&mut self, now: Now, means: &mut Means<'_>, failed: Failed) {
        let limits = means.limits;
        let is_safe = self.entry.is_idempotent() || !failed.may_be_done;
        self.was_lost |= failed.may_be_done && failed.class != Class::Fatal;
        let may_help = is_safe
            && match failed.class {
                Class::Transient => true,
                Class::Malformed => !std::mem::replace(&mut self.spent.malformed, true),
                Class::Fatal => false,
            };
        if !may_help || self.attempts >= limits.max_attempts {
            let error = self.told(failed.error, &failed.class, is_safe);
            return self.end(now, Err(error));
        }
        self.state = State::Ready;
        self.last_error = Some(failed.error.clone());
        if failed.reused_connection && !std::mem::replace(&mut self.spent.reused, true) {
            self.not_before = now.monotonic;
            return;
        }
        let backoff = Backoff { base: limits.backoff_base, max: limits.backoff_max };
        let asked = failed.retry_after.unwrap_or_default().min(limits.retry_after_max);
        self.not_before = now.monotonic.saturating_add(backoff.jittered(self.attempts, means.random).max(asked));
        if self.not_before >= self.deadline(limits) {
            self.end(now, Err(failed.error));
        }
    }

    /// The error with what somebody has to know who wonders what was done.
    fn told(&self, error: Error, class: &Class, is_safe: bool) -> Error {
        // What was too large is an answer to something that was done.
        if !is_safe && (*class != Class::Fatal || error.code() == ErrorCode::ResponseTooLarge) {
            return error.with_note("the service may have done what was asked; it was not asked again, since that could do it twice");
        }
        let method = self.prepared.request.method();
        match error.status() {
            Some(404) if self.was_lost && *method == Method::DELETE => {
                error.with_note("an earlier attempt of this call was not answered, and may have deleted it")
            }
            Some(409 | 412) if self.was_lost => {
                error.with_note("an earlier attempt of this call was not answered, and may have changed it")
            }
            _ => error,
        }
    }

    fn out_of_time(&self, limits: &Limits) -> Error {
        self.last_error.clone().unwrap_or_else(|| {
            let millis = self.deadline(limits).saturating_sub(self.started).as_millis();
            Error::new(ErrorCode::DeadlineExceeded, format!("{}: {millis} ms were over before there was an answer", self.entry.id()))
                .explained(&[])
        })
    }

    fn end(&mut self, now: Now, result: Result<Reply<Content>, Error>) {
        let elapsed = now.monotonic.saturating_sub(self.started);
        self.state = State::Over(Some(result.map_err(|error| error.with_effort(self.attempts, elapsed))));
    }
}
