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
use trusted_profile_core::{Error, ErrorCode, Secret, TransportError, TransportErrorKind};

/// A call, which belongs to one caller. It needs a clock, a token and a transport, and decides everything else.
///
/// Its locks are held for a moment, and never while Python code may run or the interpreter is released.
#[pyclass(frozen, module = "trusted_profile._native")]
pub(crate) struct Call {
    entry: Entry,
    /// Away while a thread reads an answer.
    call: Mutex<Option<Box<trusted_profile_core::call::Call>>>,
    /// The answer until the caller has it: a child of `fork` finds it here when its parent's thread was just bringing it.
    answer: Mutex<Option<Arc<CoreReply<Content>>>>,
    shared: Arc<Shared>,
    /// Where it was made.
    process: u32,
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
    /// What to do next. An answer is made a Python object here; `in_pieces`, where it is large and other threads are to have
    /// their turns meanwhile.
    #[pyo3(signature = (in_pieces = false))]
    fn poll(&self, py: Python<'_>, in_pieces: bool) -> PyResult<Step> {
        let waiting = lock(&self.answer).clone();
        if let Some(reply) = waiting {
            return answer(py, self.entry, &reply, in_pieces);
        }
        let Some(step) = self.with(|call| call.poll(trusted_profile::now())) else {
            return Ok(Step::Failed { error: exception(py, &self.lost())?.unbind() });
        };
        Ok(match step {
            CoreStep::NeedToken { kind } => Step::NeedToken { is_identity: kind.as_str() == "identity" },
            CoreStep::Rejected { .. } => Step::Rejected {},
            CoreStep::Send(exchange) => Step::Send { exchange: Py::new(py, Exchange::new(*exchange))? },
            CoreStep::Wait { at_most } => Step::Wait { at_most: at_most.as_secs_f64() },
            CoreStep::Page(reply) | CoreStep::Done(reply) => {
                let reply = Arc::from(reply);
                *lock(&self.answer) = Some(Arc::clone(&reply));
                return answer(py, self.entry, &reply, in_pieces);
            }
            CoreStep::End => Step::End {},
            CoreStep::Failed(error) => Step::Failed { error: exception(py, &error)?.unbind() },
        })
    }

    /// Says that the caller has the answer; until then `poll` gives the same.
    fn taken(&self) {
        drop(lock(&self.answer).take());
    }

    /// The seconds that are left for what is under way.
    #[getter]
    fn left(&self) -> f64 {
        self.with(|call| call.left(trusted_profile::now())).unwrap_or_default().as_secs_f64()
    }

    /// The token that was asked for.
    fn token(&self, token: &AccessToken) {
        // For a call of the metadata service; to others that is nothing.
        if let Ok(service) = self.shared.look(|machine| machine.metadata_service()) {
            self.with(|call| call.served_by(service));
        }
        let (secret, generation) = (Secret::new(token.token.expose()), token.token.generation());
        self.with(|call| call.token(trusted_profile::now(), secret, generation));
    }

    /// The answer to a `Send`.
    fn handle(&self, py: Python<'_>, id: u64, response: &Response) {
        let response = response.to_http();
        self.report(py, move || (ExchangeId(id), Ok(response)));
    }

    /// That no answer came; `kind` is one of those of `TokenManager.fail`.
    #[pyo3(signature = (id, kind, detail = "", *, reused_connection = false))]
    fn fail(&self, py: Python<'_>, id: u64, kind: &str, detail: &str, reused_connection: bool) -> PyResult<()> {
        let kind = TransportErrorKind::from_name(kind).ok_or_else(|| invalid(py, format!("kind: there is no failure {kind:?}")))?;
        let mut failure = TransportError::new(kind, detail);
        failure.reused_connection = reused_connection;
        self.with(|call| call.handle(trusted_profile::now(), ExchangeId(id), Err(failure)));
        Ok(())
    }

    /// Gives back what a unit of work cannot do.
    fn abandon(&self, id: u64) {
        self.with(|call| call.abandon(trusted_profile::now(), ExchangeId(id)));
    }

    fn __repr__(&self) -> String {
        format!("<Call {}>", self.entry.id())
    }
}

impl Call {
    pub(crate) fn new(call: trusted_profile_core::call::Call, shared: Arc<Shared>) -> Self {
        Self { entry: call.entry(), call: Mutex::new(Some(Box::new(call))), answer: Mutex::default(), shared, process: std::process::id() }
    }

    /// Does something with the machine, unless a thread has it.
    pub(crate) fn with<R>(&self, with: impl FnOnce(&mut trusted_profile_core::call::Call) -> R) -> Option<R> {
        lock(&self.call).as_mut().map(|call| with(call))
    }

    /// Why a thread that reads the answer will never give it back: it is in the parent of this process, or it panicked.
    fn lost(&self) -> Error {
        let (code, words) = if std::process::id() == self.process {
            (ErrorCode::Internal, "the answer could not be read, by a defect of this library; please report this")
        } else {
            (ErrorCode::ServiceUnreachable, "this process was forked while the answer was being read, which stayed with the parent")
        };
        Error::new(code, format!("{}: {words}; the service may have done what was asked", self.entry.id()))
    }

    /// Reports what `outcome` brings, with the interpreter released: that takes its time, and so does reading an answer.
    pub(crate) fn report(&self, py: Python<'_>, outcome: impl FnOnce() -> (ExchangeId, Outcome) + Send) {
        py.detach(|| {
            let (id, outcome) = outcome();
            let call = lock(&self.call).take();
            if let Some(mut call) = call {
                call.handle(trusted_profile::now(), id, outcome);
                *lock(&self.call) = Some(call);
            }
        });
    }
}

type Outcome = Result<http::Response<Vec<u8>>, TransportError>;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(py: Python<'_>, entry: Entry, reply: &CoreReply<Content>, in_pieces: bool) -> PyResult<Step> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = reply.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let value = match &reply.value {
        Content::Nothing => py.None(),
        Content::Json(json) => to_python(py, json.as_value())?.unbind(),
        Content::Text(text) => text.expose().into_pyobject(py)?.into_any().unbind(),
        Content::Unread { text, .. } => match decoded(py, text.expose().as_bytes(), in_pieces) {
            Ok(value) => value.unbind(),
            // JSON to the core and not to Python: nested deeper than it goes, say.
            Err(what) => return Ok(Step::Failed { error: exception(py, &entry.malformed(reply.status, &what))?.unbind() }),
        },
    };
    Ok(Step::Answer { status: reply.status, headers, value })
}
