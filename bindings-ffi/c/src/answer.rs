//! What an operation was answered with, as C reads it.

use crate::names::tp_content;
use crate::result::{Outcome, headers};
use crate::text::Text;
use serde_json::{Value, json};
use trusted_profile_core::operation::{Content, Reply};

/// The answer of an operation.
pub(crate) struct Answer {
    pub(crate) status: u32,
    pub(crate) headers: Vec<(Text, Text)>,
    pub(crate) kind: tp_content,
    pub(crate) content: Text,
}

impl Answer {
    /// Without what it holds, which may be secret.
    pub(crate) fn described(&self, kind: &str) -> Value {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name.shown()).collect();
        let content = match self.kind {
            tp_content::TP_CONTENT_NOTHING => "nothing",
            tp_content::TP_CONTENT_JSON => "json",
            tp_content::TP_CONTENT_TEXT => "text",
        };
        json!({ "kind": kind, "status": self.status, "headers": headers, "content": content })
    }
}

impl From<Reply<Content>> for Answer {
    fn from(reply: Reply<Content>) -> Self {
        match &reply.value {
            Content::Nothing => Self::of(&reply, tp_content::TP_CONTENT_NOTHING, b""),
            Content::Unread { text, .. } => Self::of(&reply, tp_content::TP_CONTENT_JSON, text.expose().as_bytes()),
            Content::Text(text) => Self::of(&reply, tp_content::TP_CONTENT_TEXT, text.expose().as_bytes()),
            // Yes or no, as all else is left unread.
            Content::Json(_) => Self::of(&reply, tp_content::TP_CONTENT_JSON, reply.value.to_json().as_bytes()),
        }
    }
}

impl Answer {
    fn of<T>(reply: &Reply<T>, kind: tp_content, content: &[u8]) -> Self {
        Self { status: reply.status.into(), headers: headers(&reply.headers), kind, content: Text::of(&[content]) }
    }

    /// JSON is what came as `body`, to the byte.
    pub(crate) fn as_it_came(reply: Reply<Content>, body: &[u8]) -> Self {
        match &reply.value {
            Content::Json(json) if !json.as_value().is_boolean() => Self::of(&reply, tp_content::TP_CONTENT_JSON, body),
            _ => Self::from(reply),
        }
    }
}

/// The only answer of a call.
pub(crate) fn answered(reply: Reply<Content>) -> Outcome {
    Outcome::Answer(Box::new(Answer::from(reply)))
}

/// One of many.
pub(crate) fn page(reply: Reply<Content>) -> Outcome {
    Outcome::Page(Box::new(Answer::from(reply)))
}
