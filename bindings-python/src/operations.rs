//! The operations of the services as Python sees them: what there is, and where calls of it go.

use crate::arguments::arguments;
use crate::call::Call;
use crate::machine::TokenManager;
use crate::problem::{invalid, raised};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use trusted_profile::driver;
use trusted_profile_core::call::{Client, ClientOptions, Manner};
use trusted_profile_core::operation::{Answer, Entry, MetadataService};
use trusted_profile_core::wire::Json;
use trusted_profile_core::{Error, catalog};

/// What a client was set up with, and what it has learned of resources.
#[pyclass(frozen, module = "trusted_profile._native")]
pub(crate) struct Operations {
    client: Mutex<Client>,
}

/// An operation, an argument of it, and whether that is required.
type Listed = (String, Vec<(String, bool)>, String, bool);

/// A method, an address, headers and a body.
type Built = (String, String, Vec<(String, String)>, Vec<u8>);

#[pymethods]
impl Operations {
    /// `client` is `vpc`, `metadata`, `iam` or `containers`; `deadline` is in seconds.
    #[new]
    #[pyo3(signature = (client, *, endpoint = None, region = None, version = None, deadline = None, always_if_match = false))]
    fn new(
        py: Python<'_>,
        client: &str,
        endpoint: Option<String>,
        region: Option<String>,
        version: Option<String>,
        deadline: Option<f64>,
        always_if_match: bool,
    ) -> PyResult<Self> {
        let deadline = deadline.map(|seconds| {
            let expected = || invalid(py, format!("deadline: expected seconds, more than 0, got {seconds}"));
            Duration::try_from_secs_f64(seconds).ok().filter(|time| !time.is_zero()).ok_or_else(expected)
        });
        let options = ClientOptions { endpoint, region, version, deadline: deadline.transpose()?, always_if_match };
        Ok(Self { client: Mutex::new(Client::new(client, options).map_err(|e| raised(py, &e))?) })
    }

    /// Every operation of `client`: the name of its method; its arguments and which of them are required, what it sends, whether it has pages.
    #[staticmethod]
    fn listed(py: Python<'_>, client: &str) -> PyResult<Vec<Listed>> {
        let services = catalog::client_services(client).map_err(|e| raised(py, &e))?;
        let methods = catalog::methods(services).into_iter();
        Ok(methods.map(|(name, entry)| (name, named(entry), words(entry), entry.paging().is_some())).collect())
    }

    /// A call, or a walk through all pages.
    fn begin(&self, py: Python<'_>, machine: &TokenManager, operation: &str, given: &Bound<'_, PyDict>, pages: bool) -> PyResult<Call> {
        let arguments = self.read(py, operation, given)?;
        let manner = if pages { Manner::Pages } else { Manner::Once };
        let call = self
            .metadata(machine)
            .and_then(|metadata| self.client().begin(operation, arguments, manner, metadata.as_ref(), driver::seed()));
        Ok(Call::new(call.map_err(|e| raised(py, &e))?, machine.share()))
    }

    /// The request of an operation, without credentials: its method, its address, its headers and its body. Nothing is sent.
    fn request(&self, py: Python<'_>, machine: &TokenManager, operation: &str, given: &Bound<'_, PyDict>) -> PyResult<Built> {
        let arguments = self.read(py, operation, given)?;
        let request = self.metadata(machine).and_then(|metadata| self.client().request(operation, &arguments, metadata.as_ref()));
        let request = request.map_err(|e| raised(py, &e))?;
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        Ok((request.method().to_string(), request.uri().to_string(), headers, request.into_body()))
    }

    /// Keeps what `call` has learned of resources.
    fn learn_from(&self, call: &Call) {
        call.with(|call| self.client().learn_from(call));
    }

    /// The name of the list of items in a page of `operation`.
    fn items_name(&self, py: Python<'_>, operation: &str) -> PyResult<Option<&'static str>> {
        Ok(self.find(py, operation)?.paging().map(|paging| paging.items))
    }
}

impl Operations {
    fn client(&self) -> MutexGuard<'_, Client> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, py: Python<'_>, operation: &str) -> PyResult<Entry> {
        // An exception is made without the lock, since that may run Python code.
        let found = self.client().find(operation);
        found.map_err(|e| raised(py, &e))
    }

    fn read(&self, py: Python<'_>, operation: &str, given: &Bound<'_, PyDict>) -> PyResult<Json> {
        arguments(&self.find(py, operation)?.id(), given).map(Json::from)
    }

    fn metadata(&self, machine: &TokenManager) -> Result<Option<MetadataService>, Error> {
        let is_metadata = self.client().is_metadata();
        is_metadata.then(|| machine.shared().look(|machine| machine.metadata_service())).transpose()
    }
}

/// Its arguments, and whether a call is an error without them.
fn named(entry: Entry) -> Vec<(String, bool)> {
    let body = entry.body().filter(|body| body.is_required).map(|_| "body".to_owned());
    let required: Vec<String> = entry.parameters().into_iter().filter(|p| p.is_needed()).map(|p| p.argument()).chain(body).collect();
    entry.arguments().map(|name| (required.contains(&name), name)).map(|(is_required, name)| (name, is_required)).collect()
}

/// What it is, for `help()`.
fn words(entry: Entry) -> String {
    let answer = match entry.answer() {
        Answer::Nothing => "nothing",
        Answer::Json => "what the service answers, as ``json.loads`` would have it",
        Answer::Text | Answer::Xml => "text",
        Answer::YesOrNo => "whether it is so",
    };
    format!("``{} {}`` of {}.\n\nReturns {answer}.", entry.method(), entry.path(None), entry.service().name)
}
