//! Cross-origin requests from browsers, for the origins that were named.

use hyper::StatusCode;

use crate::config::Config;
use crate::exchange::{Answer, Received};

const EXPOSED: &str = "ETag, Retry-After, X-Request-Id, Transaction-Id";

/// The answer to a preflight request, if this is one.
pub(crate) fn preflight(config: &Config, request: &Received) -> Option<Answer> {
    if request.method != "OPTIONS" {
        return None;
    }
    let method = request.header("access-control-request-method")?;
    if allowed_origin(config, request).is_none() {
        return Some(Answer::empty(StatusCode::FORBIDDEN));
    }
    let headers = request.header("access-control-request-headers").unwrap_or_default();
    Some(
        Answer::empty(StatusCode::NO_CONTENT)
            .header("access-control-allow-methods", method)
            .header("access-control-allow-headers", headers)
            .header("access-control-max-age", "600"),
    )
}

/// Lets the origin read the answer, if it may.
pub(crate) fn allow(config: &Config, request: &Received, answer: &mut Answer) {
    if config.cors_origins.is_empty() {
        return;
    }
    answer.set_header("vary", "Origin");
    if let Some(origin) = allowed_origin(config, request) {
        answer.set_header("access-control-allow-origin", origin);
        answer.set_header("access-control-expose-headers", EXPOSED);
    }
}

fn allowed_origin(config: &Config, request: &Received) -> Option<String> {
    let origin = request.header("origin")?;
    config.cors_origins.iter().find(|allowed| *allowed == origin).cloned()
}
