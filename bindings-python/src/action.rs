//! What the machine asks for, as Python sees it.

use crate::exchange::Exchange;
use crate::problem::exception;
use crate::token::AccessToken;
use pyo3::prelude::*;
use std::sync::{Mutex, MutexGuard, PoisonError};
use trusted_profile_core::token::Input;
use trusted_profile_core::{Error, ErrorCode};

/// What to do next.
#[pyclass(frozen, module = "trusted_profile.sansio")]
pub(crate) enum Action {
    /// There is a token.
    Ready {
        /// The token.
        token: Py<AccessToken>,
    },
    /// Send this in a unit of work of its own; then `handle` its answer, or `fail` it.
    Send {
        /// The request and its limits.
        exchange: Py<Exchange>,
    },
    /// Read these files in order until one holds something; then `provide_files`.
    NeedFiles {
        /// Goes back with what was read.
        id: u64,
        /// The paths, most preferred first.
        paths: Vec<String>,
        /// The longest file, in bytes.
        max_bytes: usize,
    },
    /// Call the program's token callback; then `provide_token` or `provide_failure`.
    NeedToken {
        /// Goes back with the token.
        id: u64,
        /// How long it may take, in seconds.
        timeout: f64,
    },
    /// Wait to be woken, but no longer than this many seconds, then poll again.
    Wait {
        /// Seconds.
        at_most: f64,
    },
    /// There is no token.
    Failed {
        /// Why, to be raised.
        error: Py<PyAny>,
    },
}

impl Action {
    pub(crate) fn new(py: Python<'_>, action: trusted_profile_core::Action) -> PyResult<Self> {
        use trusted_profile_core::Action as Core;
        let failed = |error: &Error| exception(py, error).map(|error| Self::Failed { error: error.unbind() });
        Ok(match action {
            Core::Ready(token) => Self::Ready { token: Py::new(py, AccessToken { token })? },
            Core::Send(exchange) => Self::Send { exchange: Py::new(py, Exchange::new(*exchange))? },
            Core::NeedInput { id, input: Input::CrTokenFile { paths, max_bytes } } => Self::NeedFiles { id: id.0, paths, max_bytes },
            Core::NeedInput { id, input: Input::External { timeout } } => Self::NeedToken { id: id.0, timeout: timeout.as_secs_f64() },
            Core::Wait { at_most } => Self::Wait { at_most: at_most.as_secs_f64() },
            Core::Failed(error) => failed(&error)?,
            Core::NeedInput { .. } => {
                failed(&Error::new(ErrorCode::Internal, "the machine asked for something this driver does not know"))?
            }
        })
    }
}

/// One caller's place in the machine. A new one for every call for a token.
#[pyclass(frozen, module = "trusted_profile.sansio")]
pub(crate) struct Ticket {
    ticket: Mutex<trusted_profile_core::Ticket>,
    handed_out: Mutex<Option<u64>>,
}

#[pymethods]
impl Ticket {
    #[new]
    fn new() -> Self {
        Self { ticket: Mutex::new(trusted_profile_core::Ticket::new()), handed_out: Mutex::new(None) }
    }

    /// The exchange or input that this ticket was given last, until `taken` is called: a driver that is
    /// interrupted before it started the unit of work gives it back to `abandon`.
    #[getter]
    fn handed_out(&self) -> Option<u64> {
        *lock(&self.handed_out)
    }

    /// Says that a unit of work has what was handed out.
    fn taken(&self) {
        *lock(&self.handed_out) = None;
    }
}

impl Ticket {
    pub(crate) fn lock(&self) -> MutexGuard<'_, trusted_profile_core::Ticket> {
        lock(&self.ticket)
    }

    pub(crate) fn note(&self, action: &trusted_profile_core::Action) {
        use trusted_profile_core::Action as Core;
        let id = match action {
            Core::Send(exchange) => exchange.id.0,
            Core::NeedInput { id, .. } => id.0,
            _ => return,
        };
        *lock(&self.handed_out) = Some(id);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
