//! Operations whose arguments and answers are typed.

use super::slot::{Model, Scalar, Typed};
use super::write::object;
use crate::error::{Error, ErrorCode};
use crate::operation::{Answer, Content, Entry, NOT_TEXT, Raw, Reply, Target};
use crate::wire::{Json, Redactor};
use http::{Request, Response};
use std::fmt;

/// An operation: a struct that *is* the request, with a field for each argument.
///
/// It is built and parsed by the one encoder and the one decoder of all operations ([`Entry`]): the same bytes as with
/// arguments by name.
pub trait TypedOperation: Model + Default + fmt::Debug {
    /// What a success carries. Nothing, where a service answers `202` or `204` without a body, is its default.
    type Output: Typed + Default;

    /// The operation as its document describes it.
    fn entry() -> Entry;

    /// The arguments by name, as [`Entry::request`] takes them. They hold secrets in plain text.
    fn arguments(&self) -> Json
    where
        Self: Sized,
    {
        object(self).into()
    }

    /// The request. It holds no credentials: whoever sends it adds them.
    ///
    /// # Errors
    /// `InvalidArgument` names the argument that is missing, or cannot stand where it goes (R18).
    fn request(&self, target: &Target) -> Result<Request<Vec<u8>>, Error>
    where
        Self: Sized,
    {
        request(Self::entry(), self, target)
    }

    /// The answer: any 2xx is a success, all else the service's error.
    ///
    /// # Errors
    /// The service's refusal, or `MalformedResponse` for a success without the promised content.
    fn parse(response: Response<Vec<u8>>) -> Result<Reply<Self::Output>, Error> {
        let entry = Self::entry();
        entry.parse_by(response, &Redactor::default(), |raw| output(entry.answer(), raw))
    }

    /// The same from an answer that was read already, as whoever calls [`Entry::parse`] has it.
    ///
    /// # Errors
    /// `MalformedResponse` for JSON of another type as a whole.
    fn typed(reply: Reply<Content>) -> Result<Reply<Self::Output>, Error> {
        let Reply { status, headers, value } = reply;
        let value = match value {
            Content::Json(json) if Self::entry().answer() != Answer::Nothing => super::from_json(&json),
            Content::Unread { text, .. } => Json::parse(text.expose().as_bytes()).and_then(|json| super::from_json(&json)),
            Content::Text(text) if Self::entry().answer() != Answer::Nothing => of_scalar(Scalar::Text(text.expose())),
            _ => Ok(Self::Output::default()),
        };
        let value = value.map_err(|what| {
            let message = format!("{} was answered with HTTP {status}, but {what}", Self::entry().id());
            Error::new(ErrorCode::MalformedResponse, message).with_status(status)
        })?;
        Ok(Reply { status, headers, value })
    }
}

fn of_scalar<T: Typed>(scalar: Scalar<'_>) -> Result<T, String> {
    T::from_scalar(scalar).ok_or_else(|| "content of another kind".to_owned())
}

fn request(entry: Entry, model: &dyn Model, target: &Target) -> Result<Request<Vec<u8>>, Error> {
    entry.request(&object(model).into(), target)
}

fn output<T: Typed + Default>(answer: Answer, raw: Raw<'_>) -> Result<T, String> {
    match raw {
        Raw::Nothing => Ok(T::default()),
        Raw::YesOrNo(is_yes) => of_scalar(Scalar::Flag(is_yes)),
        Raw::Body(_) if answer == Answer::Nothing => Ok(T::default()),
        Raw::Body(bytes) if answer == Answer::Json => super::from_slice(bytes),
        Raw::Body(bytes) => of_scalar(Scalar::Text(std::str::from_utf8(bytes).map_err(|_| NOT_TEXT.to_owned())?)),
    }
}
