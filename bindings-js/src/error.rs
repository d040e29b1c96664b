//! Errors of the core on their way to JavaScript, which has a class for each code.

use trusted_profile_core::wire::to_text;
use trusted_profile_core::{Error, ErrorCode};
use wasm_bindgen::JsValue;

/// What is thrown: the error as JSON. The layer above makes an object of its class of it.
pub(crate) fn thrown(error: &Error) -> JsValue {
    JsValue::from_str(&to_text(&error.to_json()))
}

/// An argument that cannot be used.
pub(crate) fn invalid(message: impl Into<String>) -> JsValue {
    thrown(&Error::new(ErrorCode::InvalidArgument, message))
}
