//! The machine as a play wants it, and the few words about it that all drivers share.

use http::Response;
use serde_json::{Value, json};
use trusted_profile_core::secret::Secret;
use trusted_profile_core::token::{Event, Exchange, FileProblem, FileRead, InputReply, SourceOptions};
use trusted_profile_core::{Error, Policy, TokenManager};

/// A machine from plain options.
///
/// # Errors
/// In words, when the options make no machine.
pub fn build(source: &Value, policy: &Value, seed: u64) -> Result<TokenManager, String> {
    let words = |error: Error| error.message().to_owned();
    let source = SourceOptions::from_json(&source.to_string()).and_then(SourceOptions::into_source).map_err(words)?;
    let policy: Policy = serde_json::from_value(policy.clone()).map_err(|error| error.to_string())?;
    TokenManager::new(source, policy, seed).map_err(words)
}

/// What an exchange is after.
#[must_use]
pub fn hop(exchange: &Exchange) -> &'static str {
    match exchange.request.uri().path() {
        "/identity/token" => "exchange",
        path if path.contains("iam_token") => "iam",
        _ => "identity",
    }
}

/// The answer that brings a token.
#[must_use]
pub fn token_body(token: &str) -> Vec<u8> {
    json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600 }).to_string().into_bytes()
}

/// An answer of a service.
#[must_use]
pub fn response(status: u16, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// The reply to a request for files: the first of them held `text`, or reading broke off.
#[must_use]
pub fn files(paths: &[String], text: Option<&str>) -> InputReply {
    let first = paths.first().map(|path| FileRead { path: path.clone(), result: text.map(Secret::new).ok_or(FileProblem::Denied) });
    InputReply::CrTokenFile(first.into_iter().collect())
}

/// All that one caller's error tells, so that two errors can be told apart.
#[must_use]
pub fn fingerprint(error: &Error) -> String {
    format!("{:?} {} attempts {} after {:?}", error.code(), error.message(), error.attempts(), error.elapsed())
}

/// An event's name.
#[must_use]
pub fn event_name(event: &Event) -> &'static str {
    match event {
        Event::Fetched { .. } => "fetched",
        Event::Refreshed { .. } => "refreshed",
        Event::RefreshFailed { .. } => "refresh_failed",
        Event::NotReady { .. } => "not_ready",
        Event::Failed { .. } => "failed",
        Event::Invalidated { .. } => "invalidated",
        Event::ClockSkew { .. } => "clock_skew",
        _ => "other",
    }
}
