//! The provider for programs that block.

use crate::Description;
use crate::shared::{Shared, Unit, Work, closed};
use crate::units::Units;
#[cfg(feature = "operations")]
use crate::{clocks, driver::Patience, log};
use http::Response;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
#[cfg(feature = "operations")]
use trusted_profile_core::Secret;
#[cfg(feature = "operations")]
use trusted_profile_core::call::{Call, Step, TokenKind};
use trusted_profile_core::error::ErrorCode;
#[cfg(feature = "operations")]
use trusted_profile_core::operation::Content;
use trusted_profile_core::operation::{Exchange, Operation, Reply};
use trusted_profile_core::{AccessToken, Action, Error, Slot, Ticket, TransportError, TransportErrorKind};

#[cfg(feature = "operations")]
pub use crate::operations::blocking::{Client, Items, Pages};

/// The metadata service of this instance; see [`crate::Metadata`].
#[cfg(feature = "metadata")]
pub type Metadata = Client<crate::service::Metadata>;

/// IAM; see [`crate::Iam`].
#[cfg(feature = "iam")]
pub type Iam = Client<crate::service::Iam>;

/// The VPC API of a region; see [`crate::Vpc`].
#[cfg(feature = "vpc")]
pub type Vpc = Client<crate::service::Vpc>;

/// The Kubernetes Service's API for clusters; see [`crate::Containers`].
#[cfg(feature = "containers")]
pub type Containers = Client<crate::service::Containers>;

/// What became of an exchange.
type Outcome = Result<Response<Vec<u8>>, TransportError>;

/// Gives out IAM access tokens to threads, and fetches and refreshes them as needed. Share it in an
/// `Arc`.
///
/// Every exchange runs in a short thread of its own, so that a caller that gives up harms nobody.
/// Dropping the provider ends those threads.
pub struct TokenProvider {
    pub(crate) shared: Arc<Shared>,
    units: Units,
}

impl TokenProvider {
    pub(crate) fn over(shared: Arc<Shared>) -> Self {
        Self { shared, units: Units::new() }
    }

    /// A token that is usable now. At once, if there is one; a refresh runs beside it.
    ///
    /// `timeout` is the caller's own bound; none leaves it to the policy.
    ///
    /// # Errors
    /// Why there is no token, with ranked causes; `DeadlineExceeded` after `timeout`; `Closed` after
    /// [`TokenProvider::close`].
    pub fn token(&self, timeout: Option<Duration>) -> Result<AccessToken, Error> {
        let slot = self.shared.call(|machine, _| machine.last_slot());
        self.token_of(slot, timeout)
    }

    /// The identity token of this instance or bare metal server, for calls to the metadata service.
    ///
    /// # Errors
    /// As for [`TokenProvider::token`]; `InvalidArgument` where the source has none.
    pub fn identity_token(&self, timeout: Option<Duration>) -> Result<AccessToken, Error> {
        self.token_of(Slot::Identity, timeout)
    }

    fn token_of(&self, slot: Slot, timeout: Option<Duration>) -> Result<AccessToken, Error> {
        self.token_within(slot, timeout).unwrap_or_else(|| Err(late("no token", timeout)))
    }

    /// A token, or why there is none. None: it was not known within `timeout`.
    pub(crate) fn token_within(&self, slot: Slot, timeout: Option<Duration>) -> Option<Result<AccessToken, Error>> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut ticket = Ticket::new();
        loop {
            let mut guard = self.shared.lock();
            let (machine, now) = guard.at();
            let action = machine.poll(slot, now, &mut ticket);
            let may_refresh = matches!(action, Action::Ready(_)) && !self.units.is_closed();
            let volunteer = if may_refresh { machine.poll_refresh(now) } else { None };
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            match Work::of(action) {
                other if self.units.is_closed() && !matches!(other, Err(Action::Ready(_))) => {
                    self.shared.publish(guard);
                    drop(other.map(|work| self.shared.take_on(work)));
                    return Some(Err(closed()));
                }
                Err(Action::Wait { at_most }) if left.is_none_or(|left| !left.is_zero()) => {
                    // Waiting begins before the lock is released: Condvar does both at once.
                    let at_most = left.map_or(at_most, |left| left.min(at_most));
                    let waited = self.shared.threads.wait_timeout(guard, at_most);
                    let (guard, _) = waited.unwrap_or_else(PoisonError::into_inner);
                    self.shared.publish(guard);
                }
                Err(other) => {
                    self.shared.publish(guard);
                    if let Some(Ok(work)) = volunteer.map(Work::of) {
                        self.start(self.shared.take_on(work), true);
                    }
                    return answer(other);
                }
                Ok(work) => {
                    self.shared.publish(guard);
                    self.start(self.shared.take_on(work), false);
                }
            }
        }
    }

    fn start(&self, unit: Unit, is_volunteer: bool) {
        let work = move |unit: Unit| async move { if is_volunteer { unit.refresh(true).await } else { unit.perform(true).await } };
        if let Err((unit, why)) = self.units.start(unit, work) {
            unit.fail(&why);
        }
    }

    /// Sends an operation of the metadata service with the identity token of this instance.
    ///
    /// `timeout` is the caller's own bound for token and answer together; none leaves it to the
    /// policy.
    ///
    /// # Errors
    /// As for [`TokenProvider::identity_token`], or the service's refusal. After a 401 the next call
    /// gets a new identity token.
    pub fn metadata<O: Operation>(&self, operation: &O, timeout: Option<Duration>) -> Result<Reply<O::Output>, Error> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let token = self.identity_token(timeout)?;
        let exchange = self.shared.call(|machine, _| machine.metadata_exchange(operation, &token))?;
        let outcome = match self.exchange(exchange, deadline)? {
            Some(outcome) => outcome,
            None => return Err(late("no answer", timeout)),
        };
        self.shared.metadata_reply::<O>(outcome, &token)
    }

    /// Sends an exchange of the caller's own in a thread. None: the deadline was over before there was an outcome.
    fn exchange(&self, exchange: Exchange, deadline: Option<Instant>) -> Result<Option<Outcome>, Error> {
        if self.units.is_closed() {
            return Err(closed());
        }
        let (sender, answer) = mpsc::channel();
        let shared = Arc::clone(&self.shared);
        let work = move |exchange| async move {
            // A caller that has given up does not want it any more.
            let _ = sender.send(shared.transport.send(exchange).await);
        };
        if let Err((_, why)) = self.units.start(exchange, work) {
            return Ok(Some(Err(TransportError::new(TransportErrorKind::Other, why))));
        }
        // An attempt is bounded, so that an answer or the end of the thread comes.
        let Some(deadline) = deadline else { return answer.recv().map(Some).map_err(|_| closed()) };
        match answer.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(outcome) => Ok(Some(outcome)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(closed()),
        }
    }

    /// Drives a call to its next answer, as long as the caller is patient. None: there are no more.
    #[cfg(feature = "operations")]
    pub(crate) fn drive(&self, call: &mut Call, patience: &Patience<'_>) -> Result<Option<Reply<Content>>, Error> {
        let deadline = patience.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let within = |time: Duration| deadline.map_or(time, |deadline| time.min(deadline.saturating_duration_since(Instant::now())));
        let is_over = || within(Duration::MAX).is_zero() || patience.is_over();
        let mut used = None;
        // By any attempt: one that was answered with an error may have done what was asked.
        let mut is_sent = false;
        loop {
            match call.poll(clocks::now()) {
                Step::NeedToken { .. } if is_over() => return Err(patience.error(call, is_sent)),
                Step::NeedToken { kind } => {
                    let slot = match kind {
                        TokenKind::Identity => Slot::Identity,
                        TokenKind::Iam => self.shared.call(|machine, _| machine.last_slot()),
                    };
                    match self.token_within(slot, Some(within(call.left(clocks::now())))) {
                        Some(Ok(token)) => {
                            if kind == TokenKind::Identity {
                                call.served_by(self.shared.call(|machine, _| machine.metadata_service())?);
                            }
                            call.token(clocks::now(), Secret::new(token.expose()), token.generation());
                            used = Some(token);
                        }
                        Some(Err(error)) => call.no_token(error),
                        None if is_over() => return Err(patience.error(call, is_sent)),
                        // Too late is told by the call itself.
                        None => {}
                    }
                }
                Step::Rejected { .. } => used.iter().for_each(|token| self.invalidate(token)),
                Step::Send(_) if is_over() => return Err(patience.error(call, is_sent)),
                Step::Send(exchange) => {
                    let id = exchange.id;
                    log::exchange(&exchange);
                    is_sent = true;
                    let Some(outcome) = self.exchange(*exchange, deadline)? else { return Err(patience.error(call, is_sent)) };
                    log::outcome(&outcome);
                    call.handle(clocks::now(), id, outcome);
                }
                Step::Wait { .. } if is_over() => return Err(patience.error(call, is_sent)),
                Step::Wait { at_most } => {
                    // The end of the provider wakes it, and so does all else that happens; then the call says how long.
                    let guard = self.shared.lock();
                    if self.units.is_closed() {
                        return Err(closed());
                    }
                    drop(self.shared.threads.wait_timeout(guard, within(at_most)));
                }
                Step::Page(reply) | Step::Done(reply) => return Ok(Some(*reply)),
                Step::End => return Ok(None),
                Step::Failed(error) => return Err(error),
            }
        }
    }

    /// Tells the provider that a service refused `token` with 401. A newer token stays.
    pub fn invalidate(&self, token: &AccessToken) {
        self.shared.report(|machine, now| machine.invalidate(now, token.slot(), token.generation()));
    }

    /// Which source this is, why, and how it is doing. Holds no secret.
    #[must_use]
    pub fn describe(&self) -> Description {
        Description::new(&self.shared.choice, self.shared.call(|machine, _| machine.status()))
    }

    /// Ends what is under way and joins its threads. Callers that wait get `Closed`; a token that is
    /// cached can still be had.
    pub fn close(&self) {
        self.units.close();
        // Whoever was about to wait is waiting once the lock can be had.
        drop(self.shared.lock());
        self.shared.wake();
        self.units.join();
    }
}

impl Drop for TokenProvider {
    fn drop(&mut self) {
        self.close();
    }
}

/// What an action that is no work means to a caller. None: it has to wait, and must not any more.
fn answer(action: Action) -> Option<Result<AccessToken, Error>> {
    match action {
        Action::Ready(token) => Some(Ok(token)),
        Action::Failed(error) => Some(Err(error)),
        Action::Wait { .. } => None,
        _ => Some(Err(Error::new(ErrorCode::Internal, "the machine asked for something this driver does not know"))),
    }
}

fn late(what: &str, timeout: Option<Duration>) -> Error {
    let allowed = timeout.unwrap_or_default().as_secs_f64();
    Error::new(ErrorCode::DeadlineExceeded, format!("{what} within the {allowed:.1} s that the caller allowed; the fetch goes on"))
}
