//! Turning a right answer into the one a fault asks for.

use std::time::Duration;

use hyper::StatusCode;
use serde_json::{Value, json};

use super::script::{Fault, RetryAfter};
use crate::clock::Moment;
use crate::exchange::Answer;
use crate::service::Service;
use crate::{gzip, refusals};

/// How an answer goes on the wire.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) answer: Answer,
    /// Bytes per write and the pause between writes.
    pub(crate) drip: Option<Duration>,
    /// Whether `Content-Length` is sent.
    pub(crate) content_length: bool,
    /// How many body bytes go out before the ending; all if absent.
    pub(crate) stop_after: Option<usize>,
    pub(crate) ending: Ending,
}

/// How an answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// As HTTP wants it.
    Orderly,
    /// The connection closes in the middle.
    Close,
    /// The connection is reset in the middle.
    Reset,
}

impl Delivery {
    pub(crate) fn plain(answer: Answer) -> Self {
        Self { answer, drip: None, content_length: true, stop_after: None, ending: Ending::Orderly }
    }
}

/// Applies the part of a fault that concerns the answer.
pub(crate) fn alter(fault: &Fault, service: Service, now: Moment, request_id: &str, answer: Answer) -> Delivery {
    let mut delivery = Delivery::plain(answer);
    match fault {
        Fault::CloseMidBody { after_bytes, reset } => {
            let half = delivery.answer.body.len() / 2;
            delivery.stop_after = Some(after_bytes.unwrap_or(half));
            delivery.ending = if *reset { Ending::Reset } else { Ending::Close };
        }
        Fault::Drip { interval_ms } => delivery.drip = Some(Duration::from_millis(*interval_ms)),
        Fault::HugeBody { bytes, content_length } => {
            pad(&mut delivery.answer, *bytes);
            delivery.content_length = *content_length;
        }
        Fault::GzipBomb { bytes } => {
            delivery.answer.body = gzip::bomb(&delivery.answer.body, *bytes);
            delivery.answer.set_header("content-encoding", "gzip");
        }
        other => delivery.answer = replace(other, service, now, request_id, delivery.answer),
    }
    delivery
}

/// The faults that need nothing but another answer.
fn replace(fault: &Fault, service: Service, now: Moment, request_id: &str, mut answer: Answer) -> Answer {
    match fault {
        Fault::Status { status, retry_after, code, message } => {
            let status = status_code(*status);
            let mut refused = refusals::refusal(service, status, code.as_deref(), message.as_deref(), now, request_id);
            if let Some(retry_after) = retry_after {
                refused.set_header("retry-after", retry_after.value(now));
            }
            refused
        }
        Fault::Html { status } => Answer::of_type(
            status_code(*status),
            "text/html; charset=utf-8",
            "<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>",
        ),
        Fault::EmptyBody { status } => Answer::empty(status_code(*status)),
        Fault::EmptyObject { status } => Answer::json(status_code(*status), &json!({})),
        Fault::TruncatedJson {} => {
            answer.body.truncate(answer.body.len() / 2);
            answer
        }
        Fault::InvalidJson {} => Answer::of_type(StatusCode::OK, "application/json", "{\"access_token\": \"abc\", expires_in: 3600,,}"),
        Fault::MissingExpiresIn {} => edit(answer, |fields| {
            fields.remove("expires_in");
        }),
        Fault::ExpiresInString {} => edit(answer, |fields| {
            if let Some(value) = fields.get_mut("expires_in") {
                *value = Value::String(value.to_string());
            }
        }),
        Fault::ExtraFields {} => edit(answer, |fields| {
            fields.insert("unheard_of".to_owned(), json!({"deep": [1, null, {"x": "y"}]}));
            fields.insert("experimental".to_owned(), json!(true));
        }),
        Fault::Redirect { status, location } => Answer::empty(status_code(*status)).header("location", location.clone()),
        Fault::ContentType { value } => answer.header("content-type", value.clone()),
        Fault::ConnectionClose {} => answer.header("connection", "close"),
        _ => answer,
    }
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Changes the top-level properties of a JSON answer; leaves any other answer alone.
fn edit(mut answer: Answer, change: impl FnOnce(&mut serde_json::Map<String, Value>)) -> Answer {
    if let Ok(Value::Object(mut fields)) = serde_json::from_slice(&answer.body) {
        change(&mut fields);
        answer.body = Value::Object(fields).to_string().into_bytes();
    }
    answer
}

/// Keeps JSON valid: the padding is one more property. Anything else is padded with spaces.
fn pad(answer: &mut Answer, bytes: usize) {
    let (head, tail) = gzip::padding_frame(&answer.body);
    let mut body = Vec::with_capacity(head.len() + bytes + tail.len());
    body.extend_from_slice(&head);
    body.resize(head.len() + bytes, b'a');
    body.extend_from_slice(&tail);
    answer.body = body;
}

impl RetryAfter {
    fn value(&self, now: Moment) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::DateIn { date_in } => now.plus_seconds(*date_in).http_date(),
        }
    }
}
