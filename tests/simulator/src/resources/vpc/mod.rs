//! The VPC API, where it does more than keep what it is given.

mod attachments;
mod bare_metal;
mod floating_ip;
mod in_use;
mod instance;
mod instance_actions;
mod network;
mod security_group;
mod stock;

use super::store::{Record, Resources};
use super::{create, fresh, item, parents, references, respond, shape};
use crate::api::{Call, Outcome, Refusal};
use crate::spec::{Api, template};

pub(super) fn answer(call: &Call<'_>, resources: &mut Resources) -> Option<Outcome> {
    stock::lay_out(call, resources);
    let outcome = match call.operation.id.as_str() {
        "create_vpc" => network::create_vpc(call, resources),
        "get_vpc_default_security_group" => default_of(call, resources, "default_security_group", "/security_groups"),
        "get_vpc_default_network_acl" => default_of(call, resources, "default_network_acl", "/network_acls"),
        "get_vpc_default_routing_table" => {
            let tables = format!("/vpcs/{}/routing_tables", call.argument("id"));
            default_of(call, resources, "default_routing_table", &tables)
        }
        "create_subnet" => network::create_subnet(call, resources),
        "get_subnet_network_acl" | "get_subnet_routing_table" | "get_subnet_public_gateway" => network::attached(call, resources),
        "replace_subnet_network_acl" | "replace_subnet_routing_table" | "set_subnet_public_gateway" => network::attach(call, resources),
        "unset_subnet_public_gateway" => network::detach(call, resources),
        "create_instance" => instance::create(call, resources),
        "update_instance" => instance::update(call, resources),
        "delete_instance" => instance::delete(call, resources),
        "get_instance_initialization" => instance::initialization(call, resources),
        "create_instance_action" => instance_actions::act(call, resources),
        "create_instance_volume_attachment" => attachments::create(call, resources),
        "delete_instance_volume_attachment" => attachments::delete(call, resources),
        "create_bare_metal_server" => bare_metal::create(call, resources),
        "delete_bare_metal_server" => bare_metal::delete(call, resources),
        "start_bare_metal_server" | "stop_bare_metal_server" | "restart_bare_metal_server" => bare_metal::act(call, resources),
        "deprecate_image" | "obsolete_image" => stock::retire(call, resources),
        "create_volume" => attachments::create_volume(call, resources),
        "create_floating_ip" => floating_ip::create(call, resources),
        "create_security_group" => security_group::create(call, resources),
        "create_security_group_rule" | "update_security_group_rule" | "delete_security_group_rule" => {
            security_group::change_rules(call, resources)
        }
        "create_key" => stock::create_key(call, resources),
        _ if call.operation.method == "DELETE" && call.operation.is_of_an_item() => in_use::delete(call, resources),
        _ => return None,
    };
    Some(outcome)
}

/// What comes before anything is done: everything that is referred to exists.
fn prepare(call: &Call<'_>, resources: &mut Resources) -> Result<(), Refusal> {
    parents::ensure(call, resources)?;
    references::ensure(call, resources)
}

/// One of the three things that a VPC is born with.
fn default_of(call: &Call<'_>, resources: &mut Resources, property: &str, collection: &str) -> Outcome {
    prepare(call, resources)?;
    let vpc = resources.get(Api::Vpc, "/vpcs", call.argument("id")).ok_or_else(|| Refusal::not_found(call.argument("id")))?;
    let id = vpc.text(&format!("/{property}/id")).unwrap_or_default().to_owned();
    match resources.get(Api::Vpc, collection, &id) {
        Some(record) => Ok(respond::with(call, record)),
        // The VPC that is everybody's example was never created.
        None => super::single::read(call, resources),
    }
}

/// Adds something that nobody asked for by itself, such as the network interface of an instance.
fn lay(call: &Call<'_>, resources: &mut Resources, path: &str, address: &str, id: &str) -> Record {
    let value = fresh::item(call, &template(path), address, id, &serde_json::Value::Null);
    resources.put(Api::Vpc, address, id, value)
}

/// Sets a property to a reference to a resource, in the form that the property has.
fn refer(call: &Call<'_>, path: &str, record: &mut Record, property: &str, target: &Record) {
    let template = template(path);
    let schema = shape::item_schema(call.document, &template).and_then(|schema| call.document.property(schema, property));
    if let Some(schema) = schema {
        let list = call.document.items(schema);
        let reference = references::to(call.document, list.unwrap_or(schema), target);
        let value = if list.is_some() { serde_json::json!([reference]) } else { reference };
        record.set(property, value);
    }
}

fn keep(resources: &mut Resources, address: &str, record: &Record) {
    if let Some(place) = resources.get_mut(Api::Vpc, address, &record.id) {
        *place = record.clone();
    }
}
