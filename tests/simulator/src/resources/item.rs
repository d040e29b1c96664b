//! One item: reading, changing, deleting.

use serde_json::Value;

use super::overlay::Overlay;
use super::store::{Record, Resources};
use super::{create, parents, respond, shape};
use crate::api::{Call, Outcome, Refusal, check_precondition, done};
use crate::spec::Api;

/// The record, if it exists.
pub(crate) fn found(call: &Call<'_>, resources: &Resources) -> Result<Record, Refusal> {
    resources.get(call.api, &call.collection(), call.id()).cloned().ok_or_else(|| Refusal::not_found(call.id()))
}

pub(crate) fn read(call: &Call<'_>, resources: &Resources) -> Outcome {
    Ok(respond::with(call, &found(call, resources)?))
}

/// A merge patch: what is absent stays, null removes.
pub(crate) fn update(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    check_precondition(call, &found(call, resources)?.tag)?;
    change(call, resources, true)
}

/// Lays the body over the item.
pub(crate) fn change(call: &Call<'_>, resources: &mut Resources, merge: bool) -> Outcome {
    let mut record = found(call, resources)?;
    if let Some(schema) = shape::item_schema(call.document, shape::collection(call.operation)) {
        let overlay = Overlay { document: call.document, api: call.api, resources, merge };
        overlay.apply(schema, &mut record.value, &call.body);
    }
    for name in ["modified_at", "last_modified_at"] {
        if record.value.get(name).is_some() {
            record.set(name, call.now().rfc3339());
        }
    }
    record.touch();
    keep(call, resources, &record);
    Ok(respond::with(call, &record))
}

/// Puts a changed record in its place.
pub(crate) fn keep(call: &Call<'_>, resources: &mut Resources, record: &Record) {
    if let Some(place) = resources.get_mut(call.api, &call.collection(), &record.id) {
        *place = record.clone();
    }
}

/// Replaces an item, or adds one where the collection has no other way to get items.
pub(crate) fn put(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    match found(call, resources) {
        Ok(record) => {
            check_precondition(call, &record.tag)?;
            // In this one, an absent property stays as it is.
            change(call, resources, call.api == Api::IamIdentity)
        }
        Err(refusal) if shape::of_collection(call.document, shape::collection(call.operation), "POST").is_some() => Err(refusal),
        Err(_) => add(call, resources),
    }
}

/// Something that exists elsewhere keeps what it is: an address that is bound to an interface.
fn add(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    let elsewhere = resources.all(call.api).find(|(path, record)| record.id == call.id() && !path.contains(call.id()));
    let Some(value) = elsewhere.map(|(_, record)| record.value.clone()) else {
        return Ok(respond::with(call, &create::create_as(call, resources, call.id())?));
    };
    let template = shape::collection(call.operation);
    let schema = shape::item_schema(call.document, template);
    let value = schema.map_or(Value::Null, |schema| respond::projected(call, schema, &value));
    Ok(respond::with(call, &resources.put(call.api, &call.collection(), call.id(), value)))
}

pub(crate) fn delete(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    let record = found(call, resources)?;
    check_precondition(call, &record.tag)?;
    resources.remove(call.api, &call.collection(), call.id());
    let Some(schema) = call.operation.schema() else { return Ok(done(call.operation.status)) };
    // It is gone at once; what is shown of it is on its way.
    let mut shown = record.value;
    for name in ["lifecycle_state", "status"] {
        let before = shown.clone();
        if let Some(place) = shown.get_mut(name) {
            *place = Value::from("deleting");
        }
        if !call.document.fits(schema, &shown) {
            shown = before;
        }
    }
    Ok(respond::show(call, &shown, &record.id))
}

/// The item of a collection that is laid out for whoever asks for the example.
pub(crate) fn example(call: &Call<'_>, resources: &mut Resources) {
    let (template, collection) = (shape::collection(call.operation), call.collection());
    if resources.get(call.api, &collection, crate::api::EXAMPLE).is_none() {
        parents::materialise(call, resources, template, &collection, crate::api::EXAMPLE);
    }
}
