//! Starting, stopping and rebooting.

use serde_json::json;

use super::super::store::{Record, Resources};
use super::{keep, prepare, respond};
use crate::api::{Call, EXAMPLE, Kind, Outcome, Refusal};
use crate::spec::Api;

pub(super) fn act(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    prepare(call, resources)?;
    let id = call.argument("instance_id");
    let mut instance = resources.get(Api::Vpc, "/instances", id).cloned().ok_or_else(|| Refusal::not_found(id))?;
    let action = call.text("/type").unwrap_or_default();
    begin(call, &mut instance, action)?;
    keep(resources, "/instances", &instance);
    let force = call.body.get("force").cloned().unwrap_or(json!(false));
    let shown = json!({
        "created_at": call.now().rfc3339(),
        "force": force,
        "href": call.url(&format!("{}/{}", call.path(), instance.tag)),
        "id": instance.tag,
        "status": "running",
        "type": action,
    });
    Ok(respond::show(call, &shown, &instance.tag))
}

/// The server goes over to another state, if it is in one that the action is possible in.
pub(super) fn begin(call: &Call<'_>, server: &mut Record, action: &str) -> Result<(), Refusal> {
    let status = server.text("/status").unwrap_or_default().to_owned();
    let (from, meanwhile, then): (&[&str], _, _) = match action {
        "start" => (&["stopped"], "starting", "running"),
        "stop" => (&["running", "starting", "restarting"], "stopping", "stopped"),
        _ => (&["running"], "restarting", "running"),
    };
    if !from.contains(&status.as_str()) && server.id != EXAMPLE {
        return Err(Refusal::new(Kind::Conflict, &format!("the action {action} is not possible while the server is {status}")));
    }
    server.forget_plan();
    server.set("status", meanwhile);
    server.set("lifecycle_state", "stable");
    server.plan(call.now().plus_seconds(1), "status", then);
    server.touch();
    Ok(())
}
