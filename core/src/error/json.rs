//! Errors as JSON: one spelling for every language.

use super::Error;
use crate::time::millis;
use serde_json::{Value, json};

impl Error {
    /// The error as JSON: `code`, `kind`, `message`, `text` (all of it, for people), `status`, `service`,
    /// `transient`, `attempts`, `elapsed_ms`, `retry_after_ms`, `causes` with their fixes, `notes`. Members
    /// that do not apply are null. Holds no secret.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let service = self.service().map(|service| {
            json!({
                "code": service.code, "message": service.message, "details": service.details, "target": service.target,
                "trace": service.trace, "excerpt": service.excerpt, "is_html": service.is_html,
            })
        });
        let causes: Vec<Value> = self.causes().iter().map(|cause| json!({ "cause": cause.cause, "fix": cause.fix })).collect();
        json!({
            "code": self.code().as_str(), "kind": self.code().kind().as_str(), "message": self.message(), "text": self.to_string(),
            "status": self.status(), "service": service, "transient": self.is_transient(), "attempts": self.attempts(),
            "elapsed_ms": millis(self.elapsed()), "retry_after_ms": self.retry_after().map(millis), "causes": causes,
            "notes": self.notes(),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::error::{Error, ErrorCode, ServiceError};
    use serde_json::json;
    use std::time::Duration;

    #[test]
    fn everything_that_an_error_knows() {
        let service = ServiceError { code: Some("too_many".into()), ..ServiceError::default() };
        let error = Error::new(ErrorCode::RateLimited, "slow down")
            .with_status(429)
            .with_service(service)
            .with_retry_after(Some(Duration::from_secs(2)))
            .with_effort(3, Duration::from_micros(1500))
            .with_note("a note")
            .explained(&[]);
        let shown = error.to_json();
        assert_eq!(shown["code"], "rate_limited");
        assert_eq!((&shown["kind"], &shown["transient"]), (&json!("service"), &json!(true)));
        assert_eq!((&shown["status"], &shown["attempts"]), (&json!(429), &json!(3)));
        assert_eq!((&shown["elapsed_ms"], &shown["retry_after_ms"]), (&json!(2), &json!(2000)));
        assert_eq!((&shown["service"]["code"], &shown["service"]["trace"]), (&json!("too_many"), &json!(null)));
        assert_eq!((&shown["notes"], &shown["message"]), (&json!(["a note"]), &json!("slow down")));
        assert_eq!(shown["text"], error.to_string());
        assert_eq!(shown["causes"].as_array().map(Vec::len), Some(error.causes().len()));
    }

    #[test]
    fn what_does_not_apply_is_null() {
        let shown = Error::new(ErrorCode::Closed, "closed").to_json();
        assert!(["status", "service", "retry_after_ms"].iter().all(|name| shown[name].is_null()), "{shown}");
    }
}
