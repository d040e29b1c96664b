//! The files' content.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::mem::discriminant;

/// One scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it shows, in a sentence.
    pub name: String,
    /// Where the expectation comes from.
    pub origin: String,
    /// The rules it shows.
    pub rules: Vec<String>,
    /// Options of the source, with placeholders.
    pub source: Map<String, Value>,
    /// The policy; times in milliseconds.
    #[serde(default)]
    pub policy: Map<String, Value>,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// What other transports see otherwise. It is read, so that it is well-formed, and left.
    #[serde(default)]
    pub variants: Variants,
}

impl Scenario {
    /// What cannot be, although it is one.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        if self.steps.is_empty() {
            return Some("no steps".to_owned());
        }
        let (page, inflating) = (self.variants.page.iter(), self.variants.inflating.iter());
        page.chain(inflating)
            .find(|(number, variant)| {
                let step = number.checked_sub(1).and_then(|index| self.steps.get(index));
                step.map(discriminant) != Some(discriminant(*variant))
            })
            .map(|(number, _)| format!("a variant of step {number} is of another sort, or there is no such step"))
    }
}

/// By the number of a step, the step of the same sort that takes its place.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Variants {
    /// In a page, which is not told why no answer came.
    pub page: BTreeMap<usize, Step>,
    /// By a transport that inflates compressed answers whole.
    pub inflating: BTreeMap<usize, Step>,
}

/// One step: exactly one of these.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Step {
    /// A call of the simulator's control API.
    Control(ControlCall),
    /// A projected token file in a folder of the runner's own; it fills `{cr_token_file}` and
    /// `{cr_token_file_id}`.
    CrTokenFile(Map<String, Value>),
    /// Callers ask for the token, all at once.
    Call(Call),
    /// A token is reported as refused.
    Invalidate(String),
    /// Real time passes.
    WaitMs(u64),
    /// Waits until the journal holds that many, at most a minute.
    WaitForJournal(Counted),
    /// Waits until so many refreshes failed in a row, at most a minute.
    WaitForFailedRefreshes(u32),
    /// The journal holds exactly so many, since the start.
    Journal(Vec<Counted>),
    /// The events since the last such step, in order.
    Events(Vec<String>),
    /// The object store's status for a token.
    Use(Use),
}

/// A call of the control API.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlCall {
    /// The HTTP method.
    pub method: String,
    /// The path below `/control/v1/`.
    pub path: String,
    /// The JSON body.
    #[serde(default)]
    pub body: Value,
}

/// Callers that ask at once.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// How many.
    #[serde(default = "one")]
    pub callers: usize,
    /// How many of them give up, the first ones, once the first request is in the journal.
    #[serde(default)]
    pub cancelled: usize,
    /// The callers' own bound.
    #[serde(default)]
    pub timeout_ms: Option<u64>,
    /// The name of the token, for later steps.
    #[serde(default, rename = "as")]
    pub name: Option<String>,
    /// What every caller gets that did not give up.
    pub expect: Expected,
}

const fn one() -> usize {
    1
}

/// What callers get.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Expected {
    /// One and the same token, that nobody had before.
    NewToken,
    /// The token of that name, to the byte.
    TokenOf(String),
    /// One and the same error.
    Error(ExpectedError),
}

/// An error.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedError {
    /// Its code, as in `errors.json`.
    pub code: String,
    /// The HTTP status.
    #[serde(default)]
    pub status: Option<u16>,
    /// The service's own code.
    #[serde(default)]
    pub service_code: Option<String>,
    /// The most attempts.
    #[serde(default)]
    pub attempts: Option<u32>,
    /// A part of what is shown to people.
    #[serde(default)]
    pub shows: Vec<String>,
}

/// Requests in the journal.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// `metadata`, `iam` or `object_store`.
    pub service: String,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// How many.
    pub count: usize,
}

/// A token at the object store.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Use {
    /// The name of the token.
    pub token: String,
    /// The status.
    pub status: u16,
}
