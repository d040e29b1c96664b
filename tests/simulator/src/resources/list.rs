//! Whole collections: listing, clearing, replacing.

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::dress::{Address, dress, fresh_id};
use super::overlay::Overlay;
use super::paging;
use super::shape::{self, Items};
use super::store::{Record, Resources};
use super::{fresh, respond};
use crate::api::{Call, EXAMPLE, Outcome, Refusal, done};
use crate::exchange::Answer;
use crate::spec::{Maker, Place};

pub(crate) fn answer(call: &Call<'_>, resources: &Resources) -> Outcome {
    let records = resources.list(call.api, &call.path()).to_vec();
    of(call, records)
}

/// The list of these records: selected, in order, and cut into pages.
pub(crate) fn of(call: &Call<'_>, mut records: Vec<Record>) -> Outcome {
    select(call, &mut records);
    sort(call, &mut records);
    let (Some(schema), Some(items)) = (call.operation.schema(), shape::items(call.document, call.operation)) else {
        return Err(Refusal::not_found(&call.path()));
    };
    let Items::Property(property) = items else {
        let item = call.document.items(schema).cloned().unwrap_or_default();
        let shown: Vec<Value> = records.iter().map(|record| respond::projected(call, &item, &record.value)).collect();
        return Ok(Answer::json(StatusCode::OK, &json!(shown)));
    };
    let page = paging::page(call, &records)?;
    let mut body = Maker::new(call.document, &call.operation.id).make(schema, EXAMPLE);
    let Some(fields) = body.as_object_mut() else { return Err(Refusal::not_found(&call.path())) };
    let item = call.document.property(schema, &property).and_then(|list| call.document.items(list)).cloned().unwrap_or_default();
    let shown = page.records.iter().map(|record| element(call, &item, record)).collect();
    fields.insert(property, Value::Array(shown));
    paging::describe(call, schema, &page, fields);
    Ok(Answer::json(StatusCode::OK, &body))
}

fn element(call: &Call<'_>, schema: &Value, record: &Record) -> Value {
    if call.document.is_type(schema, "string") {
        return Value::from(record.id.as_str());
    }
    respond::projected(call, schema, &record.value)
}

/// Query parameters that are named like a property, such as `vpc.id`, select.
fn select(call: &Call<'_>, records: &mut Vec<Record>) {
    let template = shape::segments(call.operation);
    let Some(schema) = shape::item_schema(call.document, template) else { return };
    for parameter in call.operation.parameters(Place::Query) {
        let Some(wanted) = call.query(&parameter.name) else { continue };
        let path: Vec<&str> = parameter.name.split('.').collect();
        let is_special = matches!(parameter.name.as_str(), "sort" | "account_id" | "start" | "limit" | "offset" | "version" | "format");
        if is_special || !describes(call, schema, &path) {
            continue;
        }
        let wanted: Vec<&str> = wanted.split(',').collect();
        records.retain(|record| has(&record.value, &path, &wanted));
    }
}

fn describes(call: &Call<'_>, schema: &Value, path: &[&str]) -> bool {
    let [name, rest @ ..] = path else { return true };
    let (name, is_list) = name.strip_suffix("[]").map_or((*name, false), |name| (name, true));
    call.document.properties(schema, name).into_iter().any(|property| {
        let property = if is_list { call.document.items(property) } else { Some(property) };
        property.is_some_and(|property| describes(call, property, rest))
    })
}

fn has(value: &Value, path: &[&str], wanted: &[&str]) -> bool {
    let [name, rest @ ..] = path else {
        return match value {
            Value::String(text) => wanted.contains(&text.as_str()),
            Value::Array(items) => items.iter().any(|item| has(item, &[], wanted)),
            other => wanted.contains(&other.to_string().as_str()),
        };
    };
    let inner = value.get(name.strip_suffix("[]").unwrap_or(name));
    match inner {
        Some(Value::Array(items)) => items.iter().any(|item| has(item, rest, wanted)),
        Some(inner) => has(inner, rest, wanted),
        None => false,
    }
}

/// `sort=name`, `sort=-created_at`; `order=desc` where an interface has it.
fn sort(call: &Call<'_>, records: &mut [Record]) {
    let Some(wanted) = call.query("sort") else { return };
    let (name, falling) = wanted.strip_prefix('-').map_or((wanted, false), |name| (name, true));
    let by = |record: &Record| record.value.get(name).map(Value::to_string).unwrap_or_default();
    records.sort_by_key(by);
    if falling || call.query("order") == Some("desc") {
        records.reverse();
    }
}

/// Deletes what the query selects.
pub(crate) fn clear(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    let path = call.path();
    let mut records = resources.list(call.api, &path).to_vec();
    select(call, &mut records);
    for record in records {
        resources.remove(call.api, &path, &record.id);
    }
    Ok(done(call.operation.status))
}

/// Puts the body's items in the place of those that are there.
pub(crate) fn replace(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    let (path, template) = (call.path(), shape::segments(call.operation));
    let given = call.body.as_object().and_then(|fields| fields.values().find_map(Value::as_array)).cloned().unwrap_or_default();
    resources.list_mut(call.api, &path).clear();
    for body in given {
        let id = fresh_id(call.api, &path);
        let mut value = fresh::item(call, template, &path, &id, &body);
        if let Some(schema) = shape::item_schema(call.document, template) {
            Overlay { document: call.document, api: call.api, resources, merge: false }.apply(schema, &mut value, &body);
        }
        dress(call, &Address { collection: &path, id: &id, named: None }, &mut value);
        resources.put(call.api, &path, &id, value);
    }
    let shown: Vec<Value> = resources.list(call.api, &path).iter().map(|record| record.value.clone()).collect();
    let list = shape::of_collection(call.document, template, "GET").and_then(|list| shape::items(call.document, list));
    let mut body = Map::new();
    if let Some(Items::Property(name)) = list {
        body.insert(name, Value::Array(shown));
    }
    Ok(respond::show(call, &Value::Object(body), ""))
}
