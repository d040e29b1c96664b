//! Errors as S3-like XML.

use hyper::StatusCode;

use crate::exchange::Answer;

#[derive(Clone, Debug)]
pub(crate) struct StoreError {
    status: StatusCode,
    code: String,
    message: String,
}

impl StoreError {
    pub(crate) fn new(status: StatusCode, code: &str, message: &str) -> Self {
        Self { status, code: code.to_owned(), message: message.to_owned() }
    }

    pub(crate) fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "InvalidToken", message)
    }

    pub(crate) fn answer(&self, resource: &str, request_id: &str) -> Answer {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{}</Code><Message>{}</Message><Resource>{}</Resource><RequestId>{}</RequestId><httpStatusCode>{}</httpStatusCode></Error>",
            escape(&self.code),
            escape(&self.message),
            escape(resource),
            escape(request_id),
            self.status.as_u16()
        );
        let answer = Answer::of_type(self.status, "application/xml", body);
        if self.status == StatusCode::UNAUTHORIZED {
            return answer.header("www-authenticate", "Bearer");
        }
        answer
    }
}

/// The code that usually goes with a status.
pub(crate) fn usual_code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "InvalidToken",
        403 => "AccessDenied",
        404 => "NoSuchKey",
        429 | 503 => "SlowDown",
        400..=499 => "InvalidRequest",
        _ => "InternalError",
    }
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
