//! The provider for programs that block.

use crate::Description;
use crate::shared::{Shared, Unit, Work};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::runtime;
use tokio::sync::watch;
use trusted_profile_core::error::ErrorCode;
use trusted_profile_core::{AccessToken, Action, Error, Slot, Ticket};

/// Gives out IAM access tokens to threads, and fetches and refreshes them as needed. Share it in an
/// `Arc`.
///
/// Every exchange runs in a short thread of its own, so that a caller that gives up harms nobody.
/// Dropping the provider ends those threads.
pub struct TokenProvider {
    shared: Arc<Shared>,
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
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut ticket = Ticket::new();
        loop {
            let mut guard = self.shared.lock();
            let (machine, now) = guard.at();
            let action = machine.poll(slot, now, &mut ticket);
            let volunteer = if matches!(action, Action::Ready(_)) { machine.poll_refresh(now) } else { None };
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            match Work::of(action) {
                Err(Action::Wait { at_most }) if left.is_none_or(|left| !left.is_zero()) => {
                    if self.units.is_closed() {
                        return Err(closed());
                    }
                    // Waiting begins before the lock is released: Condvar does both at once.
                    let at_most = left.map_or(at_most, |left| left.min(at_most));
                    let waited = self.shared.threads.wait_timeout(guard, at_most);
                    let (guard, _) = waited.unwrap_or_else(PoisonError::into_inner);
                    self.shared.publish(guard);
                }
                Err(other) => {
                    self.shared.publish(guard);
                    if let Some(Ok(work)) = volunteer.map(Work::of) {
                        self.units.start(self.shared.take_on(work), true);
                    }
                    return answer(other, timeout);
                }
                Ok(work) => {
                    self.shared.publish(guard);
                    let unit = self.shared.take_on(work);
                    if self.units.is_closed() {
                        return Err(closed());
                    }
                    self.units.start(unit, false);
                }
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

fn closed() -> Error {
    Error::new(ErrorCode::Closed, "the provider was closed")
}

/// What an action that is no work means to a caller.
fn answer(action: Action, timeout: Option<Duration>) -> Result<AccessToken, Error> {
    match action {
        Action::Ready(token) => Ok(token),
        Action::Failed(error) => Err(error),
        Action::Wait { .. } => {
            let allowed = timeout.unwrap_or_default().as_secs_f64();
            Err(Error::new(
                ErrorCode::DeadlineExceeded,
                format!("no token within the {allowed:.1} s that the caller allowed; the fetch goes on"),
            ))
        }
        _ => Err(Error::new(ErrorCode::Internal, "the machine asked for something this driver does not know")),
    }
}

/// The threads of the exchanges under way.
struct Units {
    process: u32,
    threads: Mutex<Vec<JoinHandle<()>>>,
    closing: watch::Sender<bool>,
}

impl Units {
    fn new() -> Self {
        Self { process: std::process::id(), threads: Mutex::default(), closing: watch::Sender::new(false) }
    }

    fn is_closed(&self) -> bool {
        *self.closing.borrow()
    }

    fn start(&self, unit: Unit, is_volunteer: bool) {
        let mut closing = self.closing.subscribe();
        // Kept where it can be failed, should there be no thread for it.
        let kept = Arc::new(Mutex::new(Some(unit)));
        let take = |kept: &Mutex<Option<Unit>>| kept.lock().unwrap_or_else(PoisonError::into_inner).take();
        let given = Arc::clone(&kept);
        let run = move || {
            let Some(unit) = take(&given) else { return };
            let runtime = match runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => return unit.fail(&format!("no runtime for an exchange: {error}")),
            };
            runtime.block_on(async {
                let work = async {
                    if is_volunteer {
                        unit.refresh(true).await;
                    } else {
                        unit.perform(true).await;
                    }
                };
                tokio::select! {
                    () = work => {}
                    _ = closing.wait_for(|is_closing| *is_closing) => {}
                }
            });
            // A name lookup or callback that is stuck must not hold up whoever closes.
            runtime.shutdown_background();
        };
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.retain(|thread| !thread.is_finished());
        match thread::Builder::new().name("trusted-profile".to_owned()).spawn(run) {
            Ok(thread) => threads.push(thread),
            Err(error) => {
                drop(threads);
                if let Some(unit) = take(&kept) {
                    unit.fail(&format!("no thread for an exchange: {error}"));
                }
            }
        }
    }

    fn close(&self) {
        self.closing.send_replace(true);
    }

    fn join(&self) {
        let threads = mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if std::process::id() != self.process {
                // The parent's threads do not exist in a child of fork; joining one would never end.
                mem::forget(thread);
            } else if thread.thread().id() != thread::current().id() {
                // A unit that panicked has reported itself already.
                let _ = thread.join();
            }
        }
    }
}
