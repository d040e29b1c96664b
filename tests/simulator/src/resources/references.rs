//! Properties that name other resources: `{"vpc": {"id": ...}}`.

use serde_json::{Map, Value};

use super::parents;
use super::shape;
use super::store::{Record, Resources};
use crate::api::{Call, EXAMPLE, Kind, Refusal};
use crate::spec::{Api, Document, Maker};

/// Resources of VPC that must exist to be referred to: how their schemas begin, and where they are.
const KINDS: [(&str, &str); 19] = [
    ("VPC", "/vpcs"),
    ("Subnet", "/subnets"),
    ("Key", "/keys"),
    ("Image", "/images"),
    ("InstanceProfile", "/instance/profiles"),
    ("BareMetalServerProfile", "/bare_metal_server/profiles"),
    ("Zone", "/regions/us-south/zones"),
    ("Region", "/regions"),
    ("SecurityGroup", "/security_groups"),
    ("Volume", "/volumes"),
    ("VolumeProfile", "/volume/profiles"),
    ("NetworkACL", "/network_acls"),
    ("PublicGateway", "/public_gateways"),
    ("PlacementGroup", "/placement_groups"),
    ("InstanceTemplate", "/instance/templates"),
    ("DedicatedHost", "/dedicated_hosts"),
    ("DedicatedHostGroup", "/dedicated_host/groups"),
    ("FloatingIP", "/floating_ips"),
    ("Instance", "/instances"),
];

/// The collection that a schema refers to, by its name.
fn collection(schema: &Value) -> Option<&'static str> {
    let name = schema.get("$ref")?.as_str()?.rsplit('/').next()?;
    let kind = name.split_once("Identity").or_else(|| name.split_once("Reference"))?.0;
    KINDS.iter().find(|(start, _)| *start == kind).map(|(_, path)| *path)
}

fn names(record: &Record, given: &Map<String, Value>) -> bool {
    let same = |name: &str, own: Option<&str>| {
        let given = given.get(name).and_then(Value::as_str);
        given.is_some() && given == own
    };
    same("id", Some(&record.id))
        || same("name", record.text("/name"))
        || same("crn", record.text("/crn"))
        // The address of the service differs with the one who asks.
        || given.get("href").and_then(Value::as_str).is_some_and(|href| href.ends_with(&format!("/{}", record.id)))
}

/// The resource that a reference names.
pub(crate) fn target<'r>(resources: &'r Resources, api: Api, schema: &Value, given: &Map<String, Value>) -> Option<&'r Record> {
    if api != Api::Vpc {
        return None;
    }
    resources.list(api, collection(schema)?).iter().find(|record| names(record, given))
}

/// Refuses a body that refers to what does not exist.
pub(crate) fn ensure(call: &Call<'_>, resources: &mut Resources) -> Result<(), Refusal> {
    match &call.operation.body {
        Some(body) if call.api == Api::Vpc => ensure_at(call, resources, &body.schema, &call.body, ""),
        _ => Ok(()),
    }
}

fn ensure_at(call: &Call<'_>, resources: &mut Resources, schema: &Value, value: &Value, at: &str) -> Result<(), Refusal> {
    if let Value::Array(items) = value
        && let Some(schema) = call.document.items(schema)
    {
        return items.iter().try_for_each(|item| ensure_at(call, resources, schema, item, at));
    }
    let Value::Object(fields) = value else { return Ok(()) };
    if let Some(collection) = collection(schema)
        && ["id", "crn", "href", "name"].iter().any(|name| fields.contains_key(*name))
    {
        return exists(call, resources, collection, fields, at);
    }
    for (name, value) in fields {
        let at = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
        let schemas = call.document.properties(schema, name);
        // Of union members, the first that refers to anything speaks for all.
        let telling = schemas.iter().find(|schema| collection(schema).is_some()).or(schemas.first());
        if let Some(schema) = telling {
            ensure_at(call, resources, schema, value, &at)?;
        }
    }
    Ok(())
}

fn exists(call: &Call<'_>, resources: &mut Resources, path: &str, given: &Map<String, Value>, at: &str) -> Result<(), Refusal> {
    let template = shape_of(call.document, path);
    // Zones and profiles are laid out by whoever looks first.
    parents::lay_out(call, resources, &template, path);
    if resources.list(call.api, path).iter().any(|record| names(record, given)) {
        return Ok(());
    }
    if ["id", "name"].iter().any(|name| given.get(*name).and_then(Value::as_str) == Some(EXAMPLE)) {
        parents::materialise(call, resources, &template, path, EXAMPLE);
        return Ok(());
    }
    let shown = given.values().find_map(Value::as_str).unwrap_or_default();
    Err(Refusal::new(Kind::NotFound, &format!("{shown} does not exist")).about("field", at))
}

/// The template of a collection whose address has arguments in it, such as that of zones.
fn shape_of(document: &Document, path: &str) -> Vec<crate::spec::Segment> {
    let plain = crate::spec::template(path);
    if shape::has_items(document, &plain) { plain } else { crate::spec::template("/regions/{region_name}/zones") }
}

/// A reference of this schema to a resource.
pub(crate) fn to(document: &Document, schema: &Value, record: &Record) -> Value {
    let mut value = Maker::new(document, &record.id).make(schema, EXAMPLE);
    if let Some(fields) = value.as_object_mut() {
        for (name, place) in fields.iter_mut() {
            if let Some(own) = record.value.get(name) {
                *place = own.clone();
            }
        }
        for name in ["id", "crn", "href", "name"] {
            if let Some(own) = record.value.get(name)
                && document.property(schema, name).is_some()
            {
                fields.insert(name.to_owned(), own.clone());
            }
        }
    }
    value
}
