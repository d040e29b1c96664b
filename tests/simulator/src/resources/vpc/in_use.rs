//! What cannot be deleted as long as others need it.

use serde_json::Value;

use super::super::store::{Record, Resources};
use super::{item, prepare};
use crate::api::{Call, EXAMPLE, Kind, Outcome, Refusal, check_precondition};
use crate::spec::Api;

/// Collections, and who needs their items: the end of the referrer's collection, and where it refers.
const NEEDED: [(&str, &[(&str, &str)]); 7] = [
    (
        "/vpcs",
        &[
            ("/subnets", "/vpc/id"),
            ("/instances", "/vpc/id"),
            ("/public_gateways", "/vpc/id"),
            ("/endpoint_gateways", "/vpc/id"),
            ("/security_groups", "/vpc/id"),
        ],
    ),
    ("/subnets", &[("/network_interfaces", "/subnet/id")]),
    ("/security_groups", &[("/network_interfaces", "/security_groups/id"), ("/vpcs", "/default_security_group/id")]),
    ("/network_acls", &[("/subnets", "/network_acl/id"), ("/vpcs", "/default_network_acl/id")]),
    ("/routing_tables", &[("/subnets", "/routing_table/id"), ("/vpcs", "/default_routing_table/id")]),
    ("/public_gateways", &[("/subnets", "/public_gateway/id")]),
    ("/placement_groups", &[("/instances", "/placement_target/id")]),
];

pub(super) fn delete(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    prepare(call, resources)?;
    let record = item::found(call, resources)?;
    check_precondition(call, &record.tag)?;
    let collection = call.collection();
    let is_of_attachment =
        |record: &Record| record.value.get("volume_attachments").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    if collection == "/volumes" && record.id != EXAMPLE && is_of_attachment(&record) {
        return Err(in_use(&record.id, "it is attached to an instance"));
    }
    if collection == "/security_groups"
        && record.id != EXAMPLE
        && !resources.list(Api::Vpc, &format!("/security_groups/{}/targets", record.id)).is_empty()
    {
        return Err(in_use(&record.id, "it has targets"));
    }
    // What a VPC was born with goes with it.
    let own: Vec<(&str, String)> = match collection.as_str() {
        "/vpcs" => [("/security_groups", "/default_security_group/id"), ("/network_acls", "/default_network_acl/id")]
            .iter()
            .filter_map(|(path, pointer)| Some((*path, record.text(pointer)?.to_owned())))
            .collect(),
        _ => Vec::new(),
    };
    // Nothing holds the example back: whoever tries every operation has things that refer to it.
    let is_example = record.id == EXAMPLE;
    let needed = NEEDED.iter().filter(|_| !is_example).find(|(end, _)| collection.ends_with(end)).map_or(&[][..], |(_, needed)| *needed);
    for (end, pointer) in needed {
        let refers = |path: &str, other: &Record| {
            path.ends_with(end) && !own.iter().any(|(_, id)| *id == other.id) && points(&other.value, pointer, &record.id)
        };
        if let Some((_, other)) = resources.all(Api::Vpc).find(|(path, other)| refers(path, other)) {
            return Err(in_use(&record.id, &format!("{} needs it", other.id)));
        }
    }
    let answer = item::delete(call, resources)?;
    for (path, id) in own {
        resources.remove(Api::Vpc, path, &id);
    }
    Ok(answer)
}

fn in_use(id: &str, why: &str) -> Refusal {
    Refusal::new(Kind::InUse, &format!("{id} cannot be deleted: {why}"))
}

/// Whether what stands at the pointer, in any element of a list, is that id.
fn points(value: &Value, pointer: &str, id: &str) -> bool {
    let mut values = vec![value];
    for name in pointer.split('/').skip(1) {
        let inner = values.into_iter().filter_map(|value| value.get(name));
        values = inner.flat_map(|value| value.as_array().map_or_else(|| vec![value], |list| list.iter().collect())).collect();
    }
    values.iter().any(|value| value.as_str() == Some(id))
}
