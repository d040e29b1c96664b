//! Bare metal servers. Each is also one of the simulated account, with an identity of its own.

use super::super::store::Resources;
use super::{create, instance, instance_actions, item, keep, lay, prepare, respond};
use crate::account::{Instance, InstanceKind, InstanceSettings};
use crate::api::{Call, Kind, Outcome, Refusal, done};
use crate::controls::Controls;
use crate::spec::Api;

const PATH: &str = "/bare_metal_servers";

pub(super) fn create(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    prepare(call, resources)?;
    create::check_name(call, resources, PATH)?;
    let settings = InstanceSettings { kind: InstanceKind::Bms, ..instance::settings(call, resources)? };
    let made = Controls::new(std::sync::Arc::clone(call.world)).create_instance(settings);
    let made = made.map_err(|error| Refusal::new(Kind::Conflict, &error.to_string()))?;
    let mut record = create::create_as(call, resources, &made.id)?;
    record.set("crn", made.crn.as_str());
    record.set("name", made.settings.name.as_str());
    instance::boot(call, &mut record);
    keep(resources, PATH, &record);
    Ok(respond::with(call, &record))
}

/// A server that was laid out in another way appears here too.
pub(super) fn admit(call: &Call<'_>, resources: &mut Resources, made: &Instance) {
    if resources.get(Api::Vpc, PATH, &made.id).is_some() {
        return;
    }
    let mut record = lay(call, resources, PATH, PATH, &made.id);
    record.set("name", made.settings.name.as_str());
    record.set("crn", made.crn.as_str());
    keep(resources, PATH, &record);
}

pub(super) fn delete(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    prepare(call, resources)?;
    let record = item::found(call, resources)?;
    resources.remove(Api::Vpc, PATH, &record.id);
    instance::forget(call, &record);
    Ok(done(call.operation.status))
}

pub(super) fn act(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    prepare(call, resources)?;
    let id = call.argument("id");
    let mut server = resources.get(Api::Vpc, PATH, id).cloned().ok_or_else(|| Refusal::not_found(id))?;
    let action = call.operation.path.rsplit('/').next().unwrap_or_default();
    instance_actions::begin(call, &mut server, action)?;
    keep(resources, PATH, &server);
    Ok(done(call.operation.status))
}
