//! Typed operations and those by name are the same.

use crate::listed::OPERATIONS;
use crate::samples::{Document, SECRET, documents};
use http::Response;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use trusted_profile_core::catalog;
use trusted_profile_core::operation::{Answer, ApiDate, Entry, Format, Kind, Parameter, Target};
use trusted_profile_core::wire::{BaseUrl, Json};

fn target() -> Target {
    Target::new(BaseUrl::parse("endpoint", "https://service.example/prefix").unwrap())
}

#[test]
fn every_operation_is_typed_by_the_same_facts() {
    let ids: Vec<String> = catalog::list().map(|entry| entry.id()).collect();
    assert_eq!(ids, OPERATIONS.iter().map(|operation| operation.id).collect::<Vec<_>>());
    for operation in OPERATIONS {
        let (typed, listed) = ((operation.entry)(), catalog::find(operation.id).unwrap());
        let facts = |entry: Entry| {
            let service = entry.service();
            let parameters: Vec<Parameter> = entry.parameters();
            let paths = [None, Some(ApiDate::MIN)].map(|date| entry.path(date));
            let own = (entry.id(), entry.method(), paths, parameters, entry.body(), entry.answer(), entry.paging(), entry.auth());
            let of_service = (service.server, service.version, service.generation, service.sends_request_id, service.secrets);
            (own, entry.is_idempotent(), entry.is_deprecated(), of_service)
        };
        assert_eq!(facts(typed), facts(listed));
    }
}

/// What a parameter may hold: what the document lists would do as well, and any text has to.
fn sample(kind: Kind) -> Value {
    match kind {
        Kind::Text => json!("a/b ü"),
        Kind::Secret => json!(SECRET),
        Kind::Integer => json!(7),
        Kind::Boolean => json!(false),
        Kind::Texts => json!(["one", "two"]),
    }
}

fn plain(parameter: &Parameter) -> Value {
    match sample(parameter.kind) {
        // Headers take ASCII only.
        Value::String(_) if parameter.kind == Kind::Text => json!("a/b c"),
        other => other,
    }
}

/// Bodies: everything, each property as null, and nothing.
fn bodies(document: &Document, operation: &Value) -> Vec<Value> {
    let content = &operation["requestBody"]["content"];
    let Some(content) = content.as_object().and_then(|content| content.values().next()) else { return vec![Value::Null] };
    let mut bodies = Vec::new();
    for sample in document.samples(&content["schema"], 3) {
        if let Value::Object(members) = &sample {
            bodies.push(members.keys().map(|name| (name.clone(), Value::Null)).collect());
        }
        bodies.push(sample);
    }
    bodies
}

fn requests_of(documents: &BTreeMap<String, Document>, id: &str) -> (Entry, Vec<Json>) {
    let entry = catalog::find(id).unwrap();
    let document = &documents[&entry.service().name.replace('_', "-")];
    let (_, operation) = document.operations().find(|(name, _)| *name == entry.name()).unwrap();
    let all = |only_required: bool| -> Map<String, Value> {
        let given = entry.parameters().into_iter().filter(|p| p.constant.is_none() && (p.is_required || !only_required));
        given.map(|p| (p.argument(), plain(&p))).collect()
    };
    let mut arguments = Vec::new();
    for body in bodies(document, operation) {
        for mut given in [all(true), all(false)] {
            if entry.body().is_some() {
                given.insert("body".to_owned(), body.clone());
            }
            arguments.push(Json::from(Value::Object(given)));
        }
    }
    (entry, arguments)
}

#[test]
fn typed_requests_are_those_by_name() {
    let documents = documents();
    let mut compared = 0;
    for operation in OPERATIONS {
        let (entry, all) = requests_of(&documents, operation.id);
        for arguments in all {
            let is_form = entry.body().is_some_and(|body| body.format == Format::Form);
            let untyped = entry.request(&arguments, &target());
            let typed = (operation.request)(&arguments, &target());
            match (untyped, typed) {
                (Ok(untyped), Ok(typed)) => {
                    assert_eq!((untyped.method(), untyped.uri(), untyped.headers()), (typed.method(), typed.uri(), typed.headers()));
                    assert_eq!(String::from_utf8_lossy(untyped.body()), String::from_utf8_lossy(typed.body()), "{}", operation.id);
                    compared += 1;
                }
                // A form holds texts only, and some of its samples more.
                (Err(untyped), Err(typed)) => assert!(is_form && untyped.message() == typed.message(), "{}", untyped.message()),
                (untyped, typed) => panic!("{}: {untyped:?} and {typed:?}", operation.id),
            }
            assert!(!(operation.shown)(&arguments).contains(SECRET), "{}", operation.id);
        }
    }
    assert!(compared > 1900, "only {compared} requests were compared");
}

#[test]
fn what_is_missing_is_named_as_without_types() {
    let nothing = Json::from(json!({}));
    for operation in OPERATIONS {
        let typed = (operation.request)(&nothing, &target()).map_err(|error| error.message().to_owned());
        let untyped = catalog::build(operation.id, &nothing, &target()).map_err(|error| error.message().to_owned());
        // A body that is a struct is there, if empty.
        if !(operation.entry)().body().is_some_and(|body| body.is_required) {
            assert_eq!(typed.map(|request| request.uri().to_string()), untyped.map(|request| request.uri().to_string()));
        }
    }
    let update = OPERATIONS.iter().find(|operation| operation.id == "vpc.update_instance").unwrap();
    assert_eq!((update.request)(&nothing, &target()).unwrap_err().message(), "vpc.update_instance: the argument id is missing");
}

#[test]
fn every_answer_is_read_as_what_it_is() {
    let documents = documents();
    let mut read = 0;
    for operation in OPERATIONS {
        let entry = (operation.entry)();
        let document = &documents[&entry.service().name.replace('_', "-")];
        let (_, described) = document.operations().find(|(name, _)| *name == entry.name()).unwrap();
        let contents = described["responses"].as_object().unwrap().iter().filter(|(status, _)| status.starts_with('2'));
        for content in contents.filter_map(|(_, answer)| answer["content"].as_object()?.values().next()) {
            for sample in document.samples(&content["schema"], 2) {
                let text = if entry.answer() == Answer::Json { sample.to_string() } else { sample.as_str().unwrap().to_owned() };
                let value = (operation.parse)(Response::new(text.into_bytes())).unwrap().value;
                assert_eq!(value, sample, "{}", operation.id);
                read += 1;
            }
        }
        let answer = |status: u16, body: &[u8]| (operation.parse)(Response::builder().status(status).body(body.to_vec()).unwrap());
        match entry.answer() {
            Answer::Nothing => assert_eq!(answer(204, b"").unwrap().value, Value::Null),
            Answer::YesOrNo => assert_eq!((answer(204, b"").unwrap().value, answer(404, b"").unwrap().value), (json!(true), json!(false))),
            Answer::Json | Answer::Text | Answer::Xml => {
                assert!(answer(202, b"").is_ok() && answer(200, b"").is_err() && answer(200, b"<html>").is_err(), "{}", operation.id);
            }
        }
        assert!(answer(500, b"{}").is_err());
    }
    assert!(read > 560, "only {read} answers were read");
}
