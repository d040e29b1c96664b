//! A round: all attempts from the first to success or failure, shared by all who wait for it.

use super::action::Ticket;
use crate::error::{Error, TransportError};
use crate::operation::ExchangeId;
use crate::secret::Secret;
use crate::time::Now;
use crate::wire::Scheme;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How a round ended, for tickets that ask late. Success needs no note: the slot holds its token.
#[derive(Debug, Default)]
pub(super) struct Outcome(OnceLock<Error>);

impl Outcome {
    pub(super) fn failure(&self) -> Option<&Error> {
        self.0.get()
    }

    pub(super) fn fail(&self, error: Error) {
        // A round ends once; a second failure would be the first one's echo.
        let _ = self.0.set(error);
    }
}

/// Who a round is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Callers wait for it: it retries.
    Awaited,
    /// A token is still usable: one attempt, then a pause.
    Refresh,
}

/// The state of a live round.
#[derive(Debug)]
pub(super) struct Round {
    pub(super) outcome: Arc<Outcome>,
    pub(super) kind: Kind,
    pub(super) started: Duration,
    pub(super) deadline: Duration,
    /// No attempt before this.
    pub(super) not_before: Duration,
    pub(super) attempts: u32,
    pub(super) failures: u32,
    /// How often work was given back undone.
    pub(super) given_back: u32,
    pub(super) last_error: Option<Error>,
    /// The round's place in the queue of the slot it stands on.
    pub(super) base_ticket: Ticket,
    /// What may happen once a round has happened.
    pub(super) spent: Spent,
    /// The compute resource token for the next attempt.
    pub(super) cr_token: Option<Secret>,
    /// The one that was refused, and its refusal, while the file is read again.
    pub(super) refused_cr_token: Option<(Secret, Error)>,
    /// `auto`: https could not connect, http is next. Keeps why.
    pub(super) https_failed: Option<TransportError>,
}

/// Second chances that a round has used up.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spent {
    /// Another attempt after a success without content (R6).
    pub(super) malformed: bool,
    /// Another attempt after a failure on a reused connection (R6).
    pub(super) reused: bool,
    /// The chain redone after the base token was refused (R6a).
    pub(super) base: bool,
    /// The token file read again after its token was refused (R6a).
    pub(super) reread: bool,
}

impl Round {
    pub(super) fn new(kind: Kind, now: Now, budget: Duration) -> Self {
        Self {
            outcome: Arc::default(),
            kind,
            started: now.monotonic,
            deadline: now.monotonic.saturating_add(budget),
            not_before: now.monotonic,
            attempts: 0,
            failures: 0,
            given_back: 0,
            last_error: None,
            base_ticket: Ticket::new(),
            spent: Spent::default(),
            cr_token: None,
            refused_cr_token: None,
            https_failed: None,
        }
    }

    /// `error` with the effort of this round so far; the end of the round it stands on keeps its own.
    pub(super) fn with_its_effort(&self, error: Error, now: Now) -> Error {
        if error.attempts() == 0 { error.with_effort(self.attempts, now.monotonic.saturating_sub(self.started)) } else { error }
    }

    /// A caller joins: from now on the round retries as for anyone who waits, and has its budget.
    pub(super) fn becomes_awaited(&mut self, now: Now, budget: Duration) {
        if self.kind == Kind::Refresh {
            self.kind = Kind::Awaited;
            self.deadline = now.monotonic.saturating_add(budget);
        }
    }
}

/// The one thing a slot waits for.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) id: ExchangeId,
    pub(super) sent: Now,
    /// Past this the exchange is given up, whatever its driver does.
    pub(super) lease: Duration,
    pub(super) waits_for: WaitsFor,
}

#[derive(Debug)]
pub(super) enum WaitsFor {
    Response(Sent),
    Files,
    External,
}

/// What was sent, as far as the answer has to be judged by it.
#[derive(Debug)]
pub(super) struct Sent {
    /// Never to be shown when the answer quotes them.
    pub(super) secrets: Vec<Secret>,
    /// The generation of the base token that was presented.
    pub(super) base_generation: Option<u64>,
    /// The compute resource token that was presented.
    pub(super) cr_token: Option<Secret>,
    pub(super) host: String,
    pub(super) scheme: Scheme,
}
