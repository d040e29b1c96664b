//! Tokens as Python sees them. Their text is in two attributes and nowhere else.

use crate::time::Now;
use crate::values::{text, to_python};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyString;
use std::time::Duration;
use trusted_profile_core::Secret;

/// An IAM access token. Its text is `value`, and `authorization` is the header that carries it; `repr` and
/// `str` show neither, and putting the token itself into an f-string is a `TypeError`.
#[pyclass(frozen, module = "trusted_profile")]
pub(crate) struct AccessToken {
    pub(crate) token: trusted_profile_core::AccessToken,
}

const NO_TEXT: &str = "an AccessToken is not text, so that it does not end up in a log: \
    use .authorization for the header, or .value";

#[pymethods]
impl AccessToken {
    /// The token's text, for the one place that sends it.
    #[getter]
    fn value(&self) -> &str {
        self.token.expose()
    }

    /// `Bearer <token>`, the value of the `Authorization` header.
    #[getter]
    fn authorization(&self) -> String {
        ["Bearer ", self.token.expose()].concat()
    }

    /// When the token ends, in seconds since 1970; infinite where nobody knows.
    #[getter]
    fn expires_at(&self) -> f64 {
        match self.token.expires_at().unix {
            Duration::MAX => f64::INFINITY,
            end => end.as_secs_f64(),
        }
    }

    /// The step of the chain that it belongs to: `identity`, `iam` or `assumed`.
    #[getter]
    const fn slot(&self) -> &'static str {
        self.token.slot().as_str()
    }

    /// Which of the tokens of its step this is, counted from 1.
    #[getter]
    const fn generation(&self) -> u64 {
        self.token.generation()
    }

    /// The token is not to be used once either clock has reached this.
    #[getter]
    fn usable_until(&self) -> Now {
        self.token.usable_until().into()
    }

    /// The machine is to be asked again once either clock has reached this.
    #[getter]
    fn refresh_at(&self) -> Now {
        self.token.refresh_at().into()
    }

    /// What the token says about itself, if it is a JWT, or `None`. Nothing is verified.
    fn unverified_claims<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.token.unverified_claims().map(|claims| to_python(py, claims.json().as_value())).transpose()
    }

    fn __repr__(&self) -> String {
        format!("<AccessToken {}, generation {}>", self.slot(), self.generation())
    }

    fn __format__(&self, _spec: &str) -> PyResult<String> {
        Err(PyTypeError::new_err(NO_TEXT))
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("an AccessToken cannot be pickled: have the other process ask for its own"))
    }
}

/// What a callback of the `external` source returns: a token, and its remaining life in seconds.
#[pyclass(frozen, module = "trusted_profile")]
pub(crate) struct ExternalToken {
    token: trusted_profile_core::token::ExternalToken,
}

#[pymethods]
impl ExternalToken {
    #[new]
    fn new(access_token: &Bound<'_, PyString>, expires_in: f64) -> PyResult<Self> {
        let access_token = text("access_token", access_token)?;
        let life = Duration::try_from_secs_f64(expires_in)
            .map_err(|_| PyValueError::new_err(format!("expires_in: expected seconds, 0 or more, got {expires_in}")))?;
        let token = trusted_profile_core::token::ExternalToken { access_token: Secret::new(access_token), expires_in: life };
        Ok(Self { token })
    }

    fn __repr__(&self) -> String {
        format!("<ExternalToken, {} s>", self.token.expires_in.as_secs())
    }
}

impl ExternalToken {
    pub(crate) fn copy(&self) -> trusted_profile_core::token::ExternalToken {
        self.token.clone()
    }
}
