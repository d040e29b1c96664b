//! The decoder: from an answer to what an entry promises. There is no other.

use super::decode::{failure, web_page};
use super::entry::Answer;
use super::{Entry, Reply};
use crate::error::{Error, ErrorCode, is_html};
use crate::secret::Secret;
use crate::wire::{Json, Redactor};
use http::{HeaderMap, Response};
use zeroize::Zeroizing;

/// What an answer holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing.
    Nothing,
    /// JSON as the service sent it, unknown properties included. The answer of a yes-or-no operation is `true` or `false`.
    Json(Json),
    /// Text. It may hold keys.
    Text(Secret),
}

impl Content {
    /// The JSON, if it is JSON.
    #[must_use]
    pub const fn json(&self) -> Option<&Json> {
        match self {
            Self::Json(json) => Some(json),
            Self::Nothing | Self::Text(_) => None,
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
        // Whatever becomes of the answer, its bytes do not outlive this call.
        let response = response.map(Zeroizing::new);
        let status = response.status();
        let is_no = self.answer() == Answer::YesOrNo && status.as_u16() == 404 && !is_html(response.headers(), response.body());
        if !status.is_success() && !is_no {
            return Err(failure(&self.id(), &response, redactor));
        }
        let (parts, body) = response.into_parts();
        let value = match self.answer() {
            Answer::YesOrNo => Content::Json(Json::from(serde_json::Value::Bool(!is_no))),
            _ => self.content(status.as_u16(), &parts.headers, &body, redactor)?,
        };
        Ok(Reply { status: status.as_u16(), headers: parts.headers, value })
    }

    fn content(&self, status: u16, headers: &HeaderMap, body: &[u8], redactor: &Redactor) -> Result<Content, Error> {
        let malformed = |what: &str| {
            Error::new(ErrorCode::MalformedResponse, format!("{} was answered with HTTP {status}, but {what}", self.id()))
                .with_status(status)
        };
        let answer = self.answer();
        let is_text = matches!(answer, Answer::Text | Answer::Xml);
        let is_page = if is_text { is_page(headers, body) } else { is_html(headers, body) };
        if is_page {
            return Err(web_page(&self.id(), status, headers, body, redactor).unwrap_or_else(|| malformed("a web page")));
        }
        if body.is_empty() {
            // Accepted, and nothing to say: a service may answer so whatever its document says.
            let may_be_empty = answer == Answer::Nothing || matches!(status, 202 | 204);
            return if may_be_empty { Ok(Content::Nothing) } else { Err(malformed("no content")) };
        }
        match Json::parse(body) {
            Ok(json) if !is_text => Ok(Content::Json(json)),
            Err(problem) if answer == Answer::Json => Err(malformed(&problem)),
            _ => match std::str::from_utf8(body) {
                Ok(text) => Ok(Content::Text(Secret::new(text))),
                Err(_) => Err(malformed("text that is not UTF-8")),
            },
        }
    }
}

/// Whether an answer that may well start with `<` is a web page all the same.
fn is_page(headers: &HeaderMap, body: &[u8]) -> bool {
    let start: Vec<u8> = body.trim_ascii_start().iter().take(15).map(u8::to_ascii_lowercase).collect();
    let looks = start.starts_with(b"<!doctype html") || start.starts_with(b"<html");
    looks || (is_html(headers, &[]))
}
