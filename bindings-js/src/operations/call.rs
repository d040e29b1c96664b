//! One call of an operation.

use crate::error::thrown;
use crate::exchange::{self, exchange_id, failure, response};
use crate::time::{milliseconds, now};
use http::HeaderName;
use serde_json::{Value, json};
use trusted_profile_core::Secret;
use trusted_profile_core::call::{self, Step};
use trusted_profile_core::operation::{Content, MetadataService, Reply};
use trusted_profile_core::wire::to_text;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// A call, which belongs to one caller. Each method that depends on the time takes both clocks.
#[wasm_bindgen]
pub struct Call {
    /// None once it has ended: its shell stays until JavaScript collects it.
    call: Option<Box<call::Call>>,
    answer: Content,
}

#[wasm_bindgen]
impl Call {
    /// What to do next, as JSON with its name as `kind`.
    pub fn poll(&mut self, monotonic: f64, unix: f64) -> String {
        let Some(call) = &mut self.call else { return to_text(&json!({ "kind": "end" })) };
        let described = match call.poll(now(monotonic, unix)) {
            Step::NeedToken { kind } => {
                json!({ "kind": "needToken", "token": kind.as_str(), "left": milliseconds(call.left(now(monotonic, unix))) })
            }
            Step::Rejected { .. } => json!({ "kind": "rejected" }),
            Step::Send(exchange) => exchange::with(json!({ "kind": "send" }), "exchange", exchange::described(&exchange)),
            Step::Wait { at_most } => json!({ "kind": "wait", "atMost": milliseconds(at_most) }),
            Step::Page(reply) | Step::Done(reply) => {
                let described = answered(&reply);
                self.answer = reply.value;
                exchange::with(described, "kind", "answer".into())
            }
            Step::End => json!({ "kind": "end" }),
            Step::Failed(error) => json!({ "kind": "failed", "error": error.to_json() }),
        };
        exchange::told(described)
    }

    /// The content of the answer, once: JSON, or text as it is.
    pub fn take_content(&mut self) -> Option<String> {
        match std::mem::replace(&mut self.answer, Content::Nothing) {
            Content::Nothing => None,
            Content::Text(text) => Some(text.expose().to_owned()),
            other => Some(other.to_json().to_string()),
        }
    }

    /// What to say where that is JSON to the core and not to JavaScript.
    pub fn malformed(&self, status: u16, what: &str) -> Option<String> {
        self.call.as_ref().map(|call| to_text(&call.entry().malformed(status, what).to_json()))
    }

    /// The property of a page that lists its items.
    pub fn items_name(&self) -> Option<String> {
        self.call.as_ref()?.entry().paging().map(|paging| paging.items.to_owned())
    }

    /// How the metadata service is reached, now that there is an identity token.
    pub fn served_by(&mut self, metadata: &str) -> Result<(), JsValue> {
        let service = MetadataService::from_json(metadata).map_err(|e| thrown(&e))?;
        if let Some(call) = &mut self.call {
            call.served_by(service);
        }
        Ok(())
    }

    /// The token that was asked for.
    pub fn token(&mut self, token: String, generation: f64, monotonic: f64, unix: f64) {
        let token = Secret::new(token);
        if let Some(call) = &mut self.call {
            call.token(now(monotonic, unix), token, generation as u64);
        }
    }

    /// Reports an answer. Its headers are lines of name, colon and value.
    pub fn handle(&mut self, id: f64, status: u16, headers: &str, body: Vec<u8>, monotonic: f64, unix: f64) -> Result<(), JsValue> {
        let response = response(status, headers, body, named)?;
        if let Some(call) = &mut self.call {
            call.handle(now(monotonic, unix), exchange_id(id), Ok(response));
        }
        Ok(())
    }

    /// Reports that no answer came.
    pub fn fail(&mut self, id: f64, kind: &str, detail: &str, reused_connection: bool, monotonic: f64, unix: f64) -> Result<(), JsValue> {
        let failure = failure(kind, detail, reused_connection)?;
        if let Some(call) = &mut self.call {
            call.handle(now(monotonic, unix), exchange_id(id), Err(failure));
        }
        Ok(())
    }

    /// Overwrites all that it holds. Nobody has to wait until it is collected.
    pub fn end(&mut self) {
        self.call = None;
        self.answer = Content::Nothing;
    }
}

impl Call {
    pub(super) fn of(call: call::Call) -> Self {
        Self { call: Some(Box::new(call)), answer: Content::Nothing }
    }

    pub(super) fn machine(&self) -> Option<&call::Call> {
        self.call.as_deref()
    }
}

/// A header of an answer: programs get all of them.
pub(super) fn named(name: &str) -> Option<HeaderName> {
    HeaderName::from_bytes(name.as_bytes()).ok()
}

/// An answer without its content. What came along more than once is listed more than once.
pub(super) fn answered(reply: &Reply<Content>) -> Value {
    let content = match reply.value {
        Content::Nothing => "nothing",
        Content::Text(_) => "text",
        Content::Json(_) | Content::Unread { .. } => "json",
    };
    exchange::with(json!({ "status": reply.status, "content": content }), "headers", exchange::headers(&reply.headers))
}
