//! `/control/v1/instances`, `/clusters`, `/service_account_tokens`, `/cr_token_files`

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, Outcome, created, done, ok};
use crate::account::{Instance, InstanceSettings, ServiceAccountToken};
use crate::controls::Error;
use crate::cr_token_file::CrTokenFile;

#[derive(Deserialize)]
struct NewTokenFile {
    directory: PathBuf,
    #[serde(default = "sa_token")]
    file_name: String,
    token: ServiceAccountToken,
    #[serde(default)]
    rotate_every_ms: Option<u64>,
}

fn sa_token() -> String {
    "sa-token".to_owned()
}

#[derive(Deserialize)]
struct Content {
    content: String,
}

pub(crate) fn route(call: &Call<'_>, path: &[&str]) -> Outcome {
    let controls = &call.controls;
    match (call.method(), path) {
        ("POST", ["instances"]) => {
            let instance = controls.create_instance(call.body()?)?;
            Ok(created(&view(call, &instance)))
        }
        ("GET", ["instances"]) => {
            let instances = controls.instances();
            let views: Vec<Value> = instances.iter().map(|one| view(call, one)).collect();
            Ok(ok(&views))
        }
        ("GET", ["instances", id]) => Ok(ok(&view(call, &instance(call, id)?))),
        ("PATCH", ["instances", id]) => patch(call, id),
        ("POST", ["clusters"]) => Ok(created(&controls.create_cluster(call.body()?))),
        ("GET", ["clusters"]) => Ok(ok(&controls.clusters())),
        ("POST", ["service_account_tokens"]) => {
            let token = controls.mint_service_account_token(&call.body()?)?;
            Ok(created(&json!({ "token": token })))
        }
        ("POST", ["cr_token_files"]) => {
            let new: NewTokenFile = call.body()?;
            let every = new.rotate_every_ms.map(Duration::from_millis);
            let file = controls.start_cr_token_file(&new.directory, &new.file_name, new.token, every)?;
            Ok(created(&file_view(&file)))
        }
        (method, ["cr_token_files", id, rest @ ..]) => file_action(call, method, id, rest),
        _ => Err(call.unknown()),
    }
}

/// `primary` is the instance whose URLs the overview shows.
fn instance(call: &Call<'_>, id: &str) -> Result<Instance, Error> {
    if id == "primary" {
        return Ok(call.controls.primary_instance());
    }
    call.controls.instances().into_iter().find(|instance| instance.id == id).ok_or_else(|| Error::NotFound(format!("instance {id}")))
}

/// A JSON merge patch of the settings.
fn patch(call: &Call<'_>, id: &str) -> Outcome {
    let instance = instance(call, id)?;
    let patch: serde_json::Map<String, Value> = call.body()?;
    let mut settings = serde_json::to_value(&instance.settings).map_err(|error| Error::Invalid(error.to_string()))?;
    if let Some(fields) = settings.as_object_mut() {
        fields.extend(patch);
    }
    let settings: InstanceSettings = serde_json::from_value(settings).map_err(|error| Error::Invalid(error.to_string()))?;
    let instance = call.controls.update_instance(&instance.id, |current| *current = settings)?;
    Ok(ok(&view(call, &instance)))
}

fn view(call: &Call<'_>, instance: &Instance) -> Value {
    json!({
        "id": instance.id,
        "crn": instance.crn,
        "settings": instance.settings,
        "metadata_url": call.controls.instance_metadata_url(&instance.id),
        "metadata_https_url": call.controls.instance_metadata_https_url(&instance.id),
    })
}

fn file_view(file: &CrTokenFile) -> Value {
    json!({"id": file.id(), "path": file.path()})
}

fn file_action(call: &Call<'_>, method: &str, id: &str, rest: &[&str]) -> Outcome {
    let file = call.controls.cr_token_file(id).ok_or_else(|| Error::NotFound(format!("token file {id}")))?;
    match (method, rest) {
        ("GET", []) => return Ok(ok(&file_view(&file))),
        ("POST", ["rotate"]) => file.rotate()?,
        ("PUT", ["content"]) => file.write(call.body::<Content>()?.content.as_bytes())?,
        ("DELETE", []) => file.stop(),
        _ => return Err(call.unknown()),
    }
    Ok(done())
}
