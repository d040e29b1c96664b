//! Errors of the core as the exceptions of `trusted_profile.errors`.

use crate::values::{in_seconds, to_python};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use trusted_profile_core::{Error, ErrorCode};

/// The exception of its class, with everything that the error knows.
pub(crate) fn exception<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    // Imported when something goes wrong, not when all is well.
    let classes = py.import("trusted_profile.errors")?.getattr("BY_CODE")?.cast_into::<PyDict>()?;
    let class = match classes.get_item(error.code().as_str())? {
        Some(class) => class,
        None => py.import("trusted_profile")?.getattr("TrustedProfileError")?,
    };
    class.call1((error.to_string(), to_python(py, &in_seconds(error.to_json()))?))
}

/// The same, ready to be raised.
pub(crate) fn raised(py: Python<'_>, error: &Error) -> PyErr {
    exception(py, error).map_or_else(|other| other, PyErr::from_value)
}

/// An argument that cannot be used.
pub(crate) fn invalid(py: Python<'_>, message: impl Into<String>) -> PyErr {
    raised(py, &Error::new(ErrorCode::InvalidArgument, message))
}
