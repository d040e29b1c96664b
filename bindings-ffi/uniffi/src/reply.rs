//! What goes to a service and what comes back, for calls of operations. As text, neither shows a header's value or a body.

use crate::exchange::Header;
use std::fmt;
use trusted_profile::Content;
use trusted_profile_core::operation;

/// The request of an operation, without credentials.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Request {
    /// The HTTP method.
    pub method: String,
    /// The whole address. Holds no secret.
    pub url: String,
    /// To be sent in this order.
    pub headers: Vec<Header>,
    /// The body; empty means none. It may hold secrets.
    pub body: Vec<u8>,
}

/// What an operation was answered with. It holds JSON or a text, or neither where there is nothing to say.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Reply {
    /// The HTTP status, always 2xx, but for the 404 that is the "no" of an operation that asks for yes or no.
    pub status: i32,
    /// As they came; names in lower case.
    pub headers: Vec<Header>,
    /// JSON, as the service sent it. An operation that asks for yes or no is answered with `true` or `false`.
    pub json: Option<String>,
    /// Text, of the operations that answer with text or XML. It may be a secret.
    pub text: Option<String>,
}

fn headers(map: &http::HeaderMap) -> Vec<Header> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    map.iter().map(|(name, value)| Header { name: name.to_string(), value: text(value) }).collect()
}

impl From<http::Request<Vec<u8>>> for Request {
    fn from(request: http::Request<Vec<u8>>) -> Self {
        Self {
            method: request.method().to_string(),
            url: request.uri().to_string(),
            headers: headers(request.headers()),
            body: request.into_body(),
        }
    }
}

impl From<operation::Reply<Content>> for Reply {
    fn from(reply: operation::Reply<Content>) -> Self {
        let (json, text) = match &reply.value {
            Content::Nothing => (None, None),
            Content::Text(text) => (None, Some(text.expose().to_owned())),
            Content::Json(_) | Content::Unread { .. } => (Some(reply.value.to_json().as_str().to_owned()), None),
        };
        Self { status: reply.status.into(), headers: headers(&reply.headers), json, text }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {})", self.method, self.url)
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.json.as_ref().or(self.text.as_ref()).map_or(0, String::len);
        write!(f, "Reply({}, {length} bytes)", self.status)
    }
}
