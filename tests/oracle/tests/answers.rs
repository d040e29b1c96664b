//! Parsing, generated: whatever a service leaves out, empties, retypes or adds, an answer is read and nothing of it is lost.
#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::panic, reason = "a test says what it read, and may panic")]

use catalog_gen::spec::{MediaType, Schema, Service, Spec};
use catalog_gen::workspace_root;
use http::Response;
use oracle::sample::Choice;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use trusted_profile_core::catalog;
use trusted_profile_core::operation::{Content, Entry};

/// Whole objects, with what they hold, and no deeper: the rest is other schemas' turn.
const WHOLE: Choice = Choice { only_required: false, variant: 0, awkward: false, depth: 2 };

fn spec() -> Spec {
    Spec::read(&workspace_root().join("core/spec")).unwrap()
}

/// A value, and for each property in it the value without it, with null, with other kinds of values, and with a new
/// property beside it.
fn damaged(whole: &Value) -> Vec<Value> {
    let mut all = vec![whole.clone()];
    for pointer in pointers(whole, "") {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let mut change = |change: &dyn Fn(&mut serde_json::Map<String, Value>, &str)| {
            let mut value = whole.clone();
            change(value.pointer_mut(parent).unwrap().as_object_mut().unwrap(), &name.replace("~1", "/").replace("~0", "~"));
            all.push(value);
        };
        change(&|object, name| drop(object.remove(name)));
        change(&|object, name| drop(object.insert(name.to_owned(), Value::Null)));
        change(&|object, _| drop(object.insert("unknown \u{fc}".to_owned(), json!({ "deep": [1, -2, 0.5, "\u{1f600}", null] }))));
        let old = whole.pointer(&pointer).unwrap().clone();
        for other in [json!(18_446_744_073_709_551_615_u64), json!("text"), json!([old.clone()]), json!({ "wrapped": old })] {
            change(&|object, name| drop(object.insert(name.to_owned(), other.clone())));
        }
    }
    all
}

fn pointers(value: &Value, at: &str) -> Vec<String> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, member)| {
                let place = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                let mut found = pointers(member, &place);
                found.push(place);
                found
            })
            .collect(),
        Value::Array(items) => items.iter().enumerate().flat_map(|(index, item)| pointers(item, &format!("{at}/{index}"))).collect(),
        _ => Vec::new(),
    }
}

fn answer(status: u16, value: &Value) -> Response<Vec<u8>> {
    let mut response = Response::new(value.to_string().into_bytes());
    *response.status_mut() = status.try_into().unwrap();
    response
}

#[test]
fn nothing_that_a_success_may_hold_stops_or_loses_anything() {
    let spec = spec();
    let (mut schemas, mut read, mut operations) = (0, 0, 0);
    for service in &spec.services {
        let mut seen = BTreeSet::new();
        for operation in &service.operations {
            let Some((status, MediaType::Json, schema)) = success(operation) else { continue };
            let entry = catalog::find(&operation.id).unwrap();
            operations += 1;
            let whole = WHOLE.value(service, schema, "answer");
            // Every operation reads its answer; what is done to it is the same for all operations that share it.
            let is_new = schema.reference.as_ref().is_none_or(|name| seen.insert(name.clone()));
            let values = if is_new { damaged(&whole) } else { vec![whole] };
            schemas += usize::from(is_new);
            for value in values {
                assert_read(entry, status, &value);
                read += 1;
            }
        }
    }
    println!("answers: {operations} operations, {schemas} schemas, {read} answers read whole");
    assert!(operations > 560 && schemas > 250 && read > 40_000, "{operations} operations, {schemas} schemas, {read} answers");
}

fn success(operation: &catalog_gen::spec::Operation) -> Option<(u16, MediaType, &Schema)> {
    operation.successes.iter().find_map(|success| success.content.as_ref().map(|(media, schema)| (success.status, *media, schema)))
}

fn assert_read(entry: Entry, status: u16, value: &Value) {
    let reply = entry.parse(answer(status, value)).unwrap_or_else(|error| panic!("{entry:?}: {error}\n{value}"));
    assert_eq!(reply.status, status);
    match reply.value {
        Content::Json(json) => assert_eq!(json.as_value(), value, "{entry:?}"),
        other => panic!("{entry:?}: {other:?} for {value}"),
    }
}

#[test]
fn every_shape_of_refusal_stays_a_refusal_however_it_is_damaged() {
    let spec = spec();
    let shapes = [
        ("vpc.get_instance", "vpc", "ErrorContainer"),
        ("metadata.get_instance", "metadata", "ErrorContainer"),
        ("iam_identity.get_profile", "iam_identity", "ExceptionResponse"),
        ("iam_token.get_token", "iam_token", "TokenErrorResponse"),
        ("containers.get_cluster", "containers", "Error"),
    ];
    let mut read = 0;
    for (id, service, schema) in shapes {
        let service: &Service = spec.service(service).unwrap();
        let whole = Choice { depth: 5, ..WHOLE }.value(service, &service.schemas[schema], "refusal");
        let entry = catalog::find(id).unwrap();
        let error = entry.parse(answer(409, &whole)).unwrap_err();
        assert!(error.service().is_some_and(|said| said.code.is_some() && said.message.is_some()), "{id}: {error}\n{whole}");
        for value in damaged(&whole) {
            let error = entry.parse(answer(409, &value)).unwrap_err();
            assert_eq!((error.status(), error.code().as_str()), (Some(409), "request_refused"), "{id}: {error}");
            read += 1;
        }
    }
    println!("answers: {read} refusals read");
    assert!(read > 200, "{read}");
}
