//! The token machine as Python sees it.

use crate::action::{Action, Ticket};
use crate::exchange::Response;
use crate::options::{read_policy, source_options};
use crate::problem::{invalid, raised};
use crate::time::{Now, at};
use crate::token::{AccessToken, ExternalToken};
use crate::values::{from_python, in_seconds, text, to_python};
use pyo3::prelude::*;
use pyo3::types::PyString;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use trusted_profile::driver;
use trusted_profile_core::token::{ExchangeId, FileProblem, FileRead, InputReply};
use trusted_profile_core::{Facts, Now as CoreNow, Secret, Slot, TransportError, TransportErrorKind};

/// The machine of one source: it decides when to fetch, retry, refresh and give up. It has no clock, socket
/// or thread of its own; the `sansio` module says how it is driven. Without `now`, the clocks of this machine
/// are read.
#[pyclass(frozen, module = "trusted_profile.sansio")]
pub(crate) struct TokenManager {
    shared: Arc<Shared>,
}

/// The machine, the process it belongs to, and the token that may be handed out without asking it.
pub(crate) struct Shared {
    state: Mutex<State>,
}

struct State {
    machine: trusted_profile_core::TokenManager,
    process: u32,
    cached: Option<Cached>,
    /// Counts whatever may have changed the token.
    changes: u64,
}

struct Cached {
    token: Py<AccessToken>,
    /// Until either clock has reached this.
    until: CoreNow,
}

impl Shared {
    pub(crate) fn new(machine: trusted_profile_core::TokenManager) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(State { machine, process: std::process::id(), cached: None, changes: 0 }) })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fast path: two comparisons.
    pub(crate) fn ready(&self, py: Python<'_>, now: CoreNow) -> Option<Py<AccessToken>> {
        let state = self.lock();
        state.cached.as_ref().filter(|cached| now.is_before(cached.until)).map(|cached| cached.token.clone_ref(py))
    }

    /// A call that changes nothing of what is cached.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&mut trusted_profile_core::TokenManager) -> R) -> R {
        look(self.lock().own())
    }

    /// A call after which the machine has to be asked again.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut trusted_profile_core::TokenManager) -> R) -> R {
        let mut state = self.lock();
        state.cached = None;
        state.changes = state.changes.wrapping_add(1);
        change(state.own())
    }

    /// Polls for a caller. What its unit of work is given in its stead is not noted in its ticket.
    fn poll(&self, py: Python<'_>, slot: Option<Slot>, now: CoreNow, ticket: &Ticket, is_caller: bool) -> PyResult<Action> {
        let mut state = self.lock();
        let changes = state.changes;
        let machine = state.own();
        let last = machine.last_slot();
        let action = machine.poll(slot.unwrap_or(last), now, &mut ticket.lock());
        if is_caller {
            ticket.note(&action);
        }
        drop(state);
        // Objects are made without the lock, since that may run Python code.
        let action = Action::new(py, action)?;
        if slot.is_none_or(|slot| slot == last) {
            self.keep(py, &action, changes);
        }
        Ok(action)
    }

    /// Remembers the token of a poll, unless something came between.
    fn keep(&self, py: Python<'_>, action: &Action, changes: u64) {
        let cached = match action {
            Action::Ready { token } => Some(Cached { token: token.clone_ref(py), until: token.get().token.refresh_at() }),
            _ => None,
        };
        let mut state = self.lock();
        let before = if state.changes == changes { std::mem::replace(&mut state.cached, cached) } else { None };
        drop(state);
        drop(before);
    }
}

impl State {
    /// The machine of this process: what was under way in the parent of a `fork` is the parent's.
    fn own(&mut self) -> &mut trusted_profile_core::TokenManager {
        let process = std::process::id();
        if process != self.process {
            self.process = process;
            self.machine.after_fork(driver::seed());
        }
        &mut self.machine
    }
}

#[pymethods]
impl TokenManager {
    /// A machine for `source`, a mapping of options by their names, of which `source` names the kind. Times
    /// of `policy` are in seconds. `seed` feeds the jitter, `facts` are what is known of the machine.
    #[new]
    #[pyo3(signature = (source, policy = None, seed = None, facts = None))]
    fn new(
        py: Python<'_>,
        source: &Bound<'_, PyAny>,
        policy: Option<&Bound<'_, PyAny>>,
        seed: Option<u64>,
        facts: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let source = source_options(py, source)?.into_source().map_err(|e| raised(py, &e))?;
        let policy = read_policy(py, policy)?;
        let seed = seed.unwrap_or_else(driver::seed);
        let mut machine = trusted_profile_core::TokenManager::new(source, policy, seed).map_err(|e| raised(py, &e))?;
        if let Some(facts) = facts {
            let facts: Result<Facts, _> = serde_json::from_value(from_python("facts", facts)?);
            machine.set_facts(facts.map_err(|e| invalid(py, format!("facts: {e}")))?);
        }
        Ok(Self { shared: Shared::new(machine) })
    }

    /// The step whose token the program is after: `iam` or `assumed`.
    #[getter]
    fn last_slot(&self) -> &'static str {
        self.shared.look(|machine| machine.last_slot().as_str())
    }

    /// The token that the last poll returned, while it need neither be refreshed nor replaced; else `None`.
    #[pyo3(signature = (now = None))]
    fn ready(&self, py: Python<'_>, now: Option<Now>) -> Option<Py<AccessToken>> {
        self.shared.ready(py, at(now))
    }

    /// What to do next for the caller with this ticket. `slot` is `identity`, `iam` or `assumed`; none means the last.
    #[pyo3(signature = (ticket, slot = None, now = None))]
    fn poll(&self, py: Python<'_>, ticket: &Ticket, slot: Option<&str>, now: Option<Now>) -> PyResult<Action> {
        let slot = slot.map(|name| read_slot(py, name)).transpose()?;
        self.shared.poll(py, slot, at(now), ticket, true)
    }

    /// What the caller with this ticket would be given to do next, for the unit of work that it started and that has just
    /// reported: `Send`, `NeedFiles` or `NeedToken`, else `None`. A unit that goes on so need not wake those who wait
    /// for the same step.
    #[pyo3(signature = (ticket, slot = None, now = None))]
    fn proceed(&self, py: Python<'_>, ticket: &Ticket, slot: Option<&str>, now: Option<Now>) -> PyResult<Option<Action>> {
        let slot = slot.map(|name| read_slot(py, name)).transpose()?;
        let action = self.shared.poll(py, slot, at(now), ticket, false)?;
        Ok(matches!(action, Action::Send { .. } | Action::NeedFiles { .. } | Action::NeedToken { .. }).then_some(action))
    }

    /// The work of a volunteer: `Send`, `NeedFiles` or `NeedToken` when something is to be refreshed, else `None`.
    #[pyo3(signature = (now = None))]
    fn poll_refresh(&self, py: Python<'_>, now: Option<Now>) -> PyResult<Option<Action>> {
        let action = self.shared.look(|machine| machine.poll_refresh(at(now)));
        action.map(|action| Action::new(py, action)).transpose()
    }

    /// Reports the answer to a `Send`. Wake all waiters afterwards, as after every report.
    #[pyo3(signature = (id, response, now = None))]
    fn handle(&self, id: u64, response: &Response, now: Option<Now>) {
        let response = response.to_http();
        self.shared.change(|machine| machine.handle(at(now), ExchangeId(id), Ok(response)));
    }

    /// Reports that no answer came, or that a unit of work failed. `kind` is one of `dns`, `refused`, `unreachable`,
    /// `connect_timeout`, `read_timeout`, `proxy`, `tls_expired`, `tls_name`, `tls_unknown_issuer`, `tls`, `redirect`,
    /// `interrupted`, `too_large`, `other`. `detail` holds no secret.
    #[pyo3(signature = (id, kind, detail = "", *, reused_connection = false, now = None))]
    fn fail(&self, py: Python<'_>, id: u64, kind: &str, detail: &str, reused_connection: bool, now: Option<Now>) -> PyResult<()> {
        let kind = TransportErrorKind::from_name(kind).ok_or_else(|| invalid(py, format!("kind: there is no failure {kind:?}")))?;
        let mut failure = TransportError::new(kind, detail);
        failure.reused_connection = reused_connection;
        self.shared.change(|machine| machine.handle(at(now), ExchangeId(id), Err(failure)));
        Ok(())
    }

    /// Reports what the files of a `NeedFiles` hold: for each that was tried its path, and either its text or
    /// one of `not_found`, `empty`, `denied`, `too_large`, `not_text`.
    #[pyo3(signature = (id, reads, now = None))]
    fn provide_files(
        &self,
        py: Python<'_>,
        id: u64,
        reads: Vec<(String, Option<Bound<'_, PyString>>, Option<String>)>,
        now: Option<Now>,
    ) -> PyResult<()> {
        let reads: PyResult<Vec<FileRead>> = reads.into_iter().map(|read| file_read(py, read)).collect();
        let reply = InputReply::CrTokenFile(reads?);
        self.shared.change(|machine| machine.provide(at(now), ExchangeId(id), reply));
        Ok(())
    }

    /// Reads the files of a `NeedFiles` in this thread, and reports what they hold.
    fn read_files(&self, py: Python<'_>, id: u64, paths: Vec<String>, max_bytes: usize) {
        let reads = py.detach(|| driver::read_files(&paths, max_bytes));
        self.shared.change(|machine| machine.provide(trusted_profile::now(), ExchangeId(id), InputReply::CrTokenFile(reads)));
    }

    /// Reports the token of a `NeedToken`.
    #[pyo3(signature = (id, token, now = None))]
    fn provide_token(&self, id: u64, token: &ExternalToken, now: Option<Now>) {
        let reply = InputReply::External(Ok(token.copy()));
        self.shared.change(|machine| machine.provide(at(now), ExchangeId(id), reply));
    }

    /// Reports that the callback of a `NeedToken` failed, in words without secrets.
    #[pyo3(signature = (id, words, now = None))]
    fn provide_failure(&self, id: u64, words: String, now: Option<Now>) {
        self.shared.change(|machine| machine.provide(at(now), ExchangeId(id), InputReply::External(Err(words))));
    }

    /// Gives back what a unit of work that was stopped from outside cannot do.
    #[pyo3(signature = (id, now = None))]
    fn abandon(&self, id: u64, now: Option<Now>) {
        self.shared.change(|machine| machine.abandon(at(now), ExchangeId(id)));
    }

    /// A service refused the token of this step and generation with 401. A newer one stays.
    #[pyo3(signature = (slot, generation, now = None))]
    fn invalidate(&self, py: Python<'_>, slot: &str, generation: u64, now: Option<Now>) -> PyResult<()> {
        let slot = read_slot(py, slot)?;
        self.shared.change(|machine| machine.invalidate(at(now), slot, generation));
        Ok(())
    }

    /// In a child of `fork`, before anything else. A machine notices by itself that its process is another one.
    #[pyo3(signature = (seed = None))]
    fn after_fork(&self, seed: Option<u64>) {
        self.shared.change(|machine| machine.after_fork(seed.unwrap_or_else(driver::seed)));
    }

    /// Whether `poll_event` has something.
    #[getter]
    fn has_events(&self) -> bool {
        // Not for a process to be asked after: a child has the events of its parent.
        self.shared.lock().machine.has_events()
    }

    /// The next thing that happened, or `None`: a mapping with `event`, such as `refresh_failed`. Times are in seconds.
    fn poll_event<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let event = self.shared.look(trusted_profile_core::TokenManager::poll_event);
        event.map(|event| to_python(py, &in_seconds(event.to_json()))).transpose()
    }

    /// What the machine knows: source, steps with their tokens and failures, protocol, clock skew. Holds no secret.
    fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let status = self.shared.look(|machine| machine.status());
        to_python(py, &in_seconds(status.to_json()))
    }

    fn __repr__(&self) -> String {
        format!("<TokenManager {}>", self.shared.look(|machine| machine.status().source))
    }
}

impl TokenManager {
    pub(crate) const fn over(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) fn share(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }
}

fn read_slot(py: Python<'_>, name: &str) -> PyResult<Slot> {
    let slot = [Slot::Identity, Slot::Iam, Slot::Assumed].into_iter().find(|slot| slot.as_str() == name);
    slot.ok_or_else(|| invalid(py, format!("slot: expected identity, iam or assumed, got {name:?}")))
}

fn file_read(py: Python<'_>, (path, content, problem): (String, Option<Bound<'_, PyString>>, Option<String>)) -> PyResult<FileRead> {
    let result = match (content, problem) {
        (Some(content), None) => Ok(Secret::new(text("reads", &content)?)),
        (None, Some(name)) => {
            Err(FileProblem::from_name(&name).ok_or_else(|| invalid(py, format!("reads: there is no problem {name:?}")))?)
        }
        _ => return Err(invalid(py, format!("reads: expected either a text or a problem for {path}"))),
    };
    Ok(FileRead { path, result })
}
