//! The error container of the VPC services (VPC Metadata API, error codes).

use hyper::StatusCode;
use serde_json::{Value, json};

use crate::exchange::Answer;

#[derive(Clone, Debug)]
pub(crate) struct MetadataError {
    status: StatusCode,
    code: String,
    message: String,
    target: Option<Value>,
}

impl MetadataError {
    pub(crate) fn new(status: StatusCode, code: &str, message: &str) -> Self {
        Self { status, code: code.to_owned(), message: message.to_owned(), target: None }
    }

    pub(crate) fn bad(code: &str, message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "the requested resource does not exist")
    }

    pub(crate) fn unauthenticated(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", message)
    }

    pub(crate) fn internal(message: &str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "service_error", message)
    }

    /// What the error is about: a `field`, a `parameter` or a `header`.
    pub(crate) fn about(mut self, target_type: &str, name: &str) -> Self {
        self.target = Some(json!({"name": name, "type": target_type}));
        self
    }

    pub(crate) fn answer(&self, trace: &str) -> Answer {
        let mut error = json!({
            "code": self.code,
            "message": self.message,
            "more_info": "https://cloud.ibm.com/docs/vpc?topic=vpc-metadata-error-codes",
        });
        if let (Some(target), Some(fields)) = (&self.target, error.as_object_mut()) {
            fields.insert("target".to_owned(), target.clone());
        }
        let body = json!({
            "errors": [error],
            "status_code": self.status.as_u16(),
            "trace": trace,
        });
        Answer::json(self.status, &body).header("x-request-id", trace)
    }
}

/// The code that usually goes with a status.
pub(crate) fn usual_code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "unauthenticated",
        403 => "unauthorized",
        404 => "not_found",
        400..=499 => "invalid_request",
        _ => "service_error",
    }
}
