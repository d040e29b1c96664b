//! One request for every operation of every document, over a socket, with as little as the document
//! lets a caller send. What comes back is held against the document by a validator that has nothing to
//! do with the simulator.
#![expect(clippy::print_stdout, reason = "a test says what it ran")]

mod check;
mod derive;
mod lifecycle;
mod refused;

pub(crate) use check::check;
use derive::{Deriver, Smallest};
use serde_json::Value;

use crate::setting::Setting;
use crate::wire::{Call, Reply, call};

const DOCUMENTS: [(&str, usize); 7] = [
    ("vpc", 478),
    ("iam-identity", 103),
    ("iam-policy-management", 63),
    ("iam-access-groups", 34),
    ("metadata", 21),
    ("iam-token", 5),
    ("containers", 2),
];

/// Operations that as little as possible is too little for, and the status that says so.
const REFUSED: [(&str, &str, u16); 4] = [
    // The key whose details are wanted is in a header that the document calls optional.
    ("iam-identity", "get_api_keys_details", 400),
    // The first type of rule is for federated users, and wants a realm and an end as well.
    ("iam-identity", "create_claim_rule", 400),
    ("iam-identity", "update_claim_rule", 400),
    // The type of the body has to be that of the path, and the first of both lists are two.
    ("iam-identity", "set_profile_identity", 400),
];

#[test]
fn every_operation_is_answered_as_its_document_says() {
    let setting = Setting::start();
    let (mut failures, mut answered) = (Vec::new(), 0);
    for (name, expected) in DOCUMENTS {
        let document = read(name);
        let deriver = Deriver { document: &document, known: setting.known() };
        let (mut successes, mut refusals) = (0, 0);
        for (path, method, operation) in operations(&document) {
            let id = operation["operationId"].as_str().unwrap();
            match try_one(&setting, name, &deriver, &path, &method) {
                Ok(status) if status < 300 => successes += 1,
                Ok(status) if REFUSED.contains(&(name, id, status)) => refusals += 1,
                Ok(status) => failures.push(format!("{name} {id}: refused with {status}")),
                Err(why) => failures.push(format!("{name} {id}: {why}")),
            }
            answered += 1;
        }
        println!("{name:24} {successes:4} succeeded {refusals:3} refused");
        assert_eq!(operations(&document).len(), expected, "{name}");
    }
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
    println!("operations: {answered} answered, 0 skipped");
}

pub(crate) fn read(name: &str) -> Value {
    let file = format!("{}/../../core/spec/{name}.openapi.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

/// Path, method and operation.
pub(crate) fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation.get("operationId").is_some() {
                found.push((path.clone(), method.clone(), operation.clone()));
            }
        }
    }
    found
}

/// Sends the smallest request; returns the status if the answer is one that the document knows.
fn try_one(setting: &Setting, name: &str, deriver: &Deriver<'_>, path: &str, method: &str) -> Result<u16, String> {
    let reply = send(setting, name, method, &deriver.request(path, method));
    judge(deriver.document, path, method, &reply).map(|()| reply.status)
}

/// Sends a request with the token that its interface takes.
pub(crate) fn send(setting: &Setting, name: &str, method: &str, wanted: &Smallest) -> Reply {
    let verb = method.to_uppercase();
    let mut request: Call<'_> = call(&verb, format!("{}{}", setting.base(name), wanted.target));
    request = match name {
        "metadata" if wanted.id == "create_identity_token" => request,
        "metadata" => request.bearer(&setting.identity_token),
        "iam-token" => request,
        _ => request.bearer(&setting.iam_token),
    };
    for (header, value) in &wanted.headers {
        request = request.header(header, value);
    }
    request.body(wanted.body.clone()).send()
}

/// Whether the document knows such an answer.
pub(crate) fn judge(document: &Value, path: &str, method: &str, reply: &Reply) -> Result<(), String> {
    let responses = format!("/paths/{}/{method}/responses", path.replace('~', "~0").replace('/', "~1"));
    let known = document.pointer(&responses).unwrap();
    let status = reply.status.to_string();
    let entry = if known.get(&status).is_some() { status.as_str() } else { "default" };
    if reply.status < 300 && entry == "default" {
        return Err(format!("status {status} is not in the document"));
    }
    let mut pointer = format!("{responses}/{entry}");
    if let Some(reference) = document.pointer(&pointer).and_then(|response| response.get("$ref")).and_then(Value::as_str) {
        pointer = reference.trim_start_matches('#').to_owned();
    }
    let Some(content) = document.pointer(&pointer).and_then(|response| response.get("content")) else {
        return if reply.body.is_empty() { Ok(()) } else { Err(format!("{status} with a body: {}", reply.text())) };
    };
    let label = content.as_object().unwrap().keys().next().unwrap();
    if !reply.header("content-type").is_some_and(|given| given.starts_with(label.as_str())) {
        return Err(format!("{status} without {label}: {}", reply.text()));
    }
    if !label.ends_with("json") {
        return Ok(());
    }
    let pointer = format!("{pointer}/content/{}/schema", label.replace('/', "~1"));
    check(document, &pointer, &reply.json()).map_err(|why| format!("{status} {why}\n{}", reply.text()))
}
