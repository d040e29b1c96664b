//! Requests on their way out, and what becomes of them.

use crate::error::invalid;
use crate::time::milliseconds;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use serde_json::{Value, json};
use trusted_profile_core::operation::{Exchange, ExchangeId};
use trusted_profile_core::{TransportError, TransportErrorKind};
use wasm_bindgen::JsValue;

/// A request with the limits it is sent under.
pub(crate) fn described(exchange: &Exchange) -> Value {
    let mut described = request(&exchange.request);
    described["id"] = exchange.id.0.into();
    described["connectTimeout"] = milliseconds(exchange.connect_timeout).into();
    described["timeout"] = milliseconds(exchange.timeout).into();
    described["maxResponseBytes"] = exchange.max_response_bytes.into();
    described["network"] = exchange.network.as_str().into();
    described
}

/// A request. All of them are text: forms, JSON, XML.
pub(crate) fn request(request: &Request<Vec<u8>>) -> Value {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers: Vec<[String; 2]> =
        request.headers().iter().map(|(name, value)| [name.as_str().to_owned(), text(value.as_bytes())]).collect();
    json!({ "method": request.method().as_str(), "url": request.uri().to_string(), "headers": headers, "body": text(request.body()) })
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
