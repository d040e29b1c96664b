//! Calls play twice: with JSON that is read, and with JSON that is left to a reader of the caller's own.

use serde_json::Value;
use trusted_profile_core::call::Step;
use trusted_profile_core::operation::{Content, Reply};
use trusted_profile_core::wire::Json;

/// The step with its answer read after all, once its outline was found to be right.
pub(crate) fn read(step: Step) -> Result<Step, String> {
    Ok(match step {
        Step::Page(reply) => Step::Page(Box::new(read_reply(*reply)?)),
        Step::Done(reply) => Step::Done(Box::new(read_reply(*reply)?)),
        other => other,
    })
}

fn read_reply(reply: Reply<Content>) -> Result<Reply<Content>, String> {
    let Content::Unread { text, outline } = &reply.value else { return Ok(reply) };
    let json = Json::parse(text.expose().as_bytes())?;
    if outlined(json.as_value()) != *outline.as_value() {
        return Err(format!("the outline of {} is {}", json.as_value(), outline.as_value()));
    }
    Ok(Reply { value: Content::Json(json), ..reply })
}

/// Nothing in lists but as many `null` as there were items.
fn outlined(value: &Value) -> Value {
    match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), outlined(value))).collect(),
        Value::Array(items) => vec![Value::Null; items.len()].into(),
        other => other.clone(),
    }
}
