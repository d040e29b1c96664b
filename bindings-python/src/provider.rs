//! What `TokenProvider` is in native code: its machine, its transport, and the fast way to a cached token.

use crate::machine::{Shared, TokenManager};
use crate::options::Recipe;
use crate::problem::raised;
use crate::sender::Sender;
use crate::token::AccessToken;
use crate::values::{in_seconds, text, to_python};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::path::PathBuf;
use std::sync::Arc;
use trusted_profile::driver::{Driver, Origin};

/// The base of `TokenProvider`, which brings the waiting and the threads.
#[pyclass(frozen, subclass, module = "trusted_profile._native")]
pub(crate) struct Provider {
    shared: Arc<Shared>,
    machine: Py<TokenManager>,
    sender: Py<Sender>,
    origin: Origin,
    recipe: Recipe,
}

#[pymethods]
impl Provider {
    #[new]
    #[pyo3(signature = (source = None, *, service = None, policy = None, ca_bundle = None, private_proxy = None, **_others))]
    fn new(
        py: Python<'_>,
        source: Option<&Bound<'_, PyAny>>,
        service: Option<String>,
        policy: Option<&Bound<'_, PyAny>>,
        ca_bundle: Option<PathBuf>,
        private_proxy: Option<&Bound<'_, PyString>>,
        _others: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let private_proxy = private_proxy.map(|address| text("private_proxy", address).map(str::to_owned)).transpose()?;
        let recipe = Recipe::read(py, source, service, policy, ca_bundle, private_proxy)?;
        let driver = recipe.builder().and_then(trusted_profile::Builder::into_driver).map_err(|e| raised(py, &e))?;
        let Driver { machine, sender, origin, .. } = driver;
        let shared = Shared::new(machine);
        let machine = Py::new(py, TokenManager::over(Arc::clone(&shared)))?;
        Ok(Self { shared, machine, sender: Py::new(py, Sender::new(sender))?, origin, recipe })
    }

    /// The token that may be handed out without asking the machine, if there is one. Python asks for more, not this:
    /// native code that calls back would be in the way of an interpreter that ends.
    fn _ready(&self, py: Python<'_>) -> Option<Py<AccessToken>> {
        self.shared.ready(py, trusted_profile::now())
    }

    #[getter]
    fn _machine(&self, py: Python<'_>) -> Py<TokenManager> {
        self.machine.clone_ref(py)
    }

    #[getter]
    fn _sender(&self, py: Python<'_>) -> Py<Sender> {
        self.sender.clone_ref(py)
    }

    /// Which source this is, why, and how it is doing.
    fn _describe<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, String)> {
        let described = self.origin.describe(self.shared.look(|machine| machine.status()));
        Ok((to_python(py, &in_seconds(described.to_json()))?, described.to_string()))
    }

    /// What stands between this program and its token: the report, and its text for people.
    fn _diagnose<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, String)> {
        examined(py, &self.recipe)
    }
}

/// The report on settings that need not be usable, and its text for people.
#[pyfunction]
pub(crate) fn diagnose(py: Python<'_>, service: String) -> PyResult<(Bound<'_, PyAny>, String)> {
    examined(py, &Recipe::read(py, None, Some(service), None, None, None)?)
}

fn examined<'py>(py: Python<'py>, recipe: &Recipe) -> PyResult<(Bound<'py, PyAny>, String)> {
    let report = py.detach(|| recipe.builder().and_then(trusted_profile::Builder::diagnose_blocking));
    // Settings that cannot be used are a finding, too.
    let report = report.unwrap_or_else(trusted_profile::Report::of_settings);
    Ok((to_python(py, &report.to_json())?, report.to_string()))
}

/// The kind of source that this program may use where nothing is configured, and what tells. Nothing is sent.
#[pyfunction]
pub(crate) fn detect() -> (&'static str, String) {
    let detected = trusted_profile::detect();
    (detected.source, detected.reason)
}
