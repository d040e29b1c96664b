//! Requests and answers as Python transports see them.

use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::sync::{Mutex, PoisonError};
use trusted_profile_core::token;

/// A request to send, and the limits it is sent under. `repr` shows neither headers nor body.
#[pyclass(frozen, module = "trusted_profile.sansio")]
pub(crate) struct Exchange {
    id: u64,
    method: String,
    url: String,
    connect_timeout: f64,
    timeout: f64,
    max_response_bytes: usize,
    network: &'static str,
    /// Taken by the native transport, which needs no copy of it in Python.
    whole: Mutex<Option<token::Exchange>>,
}

#[pymethods]
impl Exchange {
    /// Goes back to the machine with the outcome.
    #[getter]
    const fn id(&self) -> u64 {
        self.id
    }

    /// The HTTP method.
    #[getter]
    fn method(&self) -> &str {
        &self.method
    }

    /// The whole address. Holds no secret.
    #[getter]
    fn url(&self) -> &str {
        &self.url
    }

    /// Names in lower case, with their values, in the order to send them. They hold credentials.
    #[getter]
    fn headers(&self) -> PyResult<Vec<(String, String)>> {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        self.with(|exchange| exchange.request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect())
    }

    /// The body; empty means none. It may hold credentials.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.with(|exchange| PyBytes::new(py, exchange.request.body()))
    }

    /// Seconds to connect, TLS not included.
    #[getter]
    const fn connect_timeout(&self) -> f64 {
        self.connect_timeout
    }

    /// Seconds to the last byte of the answer.
    #[getter]
    const fn timeout(&self) -> f64 {
        self.timeout
    }

    /// The longest answer, in bytes, after decoding.
    #[getter]
    const fn max_response_bytes(&self) -> usize {
        self.max_response_bytes
    }

    /// `link_local`: never a proxy; `private`: none from the environment; `public`: those of the environment.
    #[getter]
    const fn network(&self) -> &'static str {
        self.network
    }

    fn __repr__(&self) -> String {
        format!("<Exchange {} {} {}>", self.id, self.method, self.url)
    }
}

impl Exchange {
    pub(crate) fn new(exchange: token::Exchange) -> Self {
        Self {
            id: exchange.id.0,
            method: exchange.request.method().to_string(),
            url: exchange.request.uri().to_string(),
            connect_timeout: exchange.connect_timeout.as_secs_f64(),
            timeout: exchange.timeout.as_secs_f64(),
            max_response_bytes: exchange.max_response_bytes,
            network: exchange.network.as_str(),
            whole: Mutex::new(Some(exchange)),
        }
    }

    pub(crate) fn take(&self) -> PyResult<token::Exchange> {
        self.whole.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or_else(gone)
    }

    fn with<R>(&self, look: impl FnOnce(&token::Exchange) -> R) -> PyResult<R> {
        self.whole.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(look).ok_or_else(gone)
    }
}

fn gone() -> PyErr {
    PyRuntimeError::new_err("this exchange was sent already")
}

/// An answer: its status, headers as pairs of name and value, and the whole body.
#[pyclass(frozen, module = "trusted_profile.sansio")]
pub(crate) struct Response {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

#[pymethods]
impl Response {
    #[new]
    #[pyo3(signature = (status, headers = Vec::new(), body = Vec::new()))]
    fn new(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> PyResult<Self> {
        let status = StatusCode::from_u16(status)
            .map_err(|_| PyValueError::new_err(format!("status: expected a number from 100 to 999, got {status}")))?;
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let (Ok(name), Ok(value)) = (HeaderName::try_from(&name), HeaderValue::from_bytes(value.as_bytes())) else {
                return Err(PyValueError::new_err(format!("headers: {name:?} is not a header as HTTP knows them")));
            };
            map.try_append(name, value).map_err(|_| PyValueError::new_err("headers: there are too many"))?;
        }
        Ok(Self { status, headers: map, body })
    }

    /// The HTTP status.
    #[getter]
    const fn status(&self) -> u16 {
        self.status.as_u16()
    }

    fn __repr__(&self) -> String {
        format!("<Response {}, {} bytes>", self.status.as_u16(), self.body.len())
    }
}

impl Response {
    /// The machine zeroizes what it gets; the copy in Python is the transport's.
    pub(crate) fn to_http(&self) -> http::Response<Vec<u8>> {
        let mut response = http::Response::new(self.body.clone());
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        response
    }
}

impl Drop for Response {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.body);
    }
}
