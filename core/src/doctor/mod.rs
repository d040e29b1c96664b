//! A look at everything between a program and its token, step by step, for people who wonder why there is
//! none. It sends the requests that the token machine would send, once, and before each of them asks
//! its driver to look at the way there.
//!
//! # Driving it
//!
//! ```text
//! loop:
//!   match doctor.step(both clocks):
//!     Look(look)    -> find it out, then found(now, finding): Finding::Unable where this language cannot
//!     Send(x)       -> send it, then handle(now, x.id, outcome)
//!     NeedInput{..} -> get it, then provide(now, id, reply)
//!     Wait(at_most) -> wait that long
//!     Done(report)  -> show it
//! ```
//!
//! One at a time and by one driver: unlike the machine it is not shared. A report holds no token.

mod checks;
mod probe;
mod report;
mod token_file;

pub use probe::{Finding, Look, Presented};
pub use report::{Check, Remedy, Report, Verdict};

use crate::error::{Error, Facts, TransportError};
use crate::time::Now;
use crate::token::{AccessToken, Action, Exchange, ExchangeId, Input, InputReply, Network, Policy, Slot, Source, Ticket, TokenManager};
use http::Response;
use probe::Probe;
use std::time::Duration;
use token_file::TokenFile;

/// What the driver has to do next.
#[derive(Debug)]
#[must_use]
pub enum Step {
    /// Find this out and tell it to [`Doctor::found`].
    Look(Look),
    /// Send this and tell its outcome to [`Doctor::handle`].
    Send(Box<Exchange>),
    /// Get this and give it to [`Doctor::provide`].
    NeedInput {
        /// Goes back with the reply.
        id: ExchangeId,
        /// What is needed.
        input: Input,
    },
    /// Wait this long, then take the next step.
    Wait {
        /// How long.
        at_most: Duration,
    },
    /// All that can be found out.
    Done(Box<Report>),
}

/// The examination of one source.
#[derive(Debug)]
pub struct Doctor {
    source: Source,
    reason: String,
    remarks: Vec<String>,
    facts: Facts,
    machine: TokenManager,
    ticket: Ticket,
    probes: Vec<Probe>,
    /// An exchange that waits for the look at its way.
    held: Option<Box<Exchange>>,
    token_file: Option<TokenFile>,
    outcomes: Vec<(Slot, Result<AccessToken, Error>)>,
    /// Whether the other way to the service was thought of, after the first one failed.
    looked_elsewhere: bool,
}

/// How long a resolver may take, at least: one that is slow and comes to something is better known than guessed.
const LONGEST_LOOKUP: Duration = Duration::from_secs(3);

impl Doctor {
    /// A doctor for `source`, which was chosen because of `reason`.
    ///
    /// Of `policy` the times of connections and attempts count, and what identity is expected; every
    /// request is sent once.
    ///
    /// # Errors
    /// `InvalidArgument` names the option or knob that cannot be used.
    pub fn new(source: Source, reason: impl Into<String>, policy: Policy, facts: Facts, seed: u64) -> Result<Self, Error> {
        let minutes = Duration::from_secs(120);
        let (mut link_local, mut remote) = (policy.link_local, policy.remote);
        (link_local.round, remote.round) = (minutes, minutes);
        let once = Policy { link_local, remote, max_attempts: 1, lease_grace: minutes, wait_until_ready: Duration::ZERO, ..policy };
        let mut machine = TokenManager::new(source.clone(), once, seed)?;
        machine.set_facts(facts.clone());
        Ok(Self {
            source,
            reason: reason.into(),
            remarks: Vec::new(),
            facts,
            machine,
            ticket: Ticket::new(),
            probes: Vec::new(),
            held: None,
            token_file: None,
            outcomes: Vec::new(),
            looked_elsewhere: false,
        })
    }

    /// Adds a line to what is said of the source: where an option comes from, or what was passed over.
    #[must_use]
    pub fn remarked(mut self, line: impl Into<String>) -> Self {
        self.remarks.push(line.into());
        self
    }

    /// What to do next.
    pub fn step(&mut self, now: Now) -> Step {
        if let Some(look) = self.probes.last().and_then(Probe::next_look) {
            return Step::Look(look);
        }
        if let Some(exchange) = self.held.take() {
            match self.probes.last().and_then(Probe::failure).cloned() {
                None => return Step::Send(exchange),
                // The way is blocked: the machine hears of it as it would from a transport.
                Some(failure) => self.machine.handle(now, exchange.id, Err(failure)),
            }
        }
        while let Some(slot) = self.next_slot() {
            match self.machine.poll(slot, now, &mut self.ticket) {
                Action::Ready(token) => self.ended(slot, Ok(token)),
                Action::Failed(error) => self.ended(slot, Err(error)),
                Action::NeedInput { id, input } => return Step::NeedInput { id, input },
                Action::Wait { at_most } => return Step::Wait { at_most },
                Action::Send(exchange) => {
                    if let Some(look) = self.look_ahead(slot, exchange) {
                        return look;
                    }
                }
            }
        }
        if let Some(elsewhere) = self.elsewhere() {
            self.probes.push(elsewhere);
            return self.step(now);
        }
        Step::Done(Box::new(self.report(now)))
    }

    /// What came of a [`Step::Look`].
    pub fn found(&mut self, finding: Finding) {
        if let Some(probe) = self.probes.last_mut() {
            probe.found(finding);
        }
    }

    /// What came of a [`Step::Send`].
    pub fn handle(&mut self, now: Now, id: ExchangeId, outcome: Result<Response<Vec<u8>>, TransportError>) {
        self.machine.handle(now, id, outcome);
    }

    /// What came of a [`Step::NeedInput`].
    pub fn provide(&mut self, now: Now, id: ExchangeId, reply: InputReply) {
        if let InputReply::CrTokenFile(reads) = &reply {
            self.token_file = Some(TokenFile::read(reads, now));
        }
        self.machine.provide(now, id, reply);
    }

    /// The next step of the chain, while those before it went well.
    fn next_slot(&self) -> Option<Slot> {
        if self.outcomes.iter().any(|(_, outcome)| outcome.is_err()) {
            return None;
        }
        self.machine.chain().find(|slot| self.outcomes.iter().all(|(done, _)| done != slot))
    }

    fn ended(&mut self, slot: Slot, outcome: Result<AccessToken, Error>) {
        self.ticket = Ticket::new();
        self.outcomes.push((slot, outcome));
    }

    /// Looks at the way of an exchange before it is sent, once for every way.
    fn look_ahead(&mut self, slot: Slot, exchange: Box<Exchange>) -> Option<Step> {
        let probe = Probe::of(&exchange, self.machine.is_metadata(slot));
        // A proxy resolves and connects in this machine's place.
        let is_direct = exchange.network != Network::Public || self.facts.proxy_set != Some(true);
        let is_known = self.probes.iter().any(|known| known.is_same_way(&probe));
        if !is_direct || is_known {
            return Some(Step::Send(exchange));
        }
        let look = probe.next_look();
        self.probes.push(probe);
        self.held = Some(exchange);
        look.map(Step::Look)
    }

    /// The other way to a service that could not be reached: it tells a wrong setting from a dead service.
    fn elsewhere(&mut self) -> Option<Probe> {
        if std::mem::replace(&mut self.looked_elsewhere, true) {
            return None;
        }
        let failed = self.probes.last()?;
        failed.failure().filter(|failure| failure.kind.is_before_connection())?;
        let probe = failed.elsewhere()?;
        let is_known = self.probes.iter().any(|known| known.is_same_way(&probe));
        (!is_known).then_some(probe)
    }
}
