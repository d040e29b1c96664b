//! A unit of work: lives as long as its exchange, detached from whoever started it, and always
//! says what became of it. The same for threads and tasks.

use crate::machine::{files, hop, response, token_body};
use crate::scenario::Give;
use crate::stage::Stage;
use std::panic::resume_unwind;
use std::sync::Arc;
use trusted_profile_core::token::{ExchangeId, Input};
use trusted_profile_core::{Action, Now, TokenManager, TransportError, TransportErrorKind};

/// A driver, as far as a unit of work needs it.
pub trait Driver: Send + Sync + 'static {
    /// Calls the machine under its lock, then wakes all waiters.
    fn report(&self, call: &mut dyn FnMut(&mut TokenManager, Now));
    /// What surrounds it.
    fn stage(&self) -> &Stage;
}

/// What the machine asked for.
pub struct Work {
    id: ExchangeId,
    hop: &'static str,
    paths: Vec<String>,
}

impl Work {
    /// The work in an action, or what a caller deals with itself.
    ///
    /// # Errors
    /// The action, when it is no work.
    pub fn of(action: Action) -> Result<Self, Action> {
        match action {
            Action::Send(exchange) => Ok(Self { id: exchange.id, hop: hop(&exchange), paths: Vec::new() }),
            Action::NeedInput { id, input: Input::CrTokenFile { paths, .. } } => Ok(Self { id, hop: "file", paths }),
            other => Err(other),
        }
    }
}

/// Work taken on. Dropping it undone gives the work back, so that the next poll hands it out again.
pub struct Unit<D: Driver> {
    driver: Arc<D>,
    work: Work,
    /// Its place in the script.
    pub ordinal: Option<usize>,
    is_done: bool,
}

impl<D: Driver> Unit<D> {
    /// Takes on work. Call it under the machine's lock, so that no wait is counted for the work before.
    pub fn take_on(driver: &Arc<D>, work: Work, caller: Option<usize>) -> Self {
        let ordinal = driver.stage().handed_out(work.hop, caller);
        Self { driver: Arc::clone(driver), work, ordinal, is_done: false }
    }

    /// Reports what the toy transport gives.
    pub fn finish(mut self) {
        let driver = Arc::clone(&self.driver);
        let id = self.work.id;
        let (give, token) = driver.stage().give(self.ordinal, self.work.hop);
        match give {
            Give::Dropped => return,
            Give::Exception => resume_unwind(Box::new("the transport panicked")),
            Give::Silence => {}
            Give::Token if !self.work.paths.is_empty() => {
                driver.report(&mut |machine, now| machine.provide(now, id, files(&self.work.paths, Some(&token))));
            }
            Give::Token => driver.report(&mut |machine, now| machine.handle(now, id, Ok(response(200, token_body(&token))))),
            Give::Unavailable => driver.report(&mut |machine, now| machine.handle(now, id, Ok(response(503, Vec::new())))),
        }
        self.is_done = true;
    }
}

impl<D: Driver> Drop for Unit<D> {
    fn drop(&mut self) {
        let id = self.work.id;
        let stage = self.driver.stage();
        if self.is_done {
            return;
        }
        if std::thread::panicking() && !stage.has("exception_abandons") {
            // A failure like any other. Giving it back would have the next sender panic as well, for
            // as long as the round lasts, since work given back is no attempt.
            let failure = || Err(TransportError::new(TransportErrorKind::Other, "the transport panicked"));
            self.driver.report(&mut |machine, now| machine.handle(now, id, failure()));
        } else if !stage.has("no_abandon") {
            self.driver.report(&mut |machine, now| machine.abandon(now, id));
        }
    }
}
