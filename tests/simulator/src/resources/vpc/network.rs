//! VPCs and subnets.

use serde_json::json;

use super::super::dress::fresh_id;
use super::super::store::{Record, Resources};
use super::{create, keep, lay, prepare, refer, respond};
use crate::api::{Call, Kind, Outcome, Refusal, done};
use crate::spec::Api;

pub(super) fn create_vpc(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    prepare(call, resources)?;
    let vpc = create::create(call, resources)?;
    Ok(respond::with(call, &furnish(call, resources, vpc)))
}

/// A VPC is born with a security group, a network ACL and a routing table.
pub(super) fn furnish(call: &Call<'_>, resources: &mut Resources, mut vpc: Record) -> Record {
    let tables = format!("/vpcs/{}/routing_tables", vpc.id);
    let parts = [
        ("default_security_group", "/security_groups", "/security_groups"),
        ("default_network_acl", "/network_acls", "/network_acls"),
        ("default_routing_table", "/vpcs/{vpc_id}/routing_tables", tables.as_str()),
    ];
    for (property, path, address) in parts {
        let id = fresh_id(Api::Vpc, address);
        let mut part = lay(call, resources, path, address, &id);
        part.set("name", format!("{}-{}", vpc.text("/name").unwrap_or("vpc"), property.trim_start_matches("default_").replace('_', "-")));
        refer(call, path, &mut part, "vpc", &vpc);
        if property == "default_routing_table" {
            part.set("is_default", true);
        }
        keep(resources, address, &part);
        refer(call, "/vpcs", &mut vpc, property, &part);
    }
    if call.body.get("dns").is_none() {
        vpc.set("dns", json!({"enable_hub": false, "resolution_binding_count": 0, "resolver": resolver()}));
    }
    keep(resources, "/vpcs", &vpc);
    vpc
}

/// That of the service, unless the VPC is told to use another.
fn resolver() -> serde_json::Value {
    json!({"configuration": "default", "servers": [{"address": "161.26.0.10"}, {"address": "161.26.0.11"}], "type": "system"})
}

pub(super) fn create_subnet(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    prepare(call, resources)?;
    let asked = call.text("/ipv4_cidr_block");
    let size = call.body.get("total_ipv4_address_count").and_then(serde_json::Value::as_u64).unwrap_or(256);
    let cidr = asked.map_or_else(|| free_block(resources, size), str::to_owned);
    let subnet = create::create(call, resources)?;
    let vpc_id = subnet.text("/vpc/id").unwrap_or_default().to_owned();
    let taken = |other: &Record| {
        other.id != subnet.id && other.text("/vpc/id") == Some(&vpc_id) && other.text("/ipv4_cidr_block") == Some(cidr.as_str())
    };
    if resources.list(Api::Vpc, "/subnets").iter().any(taken) {
        resources.remove(Api::Vpc, "/subnets", &subnet.id);
        return Err(
            Refusal::new(Kind::Conflict, "the address range overlaps with that of another subnet").about("field", "ipv4_cidr_block")
        );
    }
    let subnet = furnish_subnet(call, resources, subnet, &cidr);
    Ok(respond::with(call, &subnet))
}

/// Addresses, and what it has of its VPC unless the body says otherwise.
pub(super) fn furnish_subnet(call: &Call<'_>, resources: &mut Resources, mut subnet: Record, cidr: &str) -> Record {
    let total = addresses(cidr);
    subnet.set("ipv4_cidr_block", cidr);
    subnet.set("total_ipv4_address_count", total);
    // Five of each range are the service's own.
    subnet.set("available_ipv4_address_count", total.saturating_sub(5));
    let vpc = subnet.text("/vpc/id").and_then(|id| resources.get(Api::Vpc, "/vpcs", id)).cloned();
    for (given, property, default) in
        [("/network_acl", "network_acl", "/default_network_acl"), ("/routing_table", "routing_table", "/default_routing_table")]
    {
        if call.body.pointer(given).is_none()
            && let Some(default) = vpc.as_ref().and_then(|vpc| vpc.value.pointer(default))
        {
            subnet.set(property, default.clone());
        }
    }
    keep(resources, "/subnets", &subnet);
    subnet
}

fn addresses(cidr: &str) -> u32 {
    let prefix: u32 = cidr.rsplit_once('/').and_then(|(_, prefix)| prefix.parse().ok()).unwrap_or(24);
    1_u32.checked_shl(32_u32.saturating_sub(prefix)).unwrap_or(256)
}

fn free_block(resources: &Resources, size: u64) -> String {
    let prefix = 32_u32.saturating_sub(size.next_power_of_two().trailing_zeros());
    let number = resources.list(Api::Vpc, "/subnets").len();
    format!("10.{}.{}.0/{prefix}", 240 + number / 256, number % 256)
}

/// What kind of thing the path ends with: the property of the subnet, and the collection.
fn part(call: &Call<'_>, subnet: &Record) -> (&'static str, String) {
    match call.operation.path.rsplit('/').next() {
        Some("network_acl") => ("network_acl", "/network_acls".to_owned()),
        Some("routing_table") => ("routing_table", format!("/vpcs/{}/routing_tables", subnet.text("/vpc/id").unwrap_or_default())),
        _ => ("public_gateway", "/public_gateways".to_owned()),
    }
}

fn subnet(call: &Call<'_>, resources: &mut Resources) -> Result<Record, Refusal> {
    prepare(call, resources)?;
    let id = call.argument("id");
    resources.get(Api::Vpc, "/subnets", id).cloned().ok_or_else(|| Refusal::not_found(id))
}

pub(super) fn attached(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    let subnet = subnet(call, resources)?;
    let (property, collection) = part(call, &subnet);
    let id = subnet.text(&format!("/{property}/id")).map(str::to_owned);
    if let Some(record) = id.as_deref().and_then(|id| resources.get(Api::Vpc, &collection, id)) {
        return Ok(respond::with(call, record));
    }
    if subnet.id == crate::api::EXAMPLE {
        return super::super::single::read(call, resources);
    }
    Err(Refusal::not_found(&format!("the {property} of {}", subnet.id)))
}

pub(super) fn attach(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    let mut subnet = subnet(call, resources)?;
    let (property, collection) = part(call, &subnet);
    let given = ["/id", "/crn", "/href"].iter().find_map(|pointer| call.text(pointer)).unwrap_or_default();
    let found = resources.list(Api::Vpc, &collection).iter().find(|record| given == record.id || given.ends_with(&record.id)).cloned();
    let target = match found {
        Some(target) => target,
        None if given == crate::api::EXAMPLE => lay(call, resources, template_of(property), &collection, given),
        None => return Err(Refusal::not_found(given).about("field", "id")),
    };
    refer(call, "/subnets", &mut subnet, property, &target);
    subnet.touch();
    keep(resources, "/subnets", &subnet);
    Ok(respond::with(call, &target))
}

fn template_of(property: &str) -> &'static str {
    match property {
        "network_acl" => "/network_acls",
        "routing_table" => "/vpcs/{vpc_id}/routing_tables",
        _ => "/public_gateways",
    }
}

pub(super) fn detach(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    let mut subnet = subnet(call, resources)?;
    if let Some(fields) = subnet.value.as_object_mut() {
        fields.remove("public_gateway");
    }
    subnet.touch();
    keep(resources, "/subnets", &subnet);
    Ok(done(call.operation.status))
}
