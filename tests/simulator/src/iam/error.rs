//! The error body of the token endpoint (IAM token API, error codes).

use hyper::StatusCode;
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::exchange::{Answer, Received};

#[derive(Clone, Debug)]
pub(crate) struct TokenError {
    status: StatusCode,
    code: String,
    message: String,
    details: Option<String>,
}

impl TokenError {
    pub(crate) fn new(status: StatusCode, code: &str, message: &str) -> Self {
        Self { status, code: code.to_owned(), message: message.to_owned(), details: None }
    }

    pub(crate) fn bad(code: &str, message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// A property of the form is missing or empty.
    pub(crate) fn missing(property: &str) -> Self {
        Self::bad("BXNIM0109E", &format!("Property missing or empty: {property}"))
    }

    /// A property of the form has a value it cannot have.
    pub(crate) fn invalid(property: &str, why: &str) -> Self {
        Self::bad("BXNIM0106E", &format!("Property {property} is not valid")).details(why.to_owned())
    }

    /// A token, of whatever kind, is not accepted.
    pub(crate) fn bad_token(why: &str) -> Self {
        Self::bad("BXNIM0407E", "Provided token is invalid or expired").details(why.to_owned())
    }

    /// The profile may not be used by whoever asks.
    pub(crate) fn not_eligible(identifier: &str, profile: &str) -> Self {
        Self::bad("BXNIM0398E", "The selected trusted profile is not eligible for the given token")
            .details(format!("The identifier {identifier} may not assume the trusted profile {profile}"))
    }

    /// A path or method the web application does not have.
    pub(crate) fn web(status: StatusCode) -> Self {
        Self::new(status, "BXNIM0060E", status.canonical_reason().unwrap_or("error"))
    }

    pub(crate) fn internal(why: &str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "", why)
    }

    pub(crate) fn details(mut self, details: String) -> Self {
        self.details = Some(details);
        self
    }

    pub(crate) fn answer(&self, now: Moment, request_id: &str, request: Option<&Received>) -> Answer {
        let agent = request.and_then(|request| request.header("user-agent"));
        let host = request.and_then(|request| request.header("host"));
        let mut body = json!({
            "errorMessage": self.message,
            "context": {
                "requestId": request_id,
                "requestType": "incoming.Identity_Token",
                "userAgent": agent.unwrap_or("NOT_SET"),
                "url": format!("http://{}", host.unwrap_or("localhost")),
                "instanceId": "simulator-0",
                "threadId": "1",
                "host": "simulator",
                "startTime": now.iam_context(),
                "endTime": now.iam_context(),
                "elapsedTime": "0",
                "locale": "en_US",
                "clusterName": "simulator",
            },
        });
        if let Some(fields) = body.as_object_mut() {
            if !self.code.is_empty() {
                fields.insert("errorCode".to_owned(), Value::String(self.code.clone()));
            }
            if let Some(details) = &self.details {
                fields.insert("errorDetails".to_owned(), Value::String(details.clone()));
            }
        }
        Answer::json(self.status, &body).header("transaction-id", request_id)
    }
}

/// The code that usually goes with a status; none is documented for overload and outages.
pub(crate) fn usual_code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "BXNIM0109E",
        401 => "BXNIM0407E",
        403 => "BXNIM0513E",
        404 | 405 => "BXNIM0060E",
        _ => "",
    }
}
