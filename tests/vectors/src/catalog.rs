//! What the catalog builds and reads: the corpus `catalog/` and its player.

use crate::call_script::Done;
use crate::calls::compare_reply;
use crate::failure::Failure;
use crate::player::response;
use crate::request::Request;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use trusted_profile_core::operation::{ApiDate, Target};
use trusted_profile_core::wire::{BaseUrl, Json};
use trusted_profile_core::{Error, catalog};

/// One file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cases {
    /// The schema's place, for editors.
    #[serde(rename = "$schema")]
    pub schema: String,
    /// The file's path below `catalog/`, without its ending.
    pub name: String,
    /// What it shows.
    pub about: String,
    /// Where the expectations come from.
    pub origin: String,
    /// Requests.
    #[serde(default)]
    pub build: Vec<Build>,
    /// Answers.
    #[serde(default)]
    pub parse: Vec<Parse>,
}

/// Arguments, and the request or error that they become.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// What it shows.
    pub why: String,
    /// The operation's id.
    pub operation: String,
    /// Its arguments.
    pub arguments: Value,
    /// The service's address.
    pub base: String,
    /// The version date, if it is not the service's default.
    #[serde(default)]
    pub version: Option<String>,
    /// The generation, if it is not the service's default.
    #[serde(default)]
    pub generation: Option<u64>,
    /// What is built.
    #[serde(default)]
    pub request: Option<Request>,
    /// Or why nothing is.
    #[serde(default)]
    pub error: Option<Failure>,
}

/// An answer, and what it holds or is refused for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parse {
    /// What it shows.
    pub why: String,
    /// The operation's id.
    pub operation: String,
    /// The HTTP status.
    pub status: u16,
    /// Headers by lower-case name.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body as text.
    #[serde(default)]
    pub body: Option<String>,
    /// The body as JSON.
    #[serde(default)]
    pub json: Option<Value>,
    /// What it holds.
    #[serde(default)]
    pub reply: Option<Done>,
    /// Or why it is refused.
    #[serde(default)]
    pub error: Option<Failure>,
}

/// Plays a file, and says how many cases it had.
///
/// # Errors
/// The first case that goes otherwise.
pub fn play(cases: &Cases) -> Result<usize, String> {
    for case in &cases.build {
        build(case).map_err(|difference| format!("{}: {difference}", case.why))?;
    }
    for case in &cases.parse {
        parse(case).map_err(|difference| format!("{}: {difference}", case.why))?;
    }
    Ok(cases.build.len() + cases.parse.len())
}

fn build(case: &Build) -> Result<(), String> {
    let built = || -> Result<http::Request<Vec<u8>>, Error> {
        let version = case.version.as_deref().map(|date| ApiDate::parse("version", date)).transpose()?;
        let target = Target { version, generation: case.generation, ..Target::new(BaseUrl::parse("base", &case.base)?) };
        catalog::build(&case.operation, &Json::from(case.arguments.clone()), &target)
    };
    match (built(), &case.request, &case.error) {
        (Ok(found), Some(expected), None) => expected.check(&found),
        (Err(found), None, Some(expected)) => expected.check(&found),
        (found, ..) => Err(format!("found {found:?}")),
    }
}

fn parse(case: &Parse) -> Result<(), String> {
    let body = case.json.as_ref().map(Value::to_string).or_else(|| case.body.clone()).unwrap_or_default();
    let answer = response(case.status, &case.headers, body.into_bytes())?;
    match (catalog::parse(&case.operation, answer), &case.reply, &case.error) {
        (Ok(found), Some(expected), None) => compare_reply(expected, &found),
        (Err(found), None, Some(expected)) => expected.check(&found),
        (found, ..) => Err(format!("found {found:?}")),
    }
}
