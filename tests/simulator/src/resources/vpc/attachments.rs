//! Volumes, and their attachments to instances.

use serde_json::{Value, json};

use super::super::store::Resources;
use super::{create, item, keep, prepare, refer, respond};
use crate::api::{Call, EXAMPLE, Kind, Outcome, Refusal};
use crate::spec::Api;

pub(super) fn create_volume(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    prepare(call, resources)?;
    let mut volume = create::create(call, resources)?;
    volume.set("attachment_state", "unattached");
    volume.set("status", "pending");
    volume.plan(call.now().plus_seconds(1), "status", "available");
    keep(resources, "/volumes", &volume);
    Ok(respond::with(call, &volume))
}

/// A volume has one attachment at most.
pub(super) fn create(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    prepare(call, resources)?;
    let id = ["/volume/id", "/volume/crn", "/volume/href"].iter().find_map(|pointer| call.text(pointer)).map(str::to_owned);
    let volume = id.as_deref().and_then(|id| {
        let named =
            |record: &&super::Record| record.id == id || record.text("/crn") == Some(id) || id.ends_with(&format!("/{}", record.id));
        resources.list(Api::Vpc, "/volumes").iter().find(named).cloned()
    });
    match (&id, &volume) {
        (Some(id), None) if id != EXAMPLE => return Err(Refusal::not_found(id).about("field", "volume.id")),
        (_, Some(volume)) if is_attached(&volume.value) => {
            return Err(Refusal::new(Kind::InUse, &format!("{} is attached already", volume.id)).about("field", "volume.id"));
        }
        _ => {}
    }
    let mut attachment = create::create(call, resources)?;
    attachment.set("type", "data");
    attachment.set("status", "attached");
    if let Some(mut volume) = volume {
        refer(call, "/instances/{instance_id}/volume_attachments", &mut attachment, "volume", &volume);
        refer(call, "/volumes", &mut volume, "volume_attachments", &attachment);
        volume.set("attachment_state", "attached");
        volume.touch();
        keep(resources, "/volumes", &volume);
    }
    keep(resources, &call.collection(), &attachment);
    show_on_instance(call, resources);
    Ok(respond::with(call, &attachment))
}

fn is_attached(volume: &Value) -> bool {
    volume.get("volume_attachments").and_then(Value::as_array).is_some_and(|list| !list.is_empty())
}

pub(super) fn delete(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    prepare(call, resources)?;
    let attachment = item::found(call, resources)?;
    if attachment.text("/type") == Some("boot") && attachment.id != EXAMPLE {
        return Err(Refusal::new(Kind::Conflict, "the boot volume cannot be detached"));
    }
    release(resources, attachment.text("/volume/id"));
    let answer = item::delete(call, resources)?;
    show_on_instance(call, resources);
    Ok(answer)
}

/// The volume has no attachment any more.
pub(super) fn release(resources: &mut Resources, volume: Option<&str>) {
    if let Some(volume) = volume.and_then(|id| resources.get_mut(Api::Vpc, "/volumes", id)) {
        volume.set("volume_attachments", json!([]));
        volume.set("attachment_state", "unattached");
        volume.touch();
    }
}

/// The instance lists its attachments.
fn show_on_instance(call: &Call<'_>, resources: &mut Resources) {
    let (id, attachments) = (call.argument("instance_id").to_owned(), call.collection());
    let Some(mut instance) = resources.get(Api::Vpc, "/instances", &id).cloned() else { return };
    let mut shown = Vec::new();
    for attachment in resources.list(Api::Vpc, &attachments) {
        refer(call, "/instances", &mut instance, "volume_attachments", attachment);
        shown.extend(instance.value.get("volume_attachments").and_then(Value::as_array).cloned().unwrap_or_default());
    }
    instance.set("volume_attachments", json!(shown));
    instance.touch();
    keep(resources, "/instances", &instance);
}
