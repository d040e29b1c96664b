//! A script as it stands in its file.

use crate::expected::{Event, Expected, Status};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use trusted_profile_core::Facts;

/// One file of `scripts/`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// The schema's place, for editors.
    #[serde(rename = "$schema")]
    pub schema: String,
    /// The generator behind every jitter: `splitmix64`.
    pub prng: String,
    /// The file's path below `scripts/`, without its ending.
    pub name: String,
    /// What the script shows, in one or two sentences.
    pub about: String,
    /// Where the expectation comes from.
    pub origin: String,
    /// The rules (`R1`) and traps (`T36`) it covers.
    pub rules: Vec<String>,
    /// The machine's seed.
    pub seed: u64,
    /// Unix time in milliseconds when the monotonic clock says zero.
    pub unix_base: u64,
    /// The source's options.
    pub source: Value,
    /// Knobs that differ from the defaults.
    #[serde(default)]
    pub policy: Option<Value>,
    /// What the wrapper knows of its machine.
    #[serde(default)]
    pub facts: Option<Facts>,
    /// Texts that no rendering may show.
    pub secrets: Vec<String>,
    /// The machine cannot be made, and this is why.
    #[serde(default)]
    pub error: Option<ConstructionError>,
    /// What happens, in order.
    #[serde(default)]
    pub steps: Vec<Step>,
}

/// Why a machine cannot be made.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConstructionError {
    /// The error's code.
    pub code: String,
    /// How its message begins.
    pub message_starts: String,
}

/// One call of the machine and what comes of it. Exactly one of the calls is given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The monotonic clock, in milliseconds.
    pub at: u64,
    /// The unix clock in milliseconds since 1970, where it is not `unix_base + at`.
    #[serde(default)]
    pub unix: Option<u64>,
    /// For the reader.
    #[serde(default)]
    pub why: Option<String>,
    /// `poll`.
    #[serde(default)]
    pub poll: Option<Poll>,
    /// `poll_refresh`.
    #[serde(default)]
    pub refresh: Option<Nothing>,
    /// `handle` with an answer.
    #[serde(default)]
    pub respond: Option<Respond>,
    /// `handle` with a transport failure.
    #[serde(default)]
    pub transport: Option<Transport>,
    /// `provide` with what came of the token files.
    #[serde(default)]
    pub files: Option<Files>,
    /// `provide` with what came of the callback.
    #[serde(default)]
    pub external: Option<External>,
    /// `abandon`.
    #[serde(default)]
    pub abandon: Option<Abandon>,
    /// `invalidate`.
    #[serde(default)]
    pub invalidate: Option<Invalidate>,
    /// `after_fork`.
    #[serde(default)]
    pub fork: Option<Fork>,
    /// `handle`, `provide` and `abandon` with an id that the machine never gave out.
    #[serde(default)]
    pub foreign: Option<Foreign>,
    /// What `poll` or `poll_refresh` returns.
    #[serde(default)]
    pub expect: Option<Expected>,
    /// The events after the step, all of them in order. Without it they are not looked at.
    #[serde(default)]
    pub events: Option<Vec<Event>>,
    /// Parts of the status after the step.
    #[serde(default)]
    pub status: Option<Status>,
}

/// An empty object.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// A caller asks for a token.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// The slot; without it the last of the chain.
    #[serde(default)]
    pub slot: Option<String>,
    /// The caller. A new name is a new ticket.
    pub ticket: String,
}

/// An answer came.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Respond {
    /// The exchange, by the name that `send.as` gave it.
    pub exchange: String,
    /// HTTP status and body.
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
    /// The body as base64.
    #[serde(default)]
    pub body_base64: Option<String>,
}

/// No answer came.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transport {
    /// The exchange, by name.
    pub exchange: String,
    /// The failure, such as `connect_timeout`.
    pub kind: String,
    /// Whether the connection had served before.
    #[serde(default)]
    pub reused: bool,
    /// The transport's own words.
    #[serde(default)]
    pub detail: String,
}

/// What came of the token files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// The input, by the name that `need_input.as` gave it.
    pub input: String,
    /// One entry for each path that was tried.
    pub reads: Vec<Read>,
}

/// What came of one path.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// The path.
    pub path: String,
    /// The file's text.
    #[serde(default)]
    pub text: Option<String>,
    /// Why there is none: `not_found`, `empty`, `denied`, `too_large` or `not_text`.
    #[serde(default)]
    pub problem: Option<String>,
}

/// What came of the callback.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct External {
    /// The input, by name.
    pub input: String,
    /// The token.
    #[serde(default)]
    pub token: Option<String>,
    /// Its life in seconds.
    #[serde(default)]
    pub expires_in: Option<u64>,
    /// The callback's failure.
    #[serde(default)]
    pub error: Option<String>,
}

/// The driver gives an exchange or input up.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Abandon {
    /// The exchange or input, by name.
    pub exchange: String,
}

/// A service refused a token.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invalidate {
    /// The slot; without it the last of the chain.
    #[serde(default)]
    pub slot: Option<String>,
    /// The token, by the name that `ready.name` gave it.
    #[serde(default)]
    pub token: Option<String>,
    /// Or its generation.
    #[serde(default)]
    pub generation: Option<u64>,
}

/// The process forked; the machine is the child's from here on.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fork {
    /// The child's seed.
    pub seed: u64,
}

/// Reports under an id of no exchange of this machine.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Foreign {
    /// The id.
    pub id: u64,
    /// The token that the answer and the callback bring.
    pub token: String,
}

impl Script {
    /// Checks what the schema cannot say: every name that is given is used, and every secret that
    /// the script holds is listed.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self, path: &str) -> Result<(), String> {
        if path != format!("scripts/{}.json", self.name) {
            return Err(format!("its name is {}", self.name));
        }
        if self.error.is_some() != self.steps.is_empty() {
            return Err("either steps or an error".to_owned());
        }
        let used: BTreeSet<&str> = self.steps.iter().filter_map(Step::uses).collect();
        for name in self.steps.iter().filter_map(Step::gives) {
            if !used.contains(name) {
                return Err(format!("the name {name} is given but not used"));
            }
        }
        let mut held = Vec::new();
        secrets_of_source(&self.source, &mut held);
        held.extend(self.steps.iter().flat_map(Step::secrets));
        match held.iter().find(|secret| !self.secrets.contains(secret)) {
            Some(secret) => Err(format!("{secret} is missing from secrets")),
            None => Ok(()),
        }
    }
}

impl Step {
    /// How many calls the step makes.
    #[must_use]
    pub fn calls(&self) -> usize {
        let given = [
            self.poll.is_some(),
            self.refresh.is_some(),
            self.respond.is_some(),
            self.transport.is_some(),
            self.files.is_some(),
            self.external.is_some(),
            self.abandon.is_some(),
            self.invalidate.is_some(),
            self.fork.is_some(),
            self.foreign.is_some(),
        ];
        given.iter().filter(|is_given| **is_given).count()
    }

    /// The name that the step's expectation gives.
    fn gives(&self) -> Option<&str> {
        self.expect.as_ref()?.gives()
    }

    /// The name that the step's call uses.
    fn uses(&self) -> Option<&str> {
        let names = [
            self.respond.as_ref().map(|r| &r.exchange),
            self.transport.as_ref().map(|t| &t.exchange),
            self.files.as_ref().map(|f| &f.input),
            self.external.as_ref().map(|e| &e.input),
            self.abandon.as_ref().map(|a| &a.exchange),
            self.invalidate.as_ref().and_then(|i| i.token.as_ref()),
        ];
        names.into_iter().flatten().next().map(String::as_str)
    }

    fn secrets(&self) -> Vec<String> {
        let mut held = Vec::new();
        if let Some(Value::Object(body)) = self.respond.as_ref().and_then(|r| r.json.as_ref()) {
            held.extend(["access_token", "refresh_token"].iter().filter_map(|name| body.get(*name)?.as_str().map(str::to_owned)));
        }
        held.extend(self.external.as_ref().and_then(|e| e.token.clone()));
        held.extend(self.foreign.as_ref().map(|f| f.token.clone()));
        for read in self.files.iter().flat_map(|files| &files.reads) {
            held.extend(read.text.as_deref().map(|text| text.trim().to_owned()));
        }
        held.retain(|secret| !secret.is_empty() && secret != "not_supported");
        held
    }
}

fn secrets_of_source(source: &Value, held: &mut Vec<String>) {
    held.extend(["api_key", "token", "client_secret"].iter().filter_map(|name| source.get(*name)?.as_str().map(str::to_owned)));
    if let Some(base) = source.get("base") {
        secrets_of_source(base, held);
    }
}
