//! Operations as Rust types, over a socket to the simulator and back.

#[expect(dead_code, reason = "the schemas are for the core's own tests")]
#[path = "../../../../core/tests/types/listed.rs"]
mod listed;

use crate::around::vpc;
use crate::every::{Setting, every};
use end_to_end::{Account, Manner, runtime};
use serde_json::Value;
use trusted_profile::types::vpc::{GetInstance, ListInstances, ListRegions};
use trusted_profile::types::{Typed, TypedOperation, from_json};
use trusted_profile::{Content, Entry, ErrorCode, Json, Reply};

pub(crate) struct Schema;

#[expect(clippy::extra_unused_type_parameters, reason = "the list names a type for each")]
const fn schema<T: Typed>(_document: &str, _name: &str) -> Schema {
    Schema
}

/// An operation as a Rust type.
pub(crate) struct Operation {
    id: &'static str,
    /// The arguments, once they went through their type.
    arguments: fn(Value) -> Result<Value, String>,
    /// What an answer holds, once it went through its type.
    answered: fn(Reply<Content>) -> Result<Value, String>,
}

const fn operation<O: TypedOperation>(id: &'static str) -> Operation {
    Operation {
        id,
        arguments: |arguments| Ok(from_json::<O>(&Json::from(arguments))?.arguments().into_value()),
        answered: |reply| O::typed(reply).map(|reply| Typed::json(&reply.value)).map_err(|error| error.to_string()),
    }
}

/// Calls one with typed arguments. Nothing of the answer is lost on its way through its type.
fn call(setting: &Setting, entry: Entry, arguments: Value) -> Result<Reply<Content>, String> {
    let id = entry.id();
    let typed = listed::OPERATIONS.iter().find(|operation| operation.id == id).ok_or("it has no type")?;
    let reply = setting.call(entry, (typed.arguments)(arguments)?).map_err(|error| error.to_string())?;
    let answered = (typed.answered)(reply.clone())?;
    match &reply.value {
        Content::Json(json) if *json.as_value() != answered => Err(format!("{} is {answered}", json.as_value())),
        _ => Ok(reply),
    }
}

#[test]
fn every_operation_with_types() {
    every(Manner::Async, "typed", call);
}

#[test]
fn a_struct_is_sent_and_a_struct_comes_back() {
    let account = Account::start();
    let vpc = vpc(&account);
    let page = runtime().block_on(vpc.send(ListInstances { limit: Some(1), ..ListInstances::default() })).unwrap().value;
    assert_eq!(page.instances.unwrap().len(), 1);
    let regions = runtime().block_on(vpc.send(ListRegions::default())).unwrap().value;
    assert!(!regions.regions.unwrap().is_empty());
    let error = runtime().block_on(vpc.send(GetInstance::default())).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidArgument, "{error}");
    assert!(error.message().contains("id"), "{error}");
}
