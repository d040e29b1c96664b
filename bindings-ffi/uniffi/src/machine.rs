//! The token machine without I/O.

use crate::action::{Action, Ticket};
use crate::callback::ExternalToken;
use crate::description::Status;
use crate::error_class::TrustedProfileError;
use crate::event::TokenEvent;
use crate::exchange::{FailureKind, FileRead, Response};
use crate::numbers::exchange_id;
use crate::policy::Policy;
use crate::source::SourceOptions;
use crate::time::{Now, at};
use crate::token::Slot;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use trusted_profile::driver;
use trusted_profile_core::TransportError;
use trusted_profile_core::token::InputReply;

/// The machine of one source, for a transport or a loop of one's own: it decides when to fetch, retry, refresh and give
/// up. It has no clock, socket, timer or thread. Without `now`, the clocks of this machine are read.
///
/// `poll` says what a caller has to do; each unit of work (`Send`, `NeedFiles`, `NeedToken`) runs apart from the caller that
/// got it and reports to `handle`, `fail` or one of the `provide...`; after every report, everybody who waits is woken. A
/// waiter registers before the lock is released under which it polled, or it misses the report that comes between.
#[derive(uniffi::Object)]
#[uniffi::export(Display)]
pub struct TokenManager {
    machine: Mutex<trusted_profile_core::TokenManager>,
}

/// What is known of this machine; it orders the causes in errors.
#[derive(Clone, Debug, Default, uniffi::Record)]
pub struct Facts {
    /// Inside a container.
    #[uniffi(default)]
    pub container: Option<bool>,
    /// Inside a Kubernetes pod.
    #[uniffi(default)]
    pub kubernetes: Option<bool>,
    /// Inside Code Engine.
    #[uniffi(default)]
    pub code_engine: Option<bool>,
    /// A proxy variable is set.
    #[uniffi(default)]
    pub proxy_set: Option<bool>,
    /// As Rust names it, such as `x86_64`.
    #[uniffi(default)]
    pub arch: Option<String>,
    /// As Rust names it, such as `linux`.
    #[uniffi(default)]
    pub os: Option<String>,
}

#[uniffi::export]
impl TokenManager {
    /// A machine for `source`. The 64 bits of `seed` feed the jitter; random unless given.
    ///
    /// # Errors
    /// `InvalidArgument` names the option or knob that cannot be used.
    #[uniffi::constructor(default(policy), default(seed), default(facts))]
    pub fn new(source: SourceOptions, policy: Policy, seed: Option<i64>, facts: Facts) -> Result<Arc<Self>, TrustedProfileError> {
        let seed = seed.map_or_else(driver::seed, i64::cast_unsigned);
        let source = source.into_core()?.into_source()?;
        let mut machine = trusted_profile_core::TokenManager::new(source, policy.into_core()?, seed)?;
        machine.set_facts(facts.into());
        Ok(Arc::new(Self { machine: Mutex::new(machine) }))
    }

    /// The step whose token the program is after.
    #[must_use]
    pub fn last_slot(&self) -> Slot {
        self.lock().last_slot().into()
    }

    /// What to do next for the caller with this ticket; without `slot` for the token of the last step.
    #[uniffi::method(default(slot), default(now))]
    pub fn poll(&self, ticket: &Ticket, slot: Option<Slot>, now: Option<Now>) -> Action {
        let mut machine = self.lock();
        let slot = slot.map_or_else(|| machine.last_slot(), Into::into);
        machine.poll(slot, at(now), &mut ticket.lock()).into()
    }

    /// The work of a volunteer, when something is to be refreshed.
    #[uniffi::method(default(now))]
    pub fn poll_refresh(&self, now: Option<Now>) -> Option<Action> {
        self.lock().poll_refresh(at(now)).map(Action::from)
    }

    /// Reports the answer to a `Send`. Wake all who wait afterwards, as after every report.
    ///
    /// # Errors
    /// `InvalidArgument` for a status that is none.
    #[uniffi::method(default(now))]
    pub fn handle(&self, id: i64, response: Response, now: Option<Now>) -> Result<(), TrustedProfileError> {
        let response = response.into_http()?;
        self.lock().handle(at(now), exchange_id(id), Ok(response));
        Ok(())
    }

    /// Reports that no answer came, or that a unit of work failed. `detail` is shown in errors and must hold no secret.
    #[uniffi::method(default(detail = ""), default(reused_connection = false), default(now))]
    pub fn fail(&self, id: i64, kind: FailureKind, detail: &str, reused_connection: bool, now: Option<Now>) {
        let mut failure = TransportError::new(kind.into_core(), detail);
        failure.reused_connection = reused_connection;
        self.lock().handle(at(now), exchange_id(id), Err(failure));
    }

    /// Reports what the files of a `NeedFiles` hold, for each that was tried.
    ///
    /// # Errors
    /// `InvalidArgument` for a file with both a text and a problem, or neither.
    #[uniffi::method(default(now))]
    pub fn provide_files(&self, id: i64, reads: Vec<FileRead>, now: Option<Now>) -> Result<(), TrustedProfileError> {
        let reads: Result<Vec<_>, _> = reads.into_iter().map(FileRead::into_core).collect();
        self.provide(id, InputReply::CrTokenFile(reads?), now);
        Ok(())
    }

    /// Reports the token of a `NeedToken`.
    #[uniffi::method(default(now))]
    pub fn provide_token(&self, id: i64, token: ExternalToken, now: Option<Now>) {
        self.provide(id, InputReply::External(Ok(token.into_core())), now);
    }

    /// Reports that the callback of a `NeedToken` failed, in words without secrets.
    #[uniffi::method(default(now))]
    pub fn provide_failure(&self, id: i64, words: String, now: Option<Now>) {
        self.provide(id, InputReply::External(Err(words)), now);
    }

    /// Gives back what a unit of work that was stopped from outside cannot do.
    #[uniffi::method(default(now))]
    pub fn abandon(&self, id: i64, now: Option<Now>) {
        self.lock().abandon(at(now), exchange_id(id));
    }

    /// A service refused the token of this step and generation with 401. A newer one stays.
    #[uniffi::method(default(now))]
    pub fn invalidate(&self, slot: Slot, generation: i64, now: Option<Now>) {
        self.lock().invalidate(at(now), slot.into(), generation.cast_unsigned());
    }

    /// For a copy of this process that goes on elsewhere: forgets what is under way, keeps the tokens.
    #[uniffi::method(default(seed))]
    pub fn after_fork(&self, seed: Option<i64>) {
        self.lock().after_fork(seed.map_or_else(driver::seed, i64::cast_unsigned));
    }

    /// The next thing that happened, if there is one.
    pub fn poll_event(&self) -> Option<TokenEvent> {
        self.lock().poll_event().as_ref().map(TokenEvent::from)
    }

    /// What the machine knows. Holds no secret.
    #[must_use]
    pub fn status(&self) -> Status {
        self.lock().status().into()
    }
}

impl TokenManager {
    /// A panic of another holder left it whole: it is changed only by its own calls.
    fn lock(&self) -> MutexGuard<'_, trusted_profile_core::TokenManager> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn provide(&self, id: i64, reply: InputReply, now: Option<Now>) {
        self.lock().provide(at(now), exchange_id(id), reply);
    }
}

impl fmt::Display for TokenManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenManager({})", self.lock().status().source)
    }
}

impl From<Facts> for trusted_profile_core::Facts {
    fn from(facts: Facts) -> Self {
        Self {
            container: facts.container,
            kubernetes: facts.kubernetes,
            code_engine: facts.code_engine,
            proxy_set: facts.proxy_set,
            arch: facts.arch,
            os: facts.os,
        }
    }
}
