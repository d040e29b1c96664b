//! What must be there before an operation can do anything: the items that its path goes through.

use serde_json::Value;

use super::dress::{Address, dress};
use super::shape;
use super::store::Resources;
use crate::api::{Call, EXAMPLE, Refusal};
use crate::spec::{Api, Document, Maker, Segment};

/// Lays out what is given, and refuses a path through what does not exist.
pub(crate) fn ensure(call: &Call<'_>, resources: &mut Resources) -> Result<(), Refusal> {
    let segments = shape::segments(call.operation);
    for (length, segment) in segments.iter().enumerate() {
        let template = segments.get(..length).unwrap_or_default();
        let collection = call.address(length);
        if is_collection(call.document, template) {
            lay_out(call, resources, template, &collection);
        }
        // The last segment is for the operation itself to find, or to create.
        let is_last = length + 1 == segments.len();
        if let Segment::Parameter(_) = segment
            && ["GET", "HEAD", "DELETE"].iter().any(|method| shape::of_item(call.document, template, method).is_some())
        {
            let id = argument(call, template);
            find(call, resources, template, &collection, id, is_last)?;
        }
    }
    let whole = call.path();
    if !call.operation.is_of_an_item() && is_collection(call.document, segments) {
        lay_out(call, resources, segments, &whole);
    }
    Ok(())
}

fn is_collection(document: &Document, template: &[Segment]) -> bool {
    matches!(template.last(), Some(Segment::Literal(_)))
        && (shape::has_items(document, template) || shape::of_collection(document, template, "GET").is_some())
}

/// The argument that comes after this part of the path.
fn argument<'a>(call: &'a Call<'_>, template: &[Segment]) -> &'a str {
    let before = template.iter().filter(|segment| matches!(segment, Segment::Parameter(_))).count();
    call.arguments.get(before).map_or("", |(_, value)| value.as_str())
}

fn find(
    call: &Call<'_>,
    resources: &mut Resources,
    template: &[Segment],
    collection: &str,
    id: &str,
    is_last: bool,
) -> Result<(), Refusal> {
    if resources.get(call.api, collection, id).is_some() {
        return Ok(());
    }
    let own_account = matches!(argument_name(call, template), Some("account_id"));
    if id == EXAMPLE || own_account {
        materialise(call, resources, template, collection, id);
        return Ok(());
    }
    if is_last { Ok(()) } else { Err(Refusal::not_found(id)) }
}

fn argument_name<'a>(call: &'a Call<'_>, template: &[Segment]) -> Option<&'a str> {
    let before = template.iter().filter(|segment| matches!(segment, Segment::Parameter(_))).count();
    call.arguments.get(before).map(|(name, _)| name.as_str())
}

/// Adds an example to a collection.
pub(crate) fn materialise(call: &Call<'_>, resources: &mut Resources, template: &[Segment], collection: &str, id: &str) {
    let value = example(call, template, collection, id);
    resources.put(call.api, collection, id, value);
}

/// The example that a collection has under this id: always the same, but for the times.
pub(crate) fn example(call: &Call<'_>, template: &[Segment], collection: &str, id: &str) -> Value {
    let Some(schema) = shape::item_schema(call.document, template) else { return Value::Null };
    let mut value = Maker::new(call.document, &format!("{} {collection} {id}", call.api.name())).make(schema, EXAMPLE);
    let named = shape::of_item(call.document, template, "GET").and_then(|operation| match operation.segments.last() {
        Some(Segment::Parameter(name)) => Some(name.as_str()),
        _ => None,
    });
    dress(call, &Address { collection, id, named }, &mut value);
    if named != Some("name") {
        name(collection, id, &mut value);
    }
    value
}

/// A name that nothing else in the collection has.
fn name(collection: &str, id: &str, value: &mut Value) {
    let kind = collection.rsplit('/').next().unwrap_or_default().trim_end_matches('s').replace('_', "-");
    let tail = id.rsplit('-').next().unwrap_or(id);
    if let Some(name) = value.get_mut("name").filter(|name| name.is_string()) {
        *name = Value::from(format!("{kind}-{tail}"));
    }
}

/// The items that are there from the start.
pub(crate) fn lay_out(call: &Call<'_>, resources: &mut Resources, template: &[Segment], collection: &str) {
    if !shape::is_given(call.document, template) || !resources.is_untouched(call.api, collection) {
        return;
    }
    for id in given(call.api, collection) {
        materialise(call, resources, template, collection, &id);
    }
}

fn given(api: Api, collection: &str) -> Vec<String> {
    let names: &[&str] = match (api, collection) {
        (Api::Vpc, "/regions") => &["us-south", "us-east", "eu-de"],
        (Api::Vpc, "/instance/profiles") => &["bx2-2x8", "cx2-2x4", "mx2-2x16"],
        (Api::Vpc, "/volume/profiles") => &["general-purpose", "5iops-tier", "10iops-tier", "custom", "sdp"],
        (Api::Vpc, "/operating_systems") => &["ubuntu-24-04-amd64", "red-9-amd64"],
        (Api::Containers, _) => &[],
        _ => &[EXAMPLE],
    };
    if let Some(region) = collection.strip_prefix("/regions/").and_then(|rest| rest.strip_suffix("/zones")) {
        return (1..=3).map(|number| format!("{region}-{number}")).collect();
    }
    names.iter().map(|name| (*name).to_owned()).collect()
}
