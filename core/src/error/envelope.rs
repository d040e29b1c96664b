//! The services' own error bodies: three shapes of JSON, HTML from whatever stands between, and
//! nothing at all.

use crate::wire::{Json, Redactor, TRACE_HEADERS};
use http::HeaderMap;
use serde_json::Value;
use std::fmt;

/// What a service said about its refusal. Every part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceError {
    /// The service's own code, such as `profile_not_linked` or `BXNIM0398E`.
    pub code: Option<String>,
    /// The service's message.
    pub message: Option<String>,
    /// Further words of the service; IAM puts the rejected identifier here.
    pub details: Option<String>,
    /// The field, parameter or header the service points at, as it says it.
    pub target: Option<String>,
    /// The id that support asks for: `trace`, `requestId`, `transaction_id` or the header that carries it.
    pub trace: Option<String>,
    /// The start of a body that has none of the known shapes.
    pub excerpt: Option<String>,
    /// The body is HTML: something else answered in the service's place.
    pub is_html: bool,
}

impl ServiceError {
    /// Reads the body of an answer that is not a success.
    #[must_use]
    pub fn read(headers: &HeaderMap, body: &[u8], redactor: &Redactor) -> Self {
        let mut error = match Json::parse(body) {
            Ok(json) => Self::from_json(json.as_value(), redactor),
            Err(_) => None,
        }
        .unwrap_or_else(|| Self::unknown(headers, body, redactor));
        if error.trace.is_none() {
            let mut traces = TRACE_HEADERS.iter().filter_map(|name| headers.get(name)?.to_str().ok());
            error.trace = traces.next().map(|t| redactor.excerpt(t));
        }
        error
    }

    fn from_json(body: &Value, redactor: &Redactor) -> Option<Self> {
        let say = |v: Option<&Value>| v.and_then(as_text).map(|t| redactor.excerpt(&t));
        if body.get("errorCode").is_some() || body.get("errorMessage").is_some() {
            // IAM token API, error response: camelCase.
            return Some(Self {
                code: say(body.get("errorCode")),
                message: say(body.get("errorMessage")),
                details: say(body.get("errorDetails")),
                trace: say(within(body, "context", "requestId")),
                ..Self::default()
            });
        }
        if let Some(first) = body.get("errors").and_then(Value::as_array) {
            // VPC metadata and VPC: `errors[]` with `trace`. IAM identity: the same with `context`.
            let first = first.first().unwrap_or(&Value::Null);
            return Some(Self {
                code: say(first.get("code")).or_else(|| say(first.get("message_code"))),
                message: say(first.get("message")),
                details: say(first.get("details")),
                target: say(within(first, "target", "name")),
                trace: say(body.get("trace")).or_else(|| say(within(body, "context", "transaction_id"))),
                ..Self::default()
            });
        }
        if let Some(code) = body.get("code").filter(|_| body.get("description").is_some() || body.get("message").is_some()) {
            // Containers API: one flat object.
            return Some(Self {
                code: say(Some(code)),
                message: say(body.get("description")).or_else(|| say(body.get("message"))),
                trace: say(body.get("incidentID")),
                ..Self::default()
            });
        }
        None
    }

    fn unknown(headers: &HeaderMap, body: &[u8], redactor: &Redactor) -> Self {
        let text = String::from_utf8_lossy(body);
        let shown = redactor.excerpt(text.trim());
        Self { is_html: is_html(headers, body), excerpt: (!shown.is_empty()).then_some(shown), ..Self::default() }
    }
}

/// Whether an answer is a web page rather than the service's JSON.
pub(crate) fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    let declared = headers
        .get(http::header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|t| t.to_ascii_lowercase().starts_with("text/html"));
    declared || body.trim_ascii_start().first() == Some(&b'<')
}

fn within<'v>(value: &'v Value, outer: &str, inner: &str) -> Option<&'v Value> {
    value.get(outer)?.get(inner)
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => (!text.is_empty()).then(|| text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.code.clone(),
            self.message.clone(),
            self.details.as_ref().map(|d| format!("({d})")),
            self.target.as_ref().map(|t| format!("[target {t}]")),
            self.is_html.then(|| "(a web page)".to_owned()),
            self.excerpt.clone(),
            self.trace.as_ref().map(|t| format!("[trace {t}]")),
        ];
        let mut parts = parts.into_iter().flatten();
        let Some(first) = parts.next() else {
            return f.write_str("nothing");
        };
        f.write_str(&first)?;
        parts.try_for_each(|part| write!(f, " {part}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> ServiceError {
        ServiceError::read(&HeaderMap::new(), body.as_bytes(), &Redactor::default())
    }

    #[test]
    fn metadata_and_vpc() {
        let e = read(
            r#"{"errors":[{"code":"invalid_version_range","message":"m","target":{"name":"2021-12-12","type":"parameter"}}],"trace":"t1"}"#,
        );
        assert_eq!(e.to_string(), "invalid_version_range m [target 2021-12-12] [trace t1]");
    }

    #[test]
    fn iam_token() {
        let e = read(r#"{"errorCode":"BXNIM0398E","errorMessage":"m","errorDetails":"d","context":{"requestId":"r"}}"#);
        assert_eq!(e.to_string(), "BXNIM0398E m (d) [trace r]");
    }

    #[test]
    fn iam_identity_with_its_textual_status() {
        let e = read(
            r#"{"context":{"transaction_id":"x"},"status_code":"409","errors":[{"code":"conflict","message_code":"BX","message":"m","details":"d"}]}"#,
        );
        assert_eq!(e.to_string(), "conflict m (d) [trace x]");
    }

    #[test]
    fn containers() {
        assert_eq!(read(r#"{"incidentID":"i","code":"E0010","description":"d","type":"Authentication"}"#).to_string(), "E0010 d [trace i]");
    }

    #[test]
    fn odd_bodies_never_break_it() {
        for body in ["", "{}", "[]", "null", r#"{"errors":[]}"#, r#"{"errors":{}}"#, r#"{"errorCode":null}"#, r#"{"errors":[7]}"#, "\u{0}"]
        {
            let _ = read(body).to_string();
        }
        assert_eq!(read("").to_string(), "nothing");
        assert_eq!(read("<html>portal").to_string(), "(a web page) <html>portal");
    }

    #[test]
    fn the_trace_may_come_from_a_header() {
        let mut headers = HeaderMap::new();
        headers.insert("x-request-id", "r1".parse().unwrap());
        assert_eq!(ServiceError::read(&headers, b"", &Redactor::default()).trace.as_deref(), Some("r1"));
        headers.insert("transaction-id", "t1".parse().unwrap());
        assert_eq!(ServiceError::read(&headers, b"", &Redactor::default()).trace.as_deref(), Some("t1"));
    }
}
