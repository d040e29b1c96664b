//! New items.

use serde_json::Value;

use super::dress::fresh_id;
use super::overlay::Overlay;
use super::store::{Record, Resources};
use super::{fresh, respond, shape};
use crate::api::{Call, Kind, Outcome, Refusal};
use crate::spec::Segment;

pub(crate) fn answer(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    let record = create(call, resources)?;
    Ok(respond::with(call, &record))
}

/// Adds what the body describes to the collection.
pub(crate) fn create(call: &Call<'_>, resources: &mut Resources) -> Result<Record, Refusal> {
    let collection = call.collection();
    let id = next_id(call, resources, &collection);
    create_as(call, resources, &id)
}

pub(crate) fn create_as(call: &Call<'_>, resources: &mut Resources, id: &str) -> Result<Record, Refusal> {
    let collection = call.collection();
    check_name(call, resources, &collection)?;
    let template = shape::collection(call.operation);
    let mut value = fresh::item(call, template, &collection, id, &call.body);
    if let Some(schema) = shape::item_schema(call.document, template) {
        let overlay = Overlay { document: call.document, api: call.api, resources, merge: false };
        overlay.apply(schema, &mut value, &call.body);
    }
    if let Some(account) = value.get_mut("account_id") {
        *account = Value::from(call.account_id.as_str());
    }
    let record = resources.put(call.api, &collection, id, value);
    begin_versions(call, resources, template, &collection, &record);
    Ok(record)
}

/// Names are unique within their collection, except below other items of IAM.
pub(crate) fn check_name(call: &Call<'_>, resources: &Resources, collection: &str) -> Result<(), Refusal> {
    let Some(name) = call.text("/name") else { return Ok(()) };
    let may_repeat = ["/rules", "/versions", "/apikeys", "/serviceids", "/policies"].iter().any(|end| collection.ends_with(end));
    if !may_repeat && resources.list(call.api, collection).iter().any(|record| record.text("/name") == Some(name)) {
        return Err(Refusal::new(Kind::NotUnique, &format!("Provided Name ({name}) is not unique")).about("field", "name"));
    }
    Ok(())
}

/// Versions count up, everything else has a random id.
fn next_id(call: &Call<'_>, resources: &Resources, collection: &str) -> String {
    if !collection.ends_with("/versions") {
        return fresh_id(call.api, collection);
    }
    let numbers = resources.list(call.api, collection).iter().filter_map(|record| record.id.parse::<u32>().ok());
    numbers.max().unwrap_or(0).saturating_add(1).to_string()
}

/// A template is born with its first version.
fn begin_versions(call: &Call<'_>, resources: &mut Resources, template: &[Segment], collection: &str, record: &Record) {
    let mut versions = template.to_vec();
    versions.extend([Segment::Parameter("id".to_owned()), Segment::Literal("versions".to_owned())]);
    if shape::of_item(call.document, &versions, "GET").is_some() {
        let address = format!("{collection}/{}/versions", record.id);
        let mut first = record.value.clone();
        if let Some(version) = first.get_mut("version") {
            *version = Value::from("1");
        }
        resources.put(call.api, &address, "1", first);
    }
}
