//! What a file of the corpus `calls/` holds.

use crate::failure::Failure;
use crate::request::Request;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// One file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calls {
    /// The schema's place, for editors.
    #[serde(rename = "$schema")]
    pub schema: String,
    /// The file's path below `calls/`, without its ending.
    pub name: String,
    /// What it shows.
    pub about: String,
    /// Where the expectations come from.
    pub origin: String,
    /// Texts that no rendering may show.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// The calls, in order. What is learned of resources is passed on from one to the next.
    pub calls: Vec<Script>,
}

/// One call.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
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
    /// Whether it asks how the metadata service is reached; until that is told it is `base`.
    #[serde(default)]
    pub asks_metadata: bool,
    /// The machine's seed.
    #[serde(default)]
    pub seed: u64,
    /// Limits that differ from the defaults, in milliseconds, bytes and counts.
    #[serde(default)]
    pub limits: BTreeMap<String, u64>,
    /// Whether what was learned of resources is used.
    #[serde(default)]
    pub entity_tags: bool,
    /// Whether it is used wherever there is an `if_match`.
    #[serde(default)]
    pub always_if_match: bool,
    /// Whether it goes through all pages.
    #[serde(default)]
    pub pages: bool,
    /// What is waited for.
    #[serde(default)]
    pub until: Option<Waiting>,
    /// There is no machine, and this is why.
    #[serde(default)]
    pub error: Option<Failure>,
    /// What happens, in order.
    #[serde(default)]
    pub steps: Vec<Step>,
}

/// What is waited for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// `instance_running`, `link_effective` or `property`.
    pub what: String,
    /// The property, as names.
    #[serde(default)]
    pub path: Vec<String>,
    /// Its values that end the wait.
    #[serde(default)]
    pub wanted: Vec<String>,
    /// Its values that never become those.
    #[serde(default)]
    pub never: Vec<String>,
    /// From an answer to the next call, in milliseconds.
    #[serde(default)]
    pub every: Option<u64>,
    /// The whole wait, in milliseconds.
    #[serde(default)]
    pub within: Option<u64>,
}

/// What is reported, and what the machine says when it is polled afterwards.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The monotonic clock, in milliseconds.
    pub at: u64,
    /// A token.
    #[serde(default)]
    pub token: Option<Token>,
    /// How the metadata service is reached.
    #[serde(default)]
    pub served_by: Option<ServedBy>,
    /// There is no token; the error has this code.
    #[serde(default)]
    pub no_token: Option<String>,
    /// An answer.
    #[serde(default)]
    pub respond: Option<Respond>,
    /// A transport failure.
    #[serde(default)]
    pub transport: Option<Transport>,
    /// The exchange is given up.
    #[serde(default)]
    pub abandon: Option<u64>,
    /// What `poll` returns; without it nobody polls.
    #[serde(default)]
    pub expect: Option<Expected>,
    /// What is left then for what is under way, in milliseconds.
    #[serde(default)]
    pub left: Option<u64>,
}

/// A token and its generation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// The text.
    pub token: String,
    /// What tells it from others.
    pub generation: u64,
}

/// How the metadata service is reached.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServedBy {
    /// Its address.
    pub base: String,
    /// Whether it is that of a bare metal server.
    #[serde(default)]
    pub bare_metal: bool,
}

/// An answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Respond {
    /// Which exchange, counted from one; without it the last that was sent.
    #[serde(default)]
    pub exchange: Option<u64>,
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
}

/// A transport failure.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transport {
    /// Which exchange; without it the last that was sent.
    #[serde(default)]
    pub exchange: Option<u64>,
    /// Its kind, such as `connect_timeout`.
    pub kind: String,
    /// Whether the connection had served before.
    #[serde(default)]
    pub reused: bool,
    /// The transport's own words.
    #[serde(default)]
    pub detail: String,
}

/// What `poll` returns.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Expected {
    /// A token of this kind is wanted.
    NeedToken(String),
    /// The token of this generation was refused.
    Rejected(u64),
    /// A request.
    Send(Box<Send>),
    /// Milliseconds.
    Wait(u64),
    /// A page with as many items.
    Page(usize),
    /// The answer.
    Done(Done),
    /// No more pages.
    End(bool),
    /// It failed.
    Failed(Box<Failure>),
}

/// A request with its limits; what is not given is not looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Send {
    /// Its parts.
    pub request: Request,
    /// Milliseconds.
    pub timeout: Option<u64>,
    /// Milliseconds.
    pub connect_timeout: Option<u64>,
    /// Bytes.
    pub max_response_bytes: Option<usize>,
    /// `link_local`, `private` or `public`.
    pub network: Option<String>,
}

/// The answer; what is not given is not looked at.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// The HTTP status.
    pub status: u16,
    /// Its JSON.
    #[serde(default)]
    pub json: Option<Value>,
    /// Its text; empty means no content.
    #[serde(default)]
    pub text: Option<String>,
    /// The status of each item.
    #[serde(default)]
    pub items: Option<Vec<u16>>,
}
