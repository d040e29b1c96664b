//! Reading JSON request bodies.

use serde_json::{Map, Value};

use super::error::MetadataError;
use crate::exchange::Received;

/// The body as an object, or nothing if there is no body. The label of the body does not matter:
/// the documented examples send JSON that is labelled a form.
pub(crate) fn object(request: &Received) -> Result<Option<Map<String, Value>>, MetadataError> {
    if request.body_too_large {
        return Err(MetadataError::bad("invalid_request", "the body is too large"));
    }
    if request.body.is_empty() {
        return Ok(None);
    }
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(fields)) => Ok(Some(fields)),
        _ => Err(MetadataError::bad("invalid_request", "the body is not a JSON object")),
    }
}

/// Refuses properties that are not named.
pub(crate) fn only(fields: &Map<String, Value>, known: &[&str]) -> Result<(), MetadataError> {
    match fields.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(MetadataError::bad("unknown_field", "the property is not known to this operation").about("field", name)),
        None => Ok(()),
    }
}

/// `expires_in`, or the default.
pub(crate) fn expires_in(fields: &Map<String, Value>, least: i64, most: i64, default: i64) -> Result<i64, MetadataError> {
    match fields.get("expires_in") {
        None => Ok(default),
        Some(value) => value.as_i64().filter(|seconds| (least..=most).contains(seconds)).ok_or_else(|| {
            MetadataError::bad("invalid_value", &format!("expires_in must be an integer between {least} and {most}"))
                .about("field", "expires_in")
        }),
    }
}
