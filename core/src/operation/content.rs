//! The decoder: from an answer to what an entry promises. There is no other.

use super::decode::{failure, web_page};
use super::entry::Answer;
use super::{Entry, Reply};
use crate::error::{Error, ErrorCode, is_html};
use crate::secret::Secret;
use crate::wire::{Json, Redactor, describe, outline, to_bytes};
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, Response};
use zeroize::{Zeroize as _, Zeroizing};

/// What an answer holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing.
    Nothing,
    /// JSON as the service sent it, unknown properties included. The answer of a yes-or-no operation is `true` or `false`.
    Json(Json),
    /// Text. It may hold keys.
    Text(Secret),
    /// JSON that was checked and not read, for a caller who reads it by other means. Only where that was asked for, by
    /// `leave_json` of `call::Settings`.
    Unread {
        /// The text.
        text: Secret,
        /// What it holds, but for the items of its lists: each of them is `null`.
        outline: Json,
    },
}

impl Content {
    /// The JSON, if it is JSON.
    #[must_use]
    pub const fn json(&self) -> Option<&Json> {
        match self {
            Self::Json(json) => Some(json),
            Self::Nothing | Self::Text(_) | Self::Unread { .. } => None,
        }
    }

    /// It as JSON text, for callers in other languages: nothing is `null`, and text is a JSON string.
    #[must_use]
    pub fn to_json(&self) -> Zeroizing<String> {
        match self {
            Self::Nothing => Zeroizing::new("null".to_owned()),
            Self::Json(json) => written(json),
            Self::Text(text) => written(&serde_json::Value::from(text.expose()).into()),
            Self::Unread { text, .. } => Zeroizing::new(text.expose().to_owned()),
        }
    }

    /// The JSON, if it is JSON, or at least its outline.
    pub(crate) const fn outline(&self) -> Option<&Json> {
        match self {
            Self::Unread { outline, .. } => Some(outline),
            _ => self.json(),
        }
    }
}

impl Entry {
    /// The answer: any 2xx is a success, all else the service's error.
    ///
    /// # Errors
    /// The service's refusal, or `MalformedResponse` for a success without the promised content.
    pub fn parse(&self, response: Response<Vec<u8>>) -> Result<Reply<Content>, Error> {
        self.parse_knowing(response, &Redactor::default())
    }

    /// The same; errors show nothing that `redactor` knows.
    pub(crate) fn parse_knowing(&self, response: Response<Vec<u8>>, redactor: &Redactor) -> Result<Reply<Content>, Error> {
        let answer = self.answer();
        self.parse_by(response, redactor, |raw| match raw {
            Raw::Nothing => Ok(Content::Nothing),
            Raw::YesOrNo(is_yes) => Ok(Content::Json(Json::from(serde_json::Value::Bool(is_yes)))),
            Raw::Body(body) => match Json::parse(body) {
                Ok(json) if !is_text(answer) => Ok(Content::Json(json)),
                Err(problem) if answer == Answer::Json => Err(problem),
                _ => std::str::from_utf8(body).map(|text| Content::Text(Secret::new(text))).map_err(|_| NOT_TEXT.to_owned()),
            },
        })
    }

    /// The same, with JSON left as text.
    pub(crate) fn check_knowing(&self, response: Response<Vec<u8>>, redactor: &Redactor) -> Result<Reply<Content>, Error> {
        if self.answer() != Answer::Json {
            return self.parse_knowing(response, redactor);
        }
        self.parse_by(response, redactor, |raw| match raw {
            Raw::Body(body) => {
                // Not a copy: it may be large.
                let text = String::from_utf8(std::mem::take(body)).map_err(|error| {
                    error.into_bytes().zeroize();
                    NOT_TEXT.to_owned()
                })?;
                let text = Secret::new(text);
                let outline = outline(text.expose()).map_err(|e| describe(&e))?;
                Ok(Content::Unread { text, outline: outline.into() })
            }
            Raw::Nothing | Raw::YesOrNo(_) => Ok(Content::Nothing),
        })
    }

    /// The same, read by `read`, which says what is wrong with a body if it is not the one that was promised.
    pub(crate) fn parse_by<T>(
        &self,
        response: Response<Vec<u8>>,
        redactor: &Redactor,
        read: impl FnOnce(Raw<'_>) -> Result<T, String>,
    ) -> Result<Reply<T>, Error> {
        // Whatever becomes of the answer, its bytes do not outlive this call.
        let response = response.map(Zeroizing::new);
        let status = response.status();
        let is_no = self.answer() == Answer::YesOrNo && status.as_u16() == 404 && !is_html(response.headers(), response.body());
        if !status.is_success() && !is_no {
            return Err(failure(&self.id(), &response, redactor));
        }
        let (mut parts, mut body) = response.into_parts();
        hide(&mut parts.headers);
        let status = status.as_u16();
        let raw = match self.answer() {
            Answer::YesOrNo => Raw::YesOrNo(!is_no),
            _ => self.raw(status, &parts.headers, &mut body, redactor)?,
        };
        let value = read(raw).map_err(|what| self.malformed(status, &what))?;
        Ok(Reply { status, headers: parts.headers, value })
    }

    fn raw<'a>(&self, status: u16, headers: &HeaderMap, body: &'a mut Vec<u8>, redactor: &Redactor) -> Result<Raw<'a>, Error> {
        let answer = self.answer();
        let is_page = if is_text(answer) { is_page(headers, body) } else { is_html(headers, body) };
        if is_page {
            return Err(web_page(&self.id(), status, headers, body, redactor).unwrap_or_else(|| self.malformed(status, "a web page")));
        }
        if body.is_empty() {
            // Accepted, and nothing to say: a service may answer so whatever its document says.
            let may_be_empty = answer == Answer::Nothing || matches!(status, 202 | 204);
            return if may_be_empty { Ok(Raw::Nothing) } else { Err(self.malformed(status, "no content")) };
        }
        Ok(Raw::Body(body))
    }

    /// The error about a success that does not hold what was promised: also what a reader of [`Content::Unread`] says.
    #[must_use]
    pub fn malformed(&self, status: u16, what: &str) -> Error {
        Error::new(ErrorCode::MalformedResponse, format!("{} was answered with HTTP {status}, but {what}", self.id())).with_status(status)
    }
}

/// As text, of which no copy stays behind.
fn written(json: &Json) -> Zeroizing<String> {
    let mut bytes = to_bytes(json.as_value());
    Zeroizing::new(String::from_utf8(std::mem::take(&mut *bytes)).unwrap_or_default())
}

/// Marks what is as good as a password, so that `Debug` of the headers does not show it.
fn hide(headers: &mut HeaderMap) {
    let is_secret = |name: &HeaderName| [SET_COOKIE, COOKIE, AUTHORIZATION, PROXY_AUTHORIZATION].contains(name);
    headers.iter_mut().filter(|(name, _)| is_secret(name)).for_each(|(_, value)| value.set_sensitive(true));
}

/// What an answer holds, not read yet.
pub(crate) enum Raw<'a> {
    Nothing,
    YesOrNo(bool),
    /// Whoever takes it away also overwrites it.
    Body(&'a mut Vec<u8>),
}

/// What is wrong with a text that is not UTF-8.
pub(crate) const NOT_TEXT: &str = "text that is not UTF-8";

const fn is_text(answer: Answer) -> bool {
    matches!(answer, Answer::Text | Answer::Xml)
}

/// Whether an answer that may well start with `<` is a web page all the same.
fn is_page(headers: &HeaderMap, body: &[u8]) -> bool {
    let start: Vec<u8> = body.trim_ascii_start().iter().take(15).map(u8::to_ascii_lowercase).collect();
    let looks = start.starts_with(b"<!doctype html") || start.starts_with(b"<html");
    looks || (is_html(headers, &[]))
}
