//! Where a program's own requests may take a token, as the adapters ask for it.

use crate::problem::raised;
use pyo3::prelude::*;
use trusted_profile_core::{Error, wire};

/// The origins that may see a token, such as `https://us-south.iaas.cloud.ibm.com`: exact in scheme, host and
/// port. https, or http to this machine; no patterns; never link-local.
#[pyclass(frozen, module = "trusted_profile.adapters")]
pub(crate) struct AllowedOrigins {
    origins: wire::AllowedOrigins,
}

#[pymethods]
impl AllowedOrigins {
    #[new]
    fn new(py: Python<'_>, origins: Vec<String>) -> PyResult<Self> {
        let origins = wire::AllowedOrigins::new(origins.iter().map(String::as_str));
        Ok(Self { origins: origins.map_err(|e| raised(py, &Error::from(e)))? })
    }

    /// Whether a request to `url` may carry the token.
    fn allows(&self, url: &str) -> bool {
        self.origins.allows(url)
    }

    fn __repr__(&self) -> String {
        format!("AllowedOrigins({:?})", self.origins)
    }
}
