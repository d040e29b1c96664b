//! The client of some services.

use super::call::{Call, answered, named};
use crate::error::{invalid, thrown};
use crate::exchange;
use serde_json::Value;
use trusted_profile_core::call::{self, ClientOptions, Manner};
use trusted_profile_core::catalog;
use trusted_profile_core::operation::{Content, Entry, MetadataService};
use trusted_profile_core::wire::{Json, to_text};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroize as _;

/// A client: what it was set up with, and what it has learned of resources.
#[wasm_bindgen]
pub struct Client {
    client: call::Client,
}

#[wasm_bindgen]
impl Client {
    /// The client `name`, set up with a JSON object of options.
    #[wasm_bindgen(constructor)]
    pub fn new(name: &str, options: &str) -> Result<Self, JsValue> {
        let client = ClientOptions::from_json(options).and_then(|options| call::Client::new(name, options));
        client.map(|client| Self { client }).map_err(|e| thrown(&e))
    }

    /// The request of an operation, without credentials, as JSON. `arguments` is a JSON object, and `metadata` what the token
    /// machine says of the metadata service, for its client.
    pub fn request(&self, operation: &str, arguments: String, metadata: Option<String>) -> Result<String, JsValue> {
        let (arguments, metadata) = (read(arguments)?, service(metadata)?);
        let request = self.client.request(operation, &arguments, metadata.as_ref()).map_err(|e| thrown(&e))?;
        Ok(exchange::told(exchange::request(&request)))
    }

    /// A call of an operation, or a walk through all its pages. `seed` feeds the jitter.
    pub fn begin(&self, operation: &str, arguments: String, pages: bool, metadata: Option<String>, seed: u64) -> Result<Call, JsValue> {
        let (arguments, metadata) = (read(arguments)?, service(metadata)?);
        let manner = if pages { Manner::Pages } else { Manner::Once };
        let call = self.client.begin(operation, arguments, manner, metadata.as_ref(), seed);
        call.map(Call::of).map_err(|e| thrown(&e))
    }

    /// Keeps what `call` has learned of resources.
    pub fn learn_from(&mut self, call: &Call) {
        if let Some(call) = call.machine() {
            self.client.learn_from(call);
        }
    }

    /// The operations of this client, as a JSON list.
    pub fn operations(&self) -> String {
        let described = |(name, entry): (String, Entry)| catalog::described(&name, entry).into_value();
        to_text(&self.client.methods().into_iter().map(described).collect::<Value>())
    }

    /// What the operation of this id is answered with, as JSON with the content in it.
    pub fn parse(id: &str, status: u16, headers: &str, body: Vec<u8>) -> Result<String, JsValue> {
        let response = exchange::response(status, headers, body, named)?;
        let reply = catalog::parse(id, response).map_err(|e| thrown(&e))?;
        let value = match &reply.value {
            Content::Json(json) => json.as_value().clone(),
            Content::Text(text) => text.expose().into(),
            Content::Nothing | Content::Unread { .. } => Value::Null,
        };
        Ok(exchange::told(exchange::with(answered(&reply), "value", value)))
    }
}

fn read(mut arguments: String) -> Result<Json, JsValue> {
    let read = Json::parse(arguments.as_bytes());
    arguments.zeroize();
    read.map_err(|what| invalid(format!("arguments: {what}")))
}

fn service(metadata: Option<String>) -> Result<Option<MetadataService>, JsValue> {
    metadata.map(|text| MetadataService::from_json(&text).map_err(|e| thrown(&e))).transpose()
}
