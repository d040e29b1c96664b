//! Answers made of items.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::store::Record;
use crate::api::{Call, EXAMPLE, done};
use crate::exchange::Answer;
use crate::spec::{Api, Maker};

/// The answer of an operation that shows an item, with its tag.
pub(crate) fn with(call: &Call<'_>, record: &Record) -> Answer {
    let mut answer = show(call, &record.value, &record.id);
    let tag = match call.api {
        Api::Vpc => format!("W/\"{}\"", record.tag),
        _ => record.tag.clone(),
    };
    answer.set_header("etag", tag);
    answer
}

/// The answer of an operation that shows a value, in the form that the operation promises.
pub(crate) fn show(call: &Call<'_>, value: &Value, id: &str) -> Answer {
    let Some((label, schema)) = &call.operation.content else { return done(call.operation.status) };
    let status = StatusCode::from_u16(call.operation.status).unwrap_or(StatusCode::OK);
    if !label.ends_with("json") {
        return Answer::of_type(status, label, text(label));
    }
    let mut shown = projected(call, schema, value);
    // What was asked for is to be found under the name by which it was given.
    for name in ["reference", "id"] {
        if value.is_null()
            && let Some(place) = shown.get_mut(name)
        {
            *place = json!(id);
        }
    }
    Answer::json(status, &shown)
}

fn text(label: &str) -> &'static str {
    if label.ends_with("xml") {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><EntityDescriptor entityID=\"example\"/>\n"
    } else {
        "example\n"
    }
}

/// The value as another schema of the same thing has it: a reference, a summary, a list of one.
pub(crate) fn projected(call: &Call<'_>, schema: &Value, value: &Value) -> Value {
    if value.is_object() && call.document.fits(schema, value) {
        return value.clone();
    }
    let mut shown = Maker::new(call.document, &call.operation.id).make(schema, EXAMPLE);
    let Some(fields) = shown.as_object_mut() else { return shown };
    for (name, place) in fields.iter_mut() {
        let Some(property) = call.document.property(schema, name) else { continue };
        let own = value.get(name).filter(|own| call.document.fits(property, own));
        if let Some(own) = own {
            *place = own.clone();
        } else if call.document.items(property).is_some_and(|item| value.is_object() && call.document.fits(item, value)) {
            *place = json!([value]);
        }
    }
    if call.document.fits(schema, &shown) { shown } else { Maker::new(call.document, &call.operation.id).make(schema, EXAMPLE) }
}
