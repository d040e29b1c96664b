//! What the machine asks for, as JSON.

use super::token;
use crate::exchange;
use crate::time::milliseconds;
use serde_json::{Value, json};
use trusted_profile_core::token::{Action, Input};
use trusted_profile_core::{Error, ErrorCode};
use wasm_bindgen::prelude::wasm_bindgen;

/// One caller's place in the machine.
#[wasm_bindgen]
#[derive(Default)]
pub struct Ticket {
    pub(crate) ticket: trusted_profile_core::Ticket,
}

#[wasm_bindgen]
impl Ticket {
    /// A new one for every call for a token.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }
}

/// The action, with its name as `kind`.
pub(crate) fn described(action: Action) -> String {
    let described = match action {
        Action::Ready(token) => exchange::with(json!({ "kind": "ready" }), "token", token::described(&token)),
        Action::Send(exchange) => exchange::with(json!({ "kind": "send" }), "exchange", exchange::described(&exchange)),
        Action::NeedInput { id, input: Input::CrTokenFile { paths, max_bytes } } => {
            json!({ "kind": "needFiles", "id": id.0, "paths": paths, "maxBytes": max_bytes })
        }
        Action::NeedInput { id, input: Input::External { timeout } } => {
            json!({ "kind": "needToken", "id": id.0, "timeout": milliseconds(timeout) })
        }
        Action::Wait { at_most } => json!({ "kind": "wait", "atMost": milliseconds(at_most) }),
        Action::Failed(error) => failed(&error),
        Action::NeedInput { .. } => failed(&Error::new(ErrorCode::Internal, "the machine asked for something this driver does not know")),
    };
    exchange::told(described)
}

fn failed(error: &Error) -> Value {
    json!({ "kind": "failed", "error": error.to_json() })
}
