//! Starting, stopping and rebooting.

use serde_json::json;

use super::super::store::Resources;
use super::{keep, prepare, respond};
use crate::api::{Call, EXAMPLE, Kind, Outcome, Refusal};
use crate::spec::Api;

pub(super) fn act(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    prepare(call, resources)?;
    let id = call.argument("instance_id");
    let mut instance = resources.get(Api::Vpc, "/instances", id).cloned().ok_or_else(|| Refusal::not_found(id))?;
    let action = call.text("/type").unwrap_or_default();
    let status = instance.text("/status").unwrap_or_default().to_owned();
    let (from, meanwhile, then): (&[&str], _, _) = match action {
        "start" => (&["stopped"], "starting", "running"),
        "stop" => (&["running", "starting", "restarting"], "stopping", "stopped"),
        _ => (&["running"], "restarting", "running"),
    };
    if !from.contains(&status.as_str()) && id != EXAMPLE {
        return Err(Refusal::new(Kind::Conflict, &format!("the action {action} is not possible while the instance is {status}")));
    }
    instance.forget_plan();
    instance.set("status", meanwhile);
    instance.set("lifecycle_state", "stable");
    instance.plan(call.now().plus_seconds(1), "status", then);
    instance.touch();
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
