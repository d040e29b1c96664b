//! Floating IPs: addresses that a network interface can be reached at.

use serde_json::json;

use super::super::store::Resources;
use super::{create, keep, prepare, refer, respond};
use crate::api::{Call, EXAMPLE, Outcome, Refusal};
use crate::spec::Api;

pub(super) fn create(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    prepare(call, resources)?;
    let target = call.text("/target/id").map(str::to_owned);
    let interface = target.as_deref().and_then(|id| {
        let found = resources.all(Api::Vpc).find(|(path, record)| record.id == id && path.ends_with("/network_interfaces"));
        found.map(|(path, record)| (path.to_owned(), record.clone()))
    });
    if interface.is_none()
        && let Some(id) = target.filter(|id| id != EXAMPLE)
    {
        return Err(Refusal::not_found(&id).about("field", "target.id"));
    }
    let mut floating = create::create(call, resources)?;
    let number = resources.list(Api::Vpc, "/floating_ips").len();
    floating.set("address", format!("198.51.100.{}", number % 256));
    if let Some(fields) = floating.value.as_object_mut().filter(|_| interface.is_none()) {
        fields.remove("target");
    }
    if let Some((path, interface)) = interface {
        refer(call, "/floating_ips", &mut floating, "target", &interface);
        floating.set("zone", zone(call, resources, &path));
        keep(resources, "/floating_ips", &floating);
        resources.put(Api::Vpc, &format!("{path}/{}/floating_ips", interface.id), &floating.id, floating.value.clone());
    }
    keep(resources, "/floating_ips", &floating);
    Ok(respond::with(call, &floating))
}

/// That of the instance whose interface it is.
fn zone(call: &Call<'_>, resources: &Resources, path: &str) -> serde_json::Value {
    let instance = path.split('/').nth(2).and_then(|id| resources.get(Api::Vpc, "/instances", id));
    let zone = instance.and_then(|instance| instance.value.get("zone")).cloned();
    zone.unwrap_or_else(|| json!({"name": "us-south-1", "href": call.url("/regions/us-south/zones/us-south-1")}))
}
