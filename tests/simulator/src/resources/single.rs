//! What stands alone below an item, such as settings, and actions.

use serde_json::Value;

use super::overlay::Overlay;
use super::store::{Record, Resources};
use super::{respond, shape};
use crate::api::{Call, EXAMPLE, Outcome, check_precondition, done};
use crate::exchange::Answer;
use crate::spec::Maker;

/// The collection and id under which it is kept.
fn place(call: &Call<'_>) -> (String, String) {
    let path = call.path();
    let (collection, id) = path.rsplit_once('/').unwrap_or(("", path.as_str()));
    (collection.to_owned(), id.to_owned())
}

/// The record: the service has one from the start.
fn record(call: &Call<'_>, resources: &mut Resources) -> Record {
    let (collection, id) = place(call);
    if let Some(record) = resources.get(call.api, &collection, &id) {
        return record.clone();
    }
    let schema = shape::of_collection(call.document, shape::segments(call.operation), "GET").and_then(|read| read.schema());
    let mut value = schema.map_or(Value::Null, |schema| Maker::new(call.document, &collection).make(schema, EXAMPLE));
    let account = Value::from(call.account_id.as_str());
    if let Some(place) = value.get_mut("account_id") {
        *place = account;
    }
    resources.put(call.api, &collection, &id, value)
}

pub(crate) fn read(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    let record = record(call, resources);
    Ok(respond::with(call, &record))
}

pub(crate) fn write(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    let mut record = record(call, resources);
    check_precondition(call, &record.tag)?;
    if let Some(schema) = call.operation.schema() {
        let overlay = Overlay { document: call.document, api: call.api, resources, merge: true };
        overlay.apply(schema, &mut record.value, &call.body);
    }
    record.touch();
    let (collection, id) = place(call);
    if let Some(place) = resources.get_mut(call.api, &collection, &id) {
        *place = record.clone();
    }
    Ok(respond::with(call, &record))
}

pub(crate) fn remove(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    let (collection, id) = place(call);
    resources.remove(call.api, &collection, &id);
    Ok(done(call.operation.status))
}

/// An action without a state of its own.
pub(crate) fn act(call: &Call<'_>) -> Outcome {
    let answer: Answer = respond::show(call, &call.body, EXAMPLE);
    Ok(answer)
}
