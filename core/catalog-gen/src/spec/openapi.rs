//! The parts of an OpenAPI document that are read, as they stand there.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(Deserialize)]
pub(super) struct Document {
    pub info: Info,
    pub servers: Vec<Server>,
    #[serde(default)]
    pub security: Vec<BTreeMap<String, Value>>,
    pub paths: BTreeMap<String, BTreeMap<String, Operation>>,
    pub components: Components,
}

impl Document {
    /// Whether a parameter is the service's `version` or `generation`. Elsewhere they are parameters like others.
    pub(super) fn is_of_every_call(&self, parameter: &Parameter) -> bool {
        let name = parameter.name.as_str();
        matches!(name, "version" | "generation") && parameter.place == "query" && self.components.parameters.contains_key(name)
    }
}

#[derive(Deserialize)]
pub(super) struct Info {
    pub title: String,
}

#[derive(Deserialize)]
pub(super) struct Server {
    pub url: String,
}

#[derive(Deserialize)]
pub(super) struct Components {
    #[serde(default)]
    pub parameters: BTreeMap<String, Parameter>,
    pub schemas: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
pub(super) struct Operation {
    #[serde(rename = "operationId")]
    pub operation_id: String,
    pub tags: Vec<String>,
    pub security: Option<Vec<BTreeMap<String, Value>>>,
    #[serde(default)]
    pub parameters: Vec<ParameterOrReference>,
    #[serde(rename = "requestBody")]
    pub request_body: Option<RequestBody>,
    pub responses: BTreeMap<String, Response>,
    #[serde(default)]
    pub deprecated: bool,
    #[serde(rename = "x-pagination")]
    pub pagination: Option<Pagination>,
    #[serde(rename = "x-path-history", default)]
    pub path_history: Vec<EarlierPath>,
    #[serde(rename = "x-body-absent")]
    pub body_absent: Option<String>,
    #[serde(rename = "x-idempotent")]
    pub idempotent: Option<bool>,
    #[serde(rename = "x-since")]
    pub since: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum ParameterOrReference {
    Reference {
        #[serde(rename = "$ref")]
        reference: String,
    },
    Parameter(Parameter),
}

#[derive(Clone, Deserialize)]
pub(super) struct Parameter {
    pub name: String,
    #[serde(rename = "in")]
    pub place: String,
    #[serde(default)]
    pub required: bool,
    pub schema: Map<String, Value>,
    pub style: Option<String>,
    pub explode: Option<bool>,
}

#[derive(Deserialize)]
pub(super) struct RequestBody {
    #[serde(default)]
    pub required: bool,
    pub content: BTreeMap<String, Content>,
}

#[derive(Deserialize)]
pub(super) struct Response {
    #[serde(default)]
    pub content: BTreeMap<String, Content>,
}

#[derive(Deserialize)]
pub(super) struct Content {
    pub schema: Value,
}

#[derive(Deserialize)]
pub(super) struct EarlierPath {
    pub path: String,
    pub version_max: String,
}

#[derive(Deserialize)]
pub(super) struct Pagination {
    pub style: String,
    pub token_param: String,
    pub limit_param: String,
    pub next: Option<String>,
    pub total: Option<String>,
    pub items: String,
}
