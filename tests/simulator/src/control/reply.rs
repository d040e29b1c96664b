//! Answers of the control API.

use hyper::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use crate::controls::Error;
use crate::exchange::Answer;

fn of(status: StatusCode, value: &impl Serialize) -> Answer {
    match serde_json::to_value(value) {
        Ok(value) => Answer::json(status, &value),
        Err(error) => Answer::json(StatusCode::INTERNAL_SERVER_ERROR, &json!({"error": error.to_string()})),
    }
}

pub(crate) fn ok(value: &impl Serialize) -> Answer {
    of(StatusCode::OK, value)
}

pub(crate) fn created(value: &impl Serialize) -> Answer {
    of(StatusCode::CREATED, value)
}

pub(crate) fn done() -> Answer {
    Answer::empty(StatusCode::NO_CONTENT)
}

pub(crate) fn refused(error: &Error) -> Answer {
    let status = match error {
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Invalid(_) => StatusCode::BAD_REQUEST,
        Error::Io(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let body: Value = json!({"error": error.to_string()});
    Answer::json(status, &body)
}
