//! The control API over HTTP: the methods of [`Controls`], as JSON, behind a bearer made per run.

mod account;
mod behaviour;
mod compute;
mod journal;
mod reply;

use std::sync::Arc;

use hyper::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::controls::{Controls, Error};
use crate::exchange::{Answer, Received};
use crate::world::World;
use reply::{created, done, ok, refused};

/// A request to the control API.
pub(crate) struct Call<'a> {
    controls: Controls,
    request: &'a Received,
}

/// An answer, or why there is none.
type Outcome = Result<Answer, Error>;

pub(crate) fn answer(world: &Arc<World>, request: &Received) -> Answer {
    if request.bearer() != Some(world.control_token.as_str()) {
        let body = json!({"error": "the control API needs the bearer token of this run"});
        return Answer::json(StatusCode::UNAUTHORIZED, &body).header("www-authenticate", "Bearer");
    }
    let call = Call { controls: Controls::new(Arc::clone(world)), request };
    route(&call).unwrap_or_else(|error| refused(&error))
}

fn route(call: &Call<'_>) -> Outcome {
    let segments = call.request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let Some(["control", "v1", path @ ..]) = segments.get(..) else {
        return Err(Error::NotFound(format!("path {}", call.request.path)));
    };
    match path {
        [] if call.request.method == "GET" => Ok(ok(&overview(&call.controls))),
        ["profiles" | "api_keys" | "clients" | "objects", ..] => account::route(call, path),
        ["instances" | "clusters" | "service_account_tokens" | "cr_token_files", ..] => compute::route(call, path),
        ["operations"] if call.request.method == "GET" => Ok(ok(&json!({ "operations": call.controls.operations() }))),
        ["journal", ..] => journal::route(call, path),
        _ => behaviour::route(call, path),
    }
}

/// Where everything is.
pub(crate) fn overview(controls: &Controls) -> Value {
    json!({
        "metadata_url": controls.metadata_url(),
        "metadata_https_url": controls.metadata_https_url(),
        "iam_url": controls.iam_url(),
        "iam_https_url": controls.iam_https_url(),
        "vpc_url": controls.vpc_url(),
        "containers_url": controls.containers_url(),
        "object_store_url": controls.object_store_url(),
        "control_url": controls.control_url(),
        "ca_certificate_pem": controls.ca_certificate_pem(),
        "account_id": controls.account_id(),
        "primary_instance": controls.primary_instance(),
        "seed": controls.seed(),
    })
}

impl Call<'_> {
    fn method(&self) -> &str {
        &self.request.method
    }

    fn unknown(&self) -> Error {
        Error::NotFound(format!("operation {} {}", self.request.method, self.request.path))
    }

    /// The JSON body; an absent one counts as an empty object.
    fn body<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let body: &[u8] = if self.request.body.is_empty() { b"{}" } else { &self.request.body };
        serde_json::from_slice(body).map_err(|error| Error::Invalid(error.to_string()))
    }
}
