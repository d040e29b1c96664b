//! One call of an operation as Python drives it.

use crate::decode::decoded;
use crate::exchange::{Exchange, Response};
use crate::machine::Shared;
use crate::problem::{exception, invalid};
use crate::token::AccessToken;
use crate::values::to_python;
use pyo3::prelude::*;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use trusted_profile_core::call::Step as CoreStep;
use trusted_profile_core::operation::{Content, Entry, ExchangeId, Reply as CoreReply};
use trusted_profile_core::{Error, Secret, TransportError, TransportErrorKind};

/// A call, which belongs to one caller. It needs a clock, a token and a transport, and decides everything else.
#[pyclass(frozen, module = "trusted_profile._native")]
pub(crate) struct Call {
    call: Mutex<trusted_profile_core::call::Call>,
    shared: Arc<Shared>,
    is_metadata: bool,
}

/// What to do next.
#[pyclass(frozen, module = "trusted_profile._native")]
pub(crate) enum Step {
    /// Bring a token: an identity token, or else an IAM token.
    NeedToken {
        /// Which.
        is_identity: bool,
    },
    /// The token was refused: tell the provider, and poll again.
    Rejected {},
    /// Send this, and report its outcome.
    Send {
        /// The request and its limits.
        exchange: Py<Exchange>,
    },
    /// Wait for so many seconds, then poll again.
    Wait {
        /// Seconds.
        at_most: f64,
    },
    /// An answer: the only one, or that of the next page.
    Answer {
        /// The HTTP status.
        status: u16,
        /// Names in lower case, with their values.
        headers: Vec<(String, String)>,
        /// What it holds.
        value: Py<PyAny>,
    },
    /// There are no more pages.
    End {},
    /// It failed.
    Failed {
        /// Why, to be raised.
        error: Py<PyAny>,
    },
}

#[pymethods]
impl Call {
    /// What to do next. An answer is made a Python object here: in a thread, where it may be large.
    fn poll(&self, py: Python<'_>) -> PyResult<Step> {
        let step = self.lock().poll(trusted_profile::now());
        Ok(match step {
            CoreStep::NeedToken { kind } => Step::NeedToken { is_identity: kind.as_str() == "identity" },
            CoreStep::Rejected { .. } => Step::Rejected {},
            CoreStep::Send(exchange) => Step::Send { exchange: Py::new(py, Exchange::new(*exchange))? },
            CoreStep::Wait { at_most } => Step::Wait { at_most: at_most.as_secs_f64() },
            CoreStep::Page(reply) | CoreStep::Done(reply) => answer(py, self.lock().entry(), *reply)?,
            CoreStep::End => Step::End {},
            CoreStep::Failed(error) => Step::Failed { error: exception(py, &self.explained(error))?.unbind() },
        })
    }

    /// The seconds that are left for what is under way.
    #[getter]
    fn left(&self) -> f64 {
        self.lock().left(trusted_profile::now()).as_secs_f64()
    }

    /// The token that was asked for.
    fn token(&self, token: &AccessToken) {
        let (secret, generation) = (Secret::new(token.token.expose()), token.token.generation());
        self.lock().token(trusted_profile::now(), secret, generation);
    }

    /// The answer to a `Send`.
    fn handle(&self, id: u64, response: &Response) {
        self.lock().handle(trusted_profile::now(), ExchangeId(id), Ok(response.to_http()));
    }

    /// That no answer came; `kind` is one of those of `TokenManager.fail`.
    #[pyo3(signature = (id, kind, detail = "", *, reused_connection = false))]
    fn fail(&self, py: Python<'_>, id: u64, kind: &str, detail: &str, reused_connection: bool) -> PyResult<()> {
        let kind = TransportErrorKind::from_name(kind).ok_or_else(|| invalid(py, format!("kind: there is no failure {kind:?}")))?;
        let mut failure = TransportError::new(kind, detail);
        failure.reused_connection = reused_connection;
        self.lock().handle(trusted_profile::now(), ExchangeId(id), Err(failure));
        Ok(())
    }

    /// Gives back what a unit of work cannot do.
    fn abandon(&self, id: u64) {
        self.lock().abandon(trusted_profile::now(), ExchangeId(id));
    }

    fn __repr__(&self) -> String {
        format!("<Call {}>", self.lock().entry().id())
    }
}

impl Call {
    pub(crate) fn new(call: trusted_profile_core::call::Call, shared: Arc<Shared>, is_metadata: bool) -> Self {
        Self { call: Mutex::new(call), shared, is_metadata }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, trusted_profile_core::call::Call> {
        self.call.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn explained(&self, error: Error) -> Error {
        if !self.is_metadata {
            return error;
        }
        let entry = self.lock().entry();
        self.shared.look(|machine| machine.explain_metadata(entry, error))
    }
}

fn answer(py: Python<'_>, entry: Entry, reply: CoreReply<Content>) -> PyResult<Step> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = reply.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let value = match &reply.value {
        Content::Nothing => py.None(),
        Content::Json(json) => to_python(py, json.as_value())?.unbind(),
        Content::Text(text) => text.expose().into_pyobject(py)?.into_any().unbind(),
        Content::Unread { text, .. } => match decoded(py, text.expose().as_bytes()) {
            Ok(value) => value.unbind(),
            // JSON to the core and not to Python: nested deeper than it goes, say.
            Err(what) => return Ok(Step::Failed { error: exception(py, &entry.malformed(reply.status, &what))?.unbind() }),
        },
    };
    Ok(Step::Answer { status: reply.status, headers, value })
}
