//! A request as received and the answer to it, as plain values.

use hyper::StatusCode;
use serde_json::Value;

use crate::clock::Moment;
use crate::service::Service;

/// A request, read to its end.
#[derive(Clone)]
pub(crate) struct Received {
    pub(crate) service: Service,
    /// The instance whose metadata listener took the request.
    pub(crate) instance: Option<String>,
    pub(crate) tls: bool,
    pub(crate) method: String,
    /// The path as sent, still percent-encoded.
    pub(crate) path: String,
    /// The query as sent, without its question mark.
    pub(crate) query: Option<String>,
    /// Names in lower case, in the order received.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Set when the body was larger than the services take.
    pub(crate) body_too_large: bool,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }

    /// The token of `Authorization: Bearer <token>`.
    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        let token = token.trim();
        (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
    }

    /// Query parameters, decoded, in the order sent.
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_deref().unwrap_or_default().as_bytes()).into_owned().collect()
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        self.parameters().into_iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value)
    }

    /// Path segments, percent-decoded one by one.
    pub(crate) fn segments(&self) -> Vec<String> {
        self.path.split('/').skip(1).map(|segment| percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned()).collect()
    }
}

/// What a handler needs besides the request.
#[derive(Clone, Debug)]
pub(crate) struct Circumstances {
    /// Now, on the clock of the service that answers.
    pub(crate) now: Moment,
    /// The id of this exchange: `X-Request-Id`, `trace`, `requestId`.
    pub(crate) request_id: String,
    /// How a fault wants tokens to be issued.
    pub(crate) issue: Issue,
}

/// How tokens are issued for one exchange.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Issue {
    /// Issue something that is not a JWT.
    pub(crate) opaque: bool,
    /// Issue a token that has expired already.
    pub(crate) expired: bool,
}

/// An answer before it goes on the wire.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn json(status: StatusCode, value: &Value) -> Self {
        Self::of_type(status, "application/json", value.to_string())
    }

    pub(crate) fn of_type(status: StatusCode, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut answer = Self::empty(status);
        answer.set_header("content-type", content_type);
        answer.body = body.into();
        answer
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.set_header(name, value);
        self
    }

    pub(crate) fn set_header(&mut self, name: &str, value: impl Into<String>) {
        self.headers.retain(|(candidate, _)| candidate != name);
        self.headers.push((name.to_owned(), value.into()));
    }
}
