//! The error body of the management API. Its `status_code` is a string.

use hyper::StatusCode;
use serde_json::json;

use crate::exchange::{Answer, Circumstances, Received};

#[derive(Clone, Debug)]
pub(crate) struct ManagementError {
    status: StatusCode,
    message_code: String,
    message: String,
}

impl ManagementError {
    pub(crate) fn new(status: StatusCode, message_code: &str, message: &str) -> Self {
        Self { status, message_code: message_code.to_owned(), message: message.to_owned() }
    }

    pub(crate) fn invalid(why: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BXNIM0106E", why)
    }

    pub(crate) fn not_found(what: &str, id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "BXNIM0102E", &format!("Object not found: {what} {id}"))
    }

    /// The status is documented, a code for it is not.
    pub(crate) fn conflict(why: &str) -> Self {
        Self::new(StatusCode::CONFLICT, "BXNIM0111E", why)
    }

    pub(crate) fn method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "BXNIM0060E", "The method is not supported for this path")
    }

    pub(crate) fn answer(&self, circumstances: &Circumstances, request: &Received) -> Answer {
        let code = match self.status.as_u16() {
            400 => "invalid_request",
            401 => "unauthenticated",
            403 => "unauthorized",
            404 => "not_found",
            405 => "method_not_allowed",
            409 => "conflict",
            _ => "error",
        };
        let at = circumstances.now.iam_context();
        let body = json!({
            "context": {
                "transaction_id": circumstances.request_id,
                "operation": format!("{} {}", request.method, request.path),
                "user_agent": request.header("user-agent").unwrap_or("NOT_SET"),
                "url": format!("http://{}", request.header("host").unwrap_or("localhost")),
                "instance_id": "simulator-0",
                "thread_id": "1",
                "host": "simulator",
                "start_time": at,
                "end_time": at,
                "elapsed_time": "0",
                "cluster_name": "simulator",
            },
            "status_code": self.status.as_u16().to_string(),
            "errors": [{
                "code": code,
                "message_code": self.message_code,
                "message": self.message,
                "details": self.message,
            }],
            "trace": circumstances.request_id,
        });
        Answer::json(self.status, &body)
    }
}
