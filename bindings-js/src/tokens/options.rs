//! What a machine is made of, from the JSON that the layer above writes.

use crate::error::{invalid, thrown};
use trusted_profile_core::token::SourceOptions;
use trusted_profile_core::{Facts, Policy, Source};
use wasm_bindgen::JsValue;

/// The source of its options.
pub(crate) fn source(options: &str) -> Result<Source, JsValue> {
    SourceOptions::from_json(options).and_then(SourceOptions::into_source).map_err(|e| thrown(&e))
}

/// The policy of its knobs, with times in milliseconds.
pub(crate) fn policy(knobs: &str) -> Result<Policy, JsValue> {
    Policy::from_json(knobs).map_err(|e| thrown(&e))
}

/// What is known of this machine.
pub(crate) fn facts(known: &str) -> Result<Facts, JsValue> {
    serde_json::from_slice(known.as_bytes()).map_err(|e| invalid(format!("facts: {e}")))
}
