//! The operations of the services as Python sees them: what there is, and where calls of it go.

use crate::arguments::arguments;
use crate::call::Call;
use crate::machine::TokenManager;
use crate::problem::{invalid, raised};
use crate::time::{Now, at};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use trusted_profile::driver;
use trusted_profile::service::{Containers, Iam, Metadata, Service, Vpc};
use trusted_profile_core::call::{EntityTags, Limits, Manner, Settings};
use trusted_profile_core::operation::{Answer, Entry, Target};
use trusted_profile_core::wire::Json;
use trusted_profile_core::{Error, catalog};

/// What a client was set up with, and what it has learned of resources.
#[pyclass(frozen, module = "trusted_profile._native")]
pub(crate) struct Operations {
    settings: Settings,
    deadline: Option<Duration>,
    tags: Mutex<EntityTags>,
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
        if client == "metadata" && (endpoint.is_some() || region.is_some() || version.is_some()) {
            let words = "endpoint, region, version: expected none of them for metadata, which is where the provider asks for its tokens";
            return Err(invalid(py, words));
        }
        let settings = Settings { endpoint, region, version, always_if_match, leave_json: true, ..Settings::of(services(py, client)?) };
        let deadline = deadline.map(|seconds| {
            let expected = || invalid(py, format!("deadline: expected seconds, more than 0, got {seconds}"));
            Duration::try_from_secs_f64(seconds).ok().filter(|time| !time.is_zero()).ok_or_else(expected)
        });
        Ok(Self { settings, deadline: deadline.transpose()?, tags: Mutex::default() })
    }

    /// Every operation of `client`: its name, with the service before it where several have the same; its arguments and which of them are required, what it sends, whether it has pages.
    #[staticmethod]
    fn listed(py: Python<'_>, client: &str) -> PyResult<Vec<Listed>> {
        let services = services(py, client)?;
        let entries: Vec<Entry> = catalog::list().filter(|entry| services.contains(&entry.service().name)).collect();
        let mut shared = BTreeMap::new();
        entries.iter().for_each(|entry| *shared.entry(entry.name()).or_insert(0_usize) += 1);
        let name = |entry: &Entry| match shared.get(entry.name()) {
            Some(1) => entry.name().to_owned(),
            _ => [entry.service().name, entry.name()].join("_"),
        };
        Ok(entries.iter().map(|entry| (name(entry), named(*entry), words(*entry), entry.paging().is_some())).collect())
    }

    /// Whether the service is where the tokens come from.
    #[getter]
    fn is_metadata(&self) -> bool {
        self.settings.is_metadata()
    }

    /// The seconds that a call of `operation` may take.
    fn patience(&self, py: Python<'_>, operation: &str) -> PyResult<f64> {
        let entry = self.find(py, operation)?;
        Ok(self.within(entry).patience(entry, &Manner::Once).as_secs_f64())
    }

    /// Refuses wrong arguments of an operation of the metadata service, before there is a token.
    fn check(&self, py: Python<'_>, machine: &TokenManager, operation: &str, given: &Bound<'_, PyDict>) -> PyResult<()> {
        let entry = self.find(py, operation)?;
        let target = machine.shared().look(|machine| machine.metadata_target()).map_err(|e| raised(py, &e))?;
        entry.check(&read(entry, given)?, &target).map_err(|e| raised(py, &e))
    }

    /// A call, or a walk through all pages. `began` is when its time began.
    fn begin(
        &self,
        py: Python<'_>,
        machine: &TokenManager,
        operation: &str,
        given: &Bound<'_, PyDict>,
        pages: bool,
        began: Option<Now>,
    ) -> PyResult<Call> {
        let entry = self.find(py, operation)?;
        let arguments = read(entry, given)?;
        let manner = if pages { Manner::Pages } else { Manner::Once };
        let call = self.target(machine, entry).and_then(|target| {
            let tags = self.tags();
            self.within(entry).call(entry, arguments, target, manner, &tags, driver::seed()).map(|call| call.begun(at(began)))
        });
        Ok(Call::new(call.map_err(|e| raised(py, &e))?, machine.share(), self.is_metadata()))
    }

    /// The request of an operation, without credentials: its method, its address, its headers and its body. Nothing is sent.
    fn request(&self, py: Python<'_>, machine: &TokenManager, operation: &str, given: &Bound<'_, PyDict>) -> PyResult<Built> {
        let entry = self.find(py, operation)?;
        let arguments = read(entry, given)?;
        let request = self.target(machine, entry).and_then(|target| entry.request(&arguments, &target)).map_err(|e| raised(py, &e))?;
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        Ok((request.method().to_string(), request.uri().to_string(), headers, request.into_body()))
    }

    /// Keeps what `call` has learned of resources.
    fn learn_from(&self, call: &Call) {
        call.with(|call| self.tags().learn_from(call));
    }

    /// The name of the list of items in a page of `operation`.
    fn items_name(&self, py: Python<'_>, operation: &str) -> PyResult<Option<&'static str>> {
        Ok(self.find(py, operation)?.paging().map(|paging| paging.items))
    }
}

impl Operations {
    fn tags(&self) -> MutexGuard<'_, EntityTags> {
        self.tags.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// By its id, its name, or the name of a method, which has the service before it where several have the same.
    fn find(&self, py: Python<'_>, operation: &str) -> PyResult<Entry> {
        let services = self.settings.services.iter();
        let id = services.filter_map(|service| Some([service, operation.strip_prefix(service)?.strip_prefix('_')?].join("."))).next();
        let by_id = id.and_then(|id| catalog::find(&id).ok());
        by_id.map_or_else(|| self.settings.find(operation), Ok).map_err(|e| raised(py, &e))
    }

    /// With the deadline of this client.
    fn within(&self, entry: Entry) -> Settings {
        let limits = self.deadline.map(|deadline| Limits { deadline, ..Limits::of(entry.service()) });
        Settings { limits, ..self.settings.clone() }
    }

    fn target(&self, machine: &TokenManager, entry: Entry) -> Result<Target, Error> {
        if self.is_metadata() { machine.shared().look(|machine| machine.metadata_target()) } else { self.settings.target(entry) }
    }
}

fn services(py: Python<'_>, client: &str) -> PyResult<&'static [&'static str]> {
    match client {
        "vpc" => Ok(Vpc::NAMES),
        "iam" => Ok(Iam::NAMES),
        "metadata" => Ok(Metadata::NAMES),
        "containers" => Ok(Containers::NAMES),
        _ => Err(invalid(py, format!("client: expected vpc, iam, metadata or containers, got {client:?}"))),
    }
}

fn read(entry: Entry, given: &Bound<'_, PyDict>) -> PyResult<Json> {
    arguments(&entry.id(), given).map(Json::from)
}

/// `if_match` is what was last read, unless it is given.
fn named(entry: Entry) -> Vec<(String, bool)> {
    let body = entry.body().filter(|body| body.is_required).map(|_| "body".to_owned());
    let required: Vec<String> =
        entry.parameters().into_iter().filter(|p| p.is_required && p.argument() != "if_match").map(|p| p.argument()).chain(body).collect();
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
