//! Any operation with all that it takes: token, retries, one new token after a 401, pages, waiting.
//!
//! [`Call`] is a machine like that of the tokens, and driven in the same way; it belongs to one caller:
//!
//! ```text
//! loop { match call.poll(now)
//!   NeedToken { kind }      -> ask the provider, for call.left(now) at most; call.token(now, token, generation), or call.no_token(error);
//!                              before an identity token: call.served_by(machine.metadata_service())
//!   Rejected { generation } -> tell the provider that this token was refused (invalidate), and poll again
//!   Send(exchange)          -> send it; call.handle(now, id, outcome), or call.abandon(now, id)
//!   Wait { at_most }        -> wait, and poll again
//!   Page(reply)             -> use it, and poll again
//!   Done(reply) | End | Failed(error) -> over }
//! ```
//!
//! It knows no provider: it says that it needs a token, and its driver brings one. A driver may also add headers of its own
//! to a request, such as the Basic credentials of a registered client of IAM.
//!
//! What may have been done is done again only where that does no harm: GET, HEAD, PUT, PATCH, DELETE, and the POSTs that
//! change nothing. All else is repeated when it cannot have reached the service, or was answered with 429.
#![deny(clippy::arithmetic_side_effects)]

mod client;
mod entity_tags;
mod items;
mod limits;
mod request;
mod round;
mod settings;
mod until;

pub use client::{Client, ClientOptions, read_arguments};
pub use entity_tags::EntityTags;
use entity_tags::Learned;
pub use items::ItemStatus;
pub use limits::Limits;
pub use request::TokenKind;
pub use settings::{Manner, Settings};
pub use until::Until;

use crate::error::{Error, ErrorCode, TransportError, TransportErrorKind};
use crate::operation::{Content, Entry, Exchange, ExchangeId, MetadataService, Network, Pages, Reply, Target};
use crate::random::Random;
use crate::secret::Secret;
use crate::time::{Clamp, Now};
use crate::wire::Json;
use http::{Request, Response};
use request::Prepared;
use round::{Means, Round, Want};
use std::time::Duration;
use until::Verdict;

/// How a call is made.
#[derive(Clone, Debug, Default)]
pub struct Options<'a> {
    /// Its limits; none means [`Limits::of`] the service.
    pub limits: Option<Limits>,
    /// What is known of resources. Without it `if_match` is an argument like others. What the call learns is taken over by
    /// [`EntityTags::learn_from`]: the tag of a resource that was read or changed by itself, not those of the items of a list.
    pub entity_tags: Option<&'a EntityTags>,
    /// Whether `If-Match` is also sent where the service does not demand it. A change of something that somebody else
    /// changed since it was read is then refused.
    pub always_if_match: bool,
    /// Whether JSON is left as text: [`Content::Unread`].
    pub leave_json: bool,
    /// How the metadata service is reached as far as is known, for its operations. Every request then waits for an identity
    /// token, also one that takes none: how the service is reached is settled with it.
    pub metadata: Option<&'a MetadataService>,
}

/// What to do next.
#[derive(Debug)]
#[must_use]
pub enum Step {
    /// Bring a token of this kind.
    NeedToken {
        /// Which.
        kind: TokenKind,
    },
    /// The token of this generation was refused: tell whoever gave it. Said once; poll again.
    Rejected {
        /// As it was given.
        generation: u64,
    },
    /// Send this, and report to [`Call::handle`].
    Send(Box<Exchange>),
    /// Wait no longer than this, or until something is reported, then poll again.
    Wait {
        /// The longest wait.
        at_most: Duration,
    },
    /// A page; poll again for the next one.
    Page(Box<Reply<Content>>),
    /// The answer; the call is over.
    Done(Box<Reply<Content>>),
    /// There are no more pages; the call is over.
    End,
    /// It failed, and this is why; the call is over.
    Failed(Error),
}

/// A call of one operation.
pub struct Call {
    entry: Entry,
    target: Target,
    limits: Limits,
    network: Network,
    leave_json: bool,
    metadata: Option<MetadataService>,
    random: Random,
    clock: Clamp,
    next_id: u64,
    plan: Plan,
    round: Option<Round>,
    /// Of its one resource, so that the latest is all.
    learned: Option<Learned>,
    is_over: bool,
}

enum Plan {
    Once(Prepared),
    Pages(Pages),
    Until { until: Until, prepared: Prepared, ends: Option<Duration>, not_before: Duration, last: Option<Error> },
}

impl Call {
    /// One call, which ends with [`Step::Done`].
    ///
    /// # Errors
    /// `InvalidArgument` names the argument that is wrong.
    pub fn once(entry: Entry, arguments: &Json, target: Target, options: &Options<'_>, seed: u64) -> Result<Self, Error> {
        let prepared = Prepared::new(entry, arguments, &target, options)?;
        Ok(Self::new(entry, target, options, seed, Plan::Once(prepared)))
    }

    /// A call for each page, each with [`Step::Page`], and at last [`Step::End`].
    ///
    /// # Errors
    /// `InvalidArgument` names the argument that is wrong, or says that the operation has no pages.
    pub fn pages(entry: Entry, arguments: Json, target: Target, options: &Options<'_>, seed: u64) -> Result<Self, Error> {
        entry.check(&arguments, &target)?;
        let pages = Pages::new(entry, arguments)?;
        Ok(Self::new(entry, target, options, seed, Plan::Pages(pages)))
    }

    /// The same call again and again, until what is waited for has come about; then [`Step::Done`].
    ///
    /// # Errors
    /// `InvalidArgument` names the argument that is wrong, or says that asking twice would do something twice.
    pub fn until(entry: Entry, arguments: &Json, target: Target, options: &Options<'_>, until: Until, seed: u64) -> Result<Self, Error> {
        if !entry.is_idempotent() {
            let message = format!("{}: expected an operation that may be called again and again", entry.id());
            return Err(Error::new(ErrorCode::InvalidArgument, message));
        }
        let prepared = Prepared::new(entry, arguments, &target, options)?;
        let plan = Plan::Until { until, prepared, ends: None, not_before: Duration::ZERO, last: None };
        // Whether it has come about is in what is read.
        Ok(Self { leave_json: false, ..Self::new(entry, target, options, seed, plan) })
    }

    fn new(entry: Entry, target: Target, options: &Options<'_>, seed: u64, plan: Plan) -> Self {
        let network = Network::to(&target.base);
        let limits = options.limits.clone().unwrap_or_else(|| Limits::of(entry.service()));
        Self {
            entry,
            target,
            limits,
            network,
            leave_json: options.leave_json,
            metadata: options.metadata.cloned(),
            random: Random::new(seed),
            clock: Clamp::default(),
            next_id: 1,
            plan,
            round: None,
            learned: None,
            is_over: false,
        }
    }

    /// What to do next.
    pub fn poll(&mut self, now: Now) -> Step {
        let now = self.clock.clamp(now);
        if self.is_over {
            return Step::Failed(Error::new(ErrorCode::Internal, format!("{}: the call is over", self.entry.id())));
        }
        if self.round.is_none() {
            match self.begin(now) {
                Ok(None) => {}
                Ok(Some(step)) => return self.ending(step),
                Err(error) => return self.ending(Step::Failed(error)),
            }
        }
        let id = ExchangeId(self.next_id);
        let Some(round) = &mut self.round else { return self.ending(Step::End) };
        let mut means = Means { limits: &self.limits, network: self.network, leave_json: self.leave_json, random: &mut self.random };
        match round.poll(now, &mut means, id) {
            Want::Token(kind) => Step::NeedToken { kind },
            Want::Rejected(generation) => Step::Rejected { generation },
            Want::Wait(at_most) => Step::Wait { at_most },
            Want::Send(exchange) => {
                self.next_id = self.next_id.saturating_add(1);
                Step::Send(exchange)
            }
            Want::Over(result) => {
                let step = self.finish(now, result);
                self.ending(step)
            }
        }
    }

    fn ending(&mut self, step: Step) -> Step {
        self.is_over |= matches!(step, Step::Done(_) | Step::End | Step::Failed(_));
        step
    }

    /// Starts the next round, or says what there is to do instead.
    fn begin(&mut self, now: Now) -> Result<Option<Step>, Error> {
        let mut latest = Duration::MAX;
        let prepared = match &mut self.plan {
            Plan::Once(prepared) => prepared.clone(),
            Plan::Pages(pages) => {
                let Some(arguments) = pages.arguments() else { return Ok(Some(Step::End)) };
                Prepared::new(self.entry, arguments, &self.target, &Options::default())?
            }
            Plan::Until { until, prepared, ends, not_before, last } => {
                let ends = *ends.get_or_insert_with(|| now.monotonic.saturating_add(until.within));
                if now.monotonic >= ends {
                    return Err(until.too_late(self.entry, last.as_ref()));
                }
                if now.monotonic < *not_before {
                    return Ok(Some(Step::Wait { at_most: (*not_before).min(ends).saturating_sub(now.monotonic) }));
                }
                latest = ends;
                prepared.clone()
            }
        };
        let prepared = prepared.identified(self.entry, &mut self.random);
        let wanted = self.metadata.as_ref().map_or_else(|| TokenKind::of(self.entry), |_| Some(TokenKind::Identity));
        self.round = Some(Round::new(self.entry, prepared, wanted, now.monotonic, latest));
        Ok(None)
    }

    /// A round is over.
    fn finish(&mut self, now: Now, result: Result<Reply<Content>, Error>) -> Step {
        let round = self.round.take();
        // What a page says is about a list, which nobody changes.
        if let (Some(round), Ok(reply), Plan::Once(_) | Plan::Until { .. }) = (&round, &result, &self.plan) {
            self.learned = Learned::read(round.request(), reply);
        }
        let result = result.map_err(|error| match &self.metadata {
            Some(service) => service.explain(self.entry, error),
            None => error,
        });
        match &mut self.plan {
            Plan::Once(_) => result.map_or_else(Step::Failed, |reply| Step::Done(Box::new(reply))),
            Plan::Pages(pages) => match result {
                Ok(reply) => {
                    let nothing = Json::from(serde_json::Value::Null);
                    match pages.turn(reply.value.outline().unwrap_or(&nothing)).map(drop) {
                        Ok(()) => Step::Page(Box::new(reply)),
                        Err(error) => Step::Failed(error.with_status(reply.status)),
                    }
                }
                Err(error) => Step::Failed(error),
            },
            Plan::Until { until, ends, not_before, last, .. } => {
                let verdict = until.judge(&result);
                match (verdict, result) {
                    (Verdict::Done, Ok(reply)) => Step::Done(Box::new(reply)),
                    (Verdict::Never(why), Ok(_)) => {
                        Step::Failed(Error::new(ErrorCode::RequestRefused, format!("{}: {why}", self.entry.id())))
                    }
                    (Verdict::Never(_), Err(error)) => Step::Failed(error),
                    (_, result) => {
                        // That there was no answer in time says nothing of what was waited for.
                        if !result.as_ref().is_err_and(|error| error.code() == ErrorCode::DeadlineExceeded) {
                            *last = result.err();
                        }
                        *not_before = now.monotonic.saturating_add(until.every);
                        match ends.unwrap_or(Duration::MAX).saturating_sub(now.monotonic) {
                            Duration::ZERO => Step::Failed(until.too_late(self.entry, last.as_ref())),
                            left => Step::Wait { at_most: until.every.min(left) },
                        }
                    }
                }
            }
        }
    }

    /// A token of the kind that was asked for. `generation` tells one token from another; it comes back when it is refused.
    pub fn token(&mut self, now: Now, token: Secret, generation: u64) {
        let now = self.clock.clamp(now);
        if let Some(round) = &mut self.round {
            round.token(now, token, generation);
        }
    }

    /// How the metadata service is reached, now that there is an identity token. What is told of other calls changes nothing.
    pub fn served_by(&mut self, service: MetadataService) {
        if self.metadata.is_none() {
            return;
        }
        let Self { target, plan, round, .. } = self;
        target.base = service.base.clone();
        self.network = Network::to(&target.base);
        if let Plan::Once(prepared) | Plan::Until { prepared, .. } = plan {
            prepared.move_to(&target.base);
        }
        if let Some(round) = round {
            round.move_to(&target.base);
        }
        self.metadata = Some(service);
    }

    /// There is no token, and this is why.
    pub fn no_token(&mut self, error: Error) {
        if let Some(round) = &mut self.round {
            round.no_token(error);
        }
    }

    /// The outcome of an exchange. An id that is not on its way changes nothing.
    pub fn handle(&mut self, now: Now, id: ExchangeId, outcome: Result<Response<Vec<u8>>, TransportError>) {
        let now = self.clock.clamp(now);
        if let Some(round) = &mut self.round {
            let mut means = Means { limits: &self.limits, network: self.network, leave_json: self.leave_json, random: &mut self.random };
            round.handle(now, &mut means, id, outcome);
        }
    }

    /// An exchange whose unit of work cannot finish.
    pub fn abandon(&mut self, now: Now, id: ExchangeId) {
        self.handle(now, id, Err(TransportError::new(TransportErrorKind::Interrupted, "its unit of work gave it up")));
    }

    /// The operation.
    #[must_use]
    pub const fn entry(&self) -> Entry {
        self.entry
    }

    /// Its limits.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What is left for what is under way, such as bringing a token. While nothing is, that is a whole deadline.
    #[must_use]
    pub fn left(&self, now: Now) -> Duration {
        let left = |round: &Round| round.deadline(&self.limits).saturating_sub(now.monotonic);
        self.round.as_ref().map_or(self.limits.deadline, left)
    }

    /// The request that is under way, without credentials.
    #[must_use]
    pub fn request(&self) -> Option<&Request<Vec<u8>>> {
        self.round.as_ref().map(Round::request)
    }
}
