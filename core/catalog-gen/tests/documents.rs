//! The documents are OpenAPI 3.1, and what they refer to exists.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use boon::{Compiler, Draft, SchemaIndex, Schemas};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn documents() -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder("../spec")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".openapi.json") {
            found.push((name, serde_json::from_slice(&fs::read(path).unwrap()).unwrap()));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// The OpenAPI Initiative's own schema of a document, which leaves the schemas in it aside.
fn openapi(schemas: &mut Schemas) -> SchemaIndex {
    let path = folder("tests/openapi/3.1-schema-2022-10-07.json");
    let mut compiler = Compiler::new();
    compiler.set_default_draft(Draft::V2020_12);
    compiler.compile(path.to_str().unwrap(), schemas).unwrap()
}

#[test]
fn every_document_is_openapi_3_1() {
    let mut schemas = Schemas::new();
    let openapi = openapi(&mut schemas);
    let documents = documents();
    assert_eq!(documents.len(), 7);
    for (name, document) in &documents {
        assert_eq!(document["openapi"], "3.1.0", "{name}");
        schemas.validate(document, openapi).unwrap_or_else(|problems| panic!("{name}: {problems:#}"));
    }
    for broken in [("/paths", json!([])), ("/info", json!({})), ("/servers/0/url", json!(1)), ("/components/surprise", json!({}))] {
        let mut document = documents[0].1.clone();
        *slot(&mut document, broken.0) = broken.1;
        assert!(schemas.validate(&document, openapi).is_err(), "{} was not noticed", broken.0);
    }
}

/// The place of a pointer, made when it is not there.
fn slot<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Value {
    if document.pointer(pointer).is_none() {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(name.to_owned(), Value::Null);
    }
    document.pointer_mut(pointer).unwrap()
}

/// OpenAPI 3.1 has JSON Schema 2020-12 as its dialect: each schema compiles, so its references lead somewhere.
#[test]
fn every_schema_is_json_schema() {
    let mut compiled = 0;
    for (name, document) in documents() {
        let place = format!("http://documents.example/{name}");
        let (mut compiler, mut schemas) = (Compiler::new(), Schemas::new());
        compiler.set_default_draft(Draft::V2020_12);
        compiler.add_resource(&place, document.clone()).unwrap();
        for path in places(&document, "") {
            compiler.compile(&format!("{place}#{path}"), &mut schemas).unwrap_or_else(|problem| panic!("{name}{path}: {problem:#}"));
            compiled += 1;
        }
    }
    assert!(compiled > 2000, "only {compiled} schemas were found");
}

/// Where the schemas of a document are: its components, and those that stand where they are used.
fn places(value: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    let Value::Object(members) = value else { return found };
    for (name, member) in members {
        let place = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1").replace('{', "%7B").replace('}', "%7D"));
        match name.as_str() {
            "schemas" => found.extend(member.as_object().unwrap().keys().map(|schema| format!("{place}/{schema}"))),
            "schema" => found.push(place),
            "parameters" if member.is_array() => {
                let list = member.as_array().unwrap().iter().enumerate();
                found.extend(list.flat_map(|(index, parameter)| places(parameter, &format!("{place}/{index}"))));
            }
            _ => found.extend(places(member, &place)),
        }
    }
    found
}

#[test]
fn every_reference_leads_somewhere() {
    for (name, document) in documents() {
        let mut references = 0;
        check_references(&document, &document, &name, &mut references);
        assert!(references > 3, "{name}: only {references} references were seen");
    }
}

fn check_references(value: &Value, document: &Value, name: &str, seen: &mut usize) {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{name}: {reference} leaves the document"));
                assert!(document.pointer(pointer).is_some(), "{name}: nothing is at {reference}");
                *seen += 1;
            }
            members.values().for_each(|member| check_references(member, document, name, seen));
        }
        Value::Array(items) => items.iter().for_each(|item| check_references(item, document, name, seen)),
        _ => {}
    }
}
