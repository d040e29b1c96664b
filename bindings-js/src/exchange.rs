//! Requests on their way out, and what becomes of them.

use crate::error::invalid;
use crate::time::milliseconds;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use serde_json::{Value, json};
use trusted_profile_core::operation::{Exchange, ExchangeId};
use trusted_profile_core::wire::{Json, to_text};
use trusted_profile_core::{TransportError, TransportErrorKind};
use wasm_bindgen::JsValue;

/// A request with the limits it is sent under.
pub(crate) fn described(exchange: &Exchange) -> Value {
    let limits = json!({
        "id": exchange.id.0, "connectTimeout": milliseconds(exchange.connect_timeout), "timeout": milliseconds(exchange.timeout),
        "maxResponseBytes": exchange.max_response_bytes, "network": exchange.network.as_str(),
    });
    of(limits, &exchange.request)
}

/// An object with one more member. What may hold secrets is moved, not copied.
pub(crate) fn with(mut object: Value, name: &str, what: Value) -> Value {
    if let Value::Object(members) = &mut object {
        members.insert(name.to_owned(), what);
    }
    object
}

/// A request. All of them are text: forms, JSON, XML.
#[cfg(feature = "catalog")]
pub(crate) fn request(request: &Request<Vec<u8>>) -> Value {
    of(json!({}), request)
}

fn of(object: Value, request: &Request<Vec<u8>>) -> Value {
    let object = with(object, "method", request.method().as_str().into());
    let object = with(object, "url", request.uri().to_string().into());
    with(with(object, "headers", headers(request.headers())), "body", text(request.body()))
}

/// Pairs of name and value. What came more than once is there more than once.
pub(crate) fn headers(headers: &HeaderMap) -> Value {
    headers.iter().map(|(name, value)| Value::Array(vec![text(name.as_str().as_bytes()), text(value.as_bytes())])).collect()
}

fn text(bytes: &[u8]) -> Value {
    Value::String(String::from_utf8_lossy(bytes).into_owned())
}

/// As JSON text. `value` may hold secrets and is overwritten, and so does the script with the text once it has read it.
pub(crate) fn told(value: Value) -> String {
    to_text(Json::from(value).as_value())
}

/// An answer. Its headers are lines of name, colon and value; `named` knows those that are kept.
pub(crate) fn response(
    status: u16,
    headers: &str,
    body: Vec<u8>,
    named: impl Fn(&str) -> Option<HeaderName>,
) -> Result<Response<Vec<u8>>, JsValue> {
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(status).map_err(|_| invalid(format!("status: expected a number from 100 to 999, got {status}")))?;
    for line in headers.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        if let (Some(name), Ok(value)) = (named(name), HeaderValue::from_bytes(value.as_bytes())) {
            response.headers_mut().append(name, value);
        }
    }
    Ok(response)
}

/// Why no answer came.
pub(crate) fn failure(kind: &str, detail: &str, reused_connection: bool) -> Result<TransportError, JsValue> {
    let kind = TransportErrorKind::from_name(kind).ok_or_else(|| invalid(format!("kind: there is no failure {kind:?}")))?;
    let mut failure = TransportError::new(kind, detail);
    failure.reused_connection = reused_connection;
    Ok(failure)
}

/// Ids and generations count up from 1: a number of JavaScript holds them.
pub(crate) const fn exchange_id(id: f64) -> ExchangeId {
    ExchangeId(id as u64)
}
