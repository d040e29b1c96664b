//! What the machine asks for, as JSON.

use crate::time::milliseconds;
use crate::token;
use serde_json::{Value, json};
use trusted_profile_core::token::{Action, Exchange, Input};
use trusted_profile_core::wire::to_text;
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
        Action::Ready(token) => json!({ "kind": "ready", "token": token::described(&token) }),
        Action::Send(exchange) => json!({ "kind": "send", "exchange": exchange_described(*exchange) }),
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
    to_text(&described)
}

fn failed(error: &Error) -> Value {
    json!({ "kind": "failed", "error": error.to_json() })
}

/// Requests of the token path are text: forms and JSON.
fn exchange_described(exchange: Exchange) -> Value {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let request = exchange.request;
    let headers: Vec<[String; 2]> =
        request.headers().iter().map(|(name, value)| [name.as_str().to_owned(), text(value.as_bytes())]).collect();
    json!({
        "id": exchange.id.0, "method": request.method().as_str(), "url": request.uri().to_string(), "headers": headers,
        "body": text(request.body()), "connectTimeout": milliseconds(exchange.connect_timeout),
        "timeout": milliseconds(exchange.timeout), "maxResponseBytes": exchange.max_response_bytes,
        "network": exchange.network.as_str(),
    })
}
