//! The provider for programs on tokio.

use crate::Description;
use crate::shared::{Shared, Unit, Work, closed};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::runtime::Handle;
use tokio::time::timeout;
use trusted_profile_core::error::ErrorCode;
use trusted_profile_core::operation::{Operation, Reply};
use trusted_profile_core::{AccessToken, Action, Error, Slot, Ticket};

/// Gives out IAM access tokens, and fetches and refreshes them as needed. Cheap to clone; clones
/// share everything.
///
/// Any number of tasks may ask at once: one exchange serves them all, and dropping a future harms
/// nobody else. Needs a tokio runtime with time and I/O enabled.
#[derive(Clone)]
pub struct TokenProvider {
    pub(crate) shared: Arc<Shared>,
}

impl TokenProvider {
    pub(crate) const fn over(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// A token that is usable now. At once, if there is one; a refresh runs beside it.
    ///
    /// # Errors
    /// Why there is no token, with ranked causes. The policy bounds how long that takes; wrap the
    /// call in a timeout for a bound of your own.
    pub async fn token(&self) -> Result<AccessToken, Error> {
        let slot = self.shared.call(|machine, _| machine.last_slot());
        self.token_of(slot).await
    }

    /// The identity token of this instance or bare metal server, for calls to the metadata service.
    ///
    /// # Errors
    /// As for [`TokenProvider::token`]; `InvalidArgument` where the source has none.
    pub async fn identity_token(&self) -> Result<AccessToken, Error> {
        self.token_of(Slot::Identity).await
    }

    async fn token_of(&self, slot: Slot) -> Result<AccessToken, Error> {
        let mut ticket = Ticket::new();
        loop {
            // Registered before the poll, so that no wake-up between poll and wait is lost.
            let mut woken = pin!(self.shared.tasks.notified());
            woken.as_mut().enable();
            let (action, volunteer) = self.shared.call(|machine, now| {
                let action = machine.poll(slot, now, &mut ticket);
                let may_refresh = matches!(action, Action::Ready(_)) && !self.is_closed();
                (action, if may_refresh { machine.poll_refresh(now) } else { None })
            });
            if let Some(Ok(work)) = volunteer.map(Work::of) {
                // Nobody waits for a refresh, so nobody is told that it could not be started.
                let _ = self.start(self.shared.take_on(work), true);
            }
            match Work::of(action) {
                Err(Action::Ready(token)) => return Ok(token),
                other if self.is_closed() => {
                    drop(other.map(|work| self.shared.take_on(work)));
                    return Err(closed());
                }
                Ok(work) => self.start(self.shared.take_on(work), false)?,
                Err(Action::Failed(error)) => return Err(error),
                Err(Action::Wait { at_most }) => {
                    // Woken or not, the machine is asked again.
                    let _ = timeout(at_most, woken).await;
                }
                Err(_) => return Err(Error::new(ErrorCode::Internal, "the machine asked for something this driver does not know")),
            }
        }
    }

    /// Tells the provider that a service refused `token` with 401. A newer token stays.
    pub fn invalidate(&self, token: &AccessToken) {
        self.shared.report(|machine, now| machine.invalidate(now, token.slot(), token.generation()));
    }

    /// Sends an operation of the metadata service with the identity token of this instance.
    ///
    /// # Errors
    /// As for [`TokenProvider::identity_token`], or the service's refusal. After a 401 the next call
    /// gets a new identity token.
    pub async fn metadata<O: Operation>(&self, operation: &O) -> Result<Reply<O::Output>, Error> {
        let token = self.identity_token().await?;
        let exchange = self.shared.call(|machine, _| machine.metadata_exchange(operation, &token))?;
        let mut closing = self.shared.closing.subscribe();
        let outcome = tokio::select! {
            outcome = self.shared.transport.send(exchange) => outcome,
            _ = closing.wait_for(|is_closing| *is_closing) => return Err(closed()),
        };
        self.shared.metadata_reply::<O>(outcome, &token)
    }

    /// Ends what is under way, and returns when it has ended. Callers that wait get `Closed`; a token
    /// that is cached can still be had. Holds for all clones.
    pub async fn close(&self) {
        self.shared.closing.send_replace(true);
        self.shared.wake();
        // Every unit of work holds a receiver.
        self.shared.closing.closed().await;
    }

    fn is_closed(&self) -> bool {
        *self.shared.closing.borrow()
    }

    /// Which source this is, why, and how it is doing. Holds no secret.
    #[must_use]
    pub fn describe(&self) -> Description {
        Description::new(&self.shared.choice, self.shared.call(|machine, _| machine.status()))
    }

    /// Starts a unit of work as a task of the caller's runtime.
    fn start(&self, unit: Unit, is_volunteer: bool) -> Result<(), Error> {
        let Ok(handle) = Handle::try_current() else {
            unit.fail(NO_RUNTIME);
            return Err(Error::new(ErrorCode::Closed, NO_RUNTIME));
        };
        let mut closing = self.shared.closing.subscribe();
        if *closing.borrow() {
            return Err(closed());
        }
        let is_given_back = unit.is_given_back();
        handle.spawn(async move {
            let work = async {
                if is_volunteer {
                    unit.refresh(false).await;
                } else {
                    unit.perform(false).await;
                }
            };
            tokio::select! {
                () = work => {}
                _ = closing.wait_for(|is_closing| *is_closing) => {}
            }
        });
        if !is_given_back.load(Ordering::Acquire) {
            return Ok(());
        }
        // A runtime that is shutting down drops the task at once; asking again would go round for ever.
        Err(if self.is_closed() { closed() } else { Error::new(ErrorCode::Closed, "the runtime is shutting down") })
    }
}

const NO_RUNTIME: &str = "token() has to be awaited on a tokio runtime";
