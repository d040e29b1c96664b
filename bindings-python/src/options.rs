//! A provider's options, from the mappings that Python hands over.

use crate::problem::{invalid, raised};
use crate::values::from_python;
use pyo3::prelude::*;
use serde_json::{Map, Number, Value};
use std::path::PathBuf;
use std::time::Duration;
use trusted_profile::{Builder, SourceOptions, TokenProvider};
use trusted_profile_core::{Error, Policy};
use zeroize::Zeroizing;

/// Everything that a provider is made of, kept so that the doctor can be asked about it later.
pub(crate) struct Recipe {
    origin: Origin,
    policy: Policy,
    ca_bundle: Option<PathBuf>,
    private_proxy: Option<String>,
}

enum Origin {
    /// The program named the source.
    Options(Box<SourceOptions>),
    /// The settings of this service are looked for.
    Service(String),
}

impl Recipe {
    pub(crate) fn read(
        py: Python<'_>,
        source: Option<&Bound<'_, PyAny>>,
        service: Option<String>,
        policy: Option<&Bound<'_, PyAny>>,
        ca_bundle: Option<PathBuf>,
        private_proxy: Option<String>,
    ) -> PyResult<Self> {
        let origin = match (source, service) {
            (Some(source), None) => Origin::Options(Box::new(source_options(py, source)?)),
            (None, Some(service)) => Origin::Service(service),
            _ => return Err(invalid(py, "source: expected either the options of a source or a service")),
        };
        Ok(Self { origin, policy: read_policy(py, policy)?, ca_bundle, private_proxy })
    }

    pub(crate) fn builder(&self) -> Result<Builder, Error> {
        let builder = match &self.origin {
            Origin::Options(options) => Builder::from_options(SourceOptions::clone(options)),
            Origin::Service(service) => TokenProvider::from_environment(service)?,
        };
        let builder = self.ca_bundle.iter().fold(builder, Builder::ca_bundle);
        let builder = self.private_proxy.iter().fold(builder, Builder::private_proxy);
        Ok(builder.policy(self.policy.clone()))
    }
}

/// The options of a source.
pub(crate) fn source_options(py: Python<'_>, source: &Bound<'_, PyAny>) -> PyResult<SourceOptions> {
    let options = without_none(from_python("source", source)?);
    SourceOptions::from_json(&Zeroizing::new(options.to_string())).map_err(|e| raised(py, &e))
}

/// A policy, whose times Python gives in seconds.
pub(crate) fn read_policy(py: Python<'_>, policy: Option<&Bound<'_, PyAny>>) -> PyResult<Policy> {
    let Some(policy) = policy else { return Ok(Policy::default()) };
    let knobs = in_milliseconds(py, "policy", without_none(from_python("policy", policy)?))?;
    Policy::from_json(&knobs.to_string()).map_err(|e| raised(py, &e))
}

/// `None` means that an option is not given.
fn without_none(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            members.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name, without_none(value))).collect()
        }
        other => other,
    }
}

fn in_milliseconds(py: Python<'_>, name: &str, value: Value) -> PyResult<Value> {
    Ok(match value {
        Value::Object(members) => {
            let knobs: PyResult<Map<_, _>> =
                members.into_iter().map(|(name, value)| in_milliseconds(py, &name, value).map(|value| (name, value))).collect();
            Value::Object(knobs?)
        }
        Value::Number(seconds) if Policy::is_time(name) => Value::Number(milliseconds(py, name, &seconds)?),
        other => other,
    })
}

fn milliseconds(py: Python<'_>, name: &str, seconds: &Number) -> PyResult<Number> {
    let time = seconds.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let milliseconds = time.and_then(|time| u64::try_from(time.as_nanos().saturating_add(500_000) / 1_000_000).ok());
    milliseconds.map(Number::from).ok_or_else(|| invalid(py, format!("{name}: expected seconds, 0 or more, got {seconds}")))
}
