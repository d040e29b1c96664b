//! What every function returns that has something to say.

#[cfg(feature = "operations")]
use crate::answer::Answer;
use crate::border::free;
use crate::names::{network_number, tp_kind};
use crate::text::Text;
use http::HeaderMap;
use serde_json::{Value, json};
use std::sync::OnceLock;
use std::time::Duration;
#[cfg(feature = "operations")]
use trusted_profile_core::call::TokenKind;
use trusted_profile_core::token::{Action, Exchange, ExchangeId, Input};
use trusted_profile_core::wire::to_text;
use trusted_profile_core::{AccessToken, Error, ErrorCode, Now};
use zeroize::Zeroize as _;

/// What a function has to say. It never changes: any number of threads may read it at once. What its parts point to
/// lives until it is freed.
pub struct tp_result {
    pub(crate) outcome: Outcome,
    /// Written when first asked for, as most of it is never read.
    json: OnceLock<Text>,
    words: OnceLock<Text>,
}

pub(crate) enum Outcome {
    Ready(AccessToken),
    Send(Box<Sending>),
    NeedFiles {
        id: ExchangeId,
        paths: Vec<Text>,
        max_bytes: usize,
    },
    NeedToken {
        id: ExchangeId,
        timeout: Duration,
    },
    Wait {
        at_most: Duration,
    },
    Failed(Error),
    Json(Text),
    /// A call wants a token.
    #[cfg(feature = "operations")]
    Wanted {
        kind: TokenKind,
        timeout: Duration,
    },
    /// A call says that its token was refused.
    #[cfg(feature = "operations")]
    Rejected {
        kind: TokenKind,
        generation: u64,
    },
    #[cfg(feature = "operations")]
    Request(Box<Request>),
    #[cfg(feature = "operations")]
    Page(Box<Answer>),
    #[cfg(feature = "operations")]
    Answer(Box<Answer>),
    #[cfg(feature = "operations")]
    End,
}

/// A request, as C reads it.
pub(crate) struct Request {
    pub(crate) method: Text,
    pub(crate) url: Text,
    pub(crate) headers: Vec<(Text, Text)>,
    pub(crate) body: Text,
}

/// An exchange, as C reads it.
pub(crate) struct Sending {
    pub(crate) id: ExchangeId,
    pub(crate) request: Request,
    pub(crate) connect_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) max_bytes: usize,
    pub(crate) network: u32,
    /// What of it may be logged.
    shown: Value,
}

impl Outcome {
    pub(crate) const fn failed(error: Error) -> Self {
        Self::Failed(error)
    }

    pub(crate) fn json(value: &Value) -> Self {
        Self::Json(Text::from(to_text(value).as_str()))
    }

    pub(crate) const fn kind(&self) -> tp_kind {
        match self {
            Self::Ready(_) => tp_kind::TP_READY,
            Self::Send(_) => tp_kind::TP_SEND,
            Self::NeedFiles { .. } => tp_kind::TP_NEED_FILES,
            Self::NeedToken { .. } => tp_kind::TP_NEED_TOKEN,
            Self::Wait { .. } => tp_kind::TP_WAIT,
            Self::Failed(_) => tp_kind::TP_FAILED,
            Self::Json(_) => tp_kind::TP_JSON,
            #[cfg(feature = "operations")]
            Self::Wanted { .. } => tp_kind::TP_NEED_TOKEN,
            #[cfg(feature = "operations")]
            Self::Rejected { .. } => tp_kind::TP_REJECTED,
            #[cfg(feature = "operations")]
            Self::Request(_) => tp_kind::TP_REQUEST,
            #[cfg(feature = "operations")]
            Self::Page(_) => tp_kind::TP_PAGE,
            #[cfg(feature = "operations")]
            Self::Answer(_) => tp_kind::TP_ANSWER,
            #[cfg(feature = "operations")]
            Self::End => tp_kind::TP_END,
        }
    }

    /// Without secrets: what would be logged.
    fn described(&self) -> Text {
        let described = match self {
            // Is its own description.
            Self::Json(_) => return Text::from(""),
            Self::Failed(error) => error.to_json(),
            Self::Ready(token) => json!({
                "kind": "ready", "slot": token.slot().as_str(), "generation": token.generation(), "expires_at": instant(token.expires_at()),
                "usable_until": instant(token.usable_until()), "refresh_at": instant(token.refresh_at()),
            }),
            Self::Send(sending) => sending.shown.clone(),
            Self::NeedFiles { id, paths, max_bytes } => {
                let paths: Vec<_> = paths.iter().map(Text::shown).collect();
                json!({ "kind": "need_files", "id": id.0, "paths": paths, "max_bytes": max_bytes })
            }
            Self::NeedToken { id, timeout } => json!({ "kind": "need_token", "id": id.0, "timeout_ms": milliseconds(*timeout) }),
            Self::Wait { at_most } => json!({ "kind": "wait", "at_most_ms": milliseconds(*at_most) }),
            #[cfg(feature = "operations")]
            Self::Wanted { kind, timeout } => json!({ "kind": "need_token", "token": kind.as_str(), "timeout_ms": milliseconds(*timeout) }),
            #[cfg(feature = "operations")]
            Self::Rejected { kind, generation } => json!({ "kind": "rejected", "token": kind.as_str(), "generation": generation }),
            #[cfg(feature = "operations")]
            Self::Request(request) => json!({ "kind": "request", "method": request.method.shown(), "url": request.url.shown() }),
            #[cfg(feature = "operations")]
            Self::Page(answer) => answer.described("page"),
            #[cfg(feature = "operations")]
            Self::Answer(answer) => answer.described("answer"),
            #[cfg(feature = "operations")]
            Self::End => json!({ "kind": "end" }),
        };
        Text::from(to_text(&described).as_str())
    }
}

impl From<Action> for Outcome {
    fn from(action: Action) -> Self {
        match action {
            Action::Ready(token) => Self::Ready(token),
            Action::Send(exchange) => Self::Send(Box::new(Sending::from(*exchange))),
            Action::NeedInput { id, input: Input::CrTokenFile { paths, max_bytes } } => {
                Self::NeedFiles { id, paths: paths.iter().map(|path| Text::from(path.as_str())).collect(), max_bytes }
            }
            Action::NeedInput { id, input: Input::External { timeout } } => Self::NeedToken { id, timeout },
            Action::Wait { at_most } => Self::Wait { at_most },
            Action::Failed(error) => Self::Failed(error),
            Action::NeedInput { .. } => {
                Self::Failed(Error::new(ErrorCode::Internal, "the machine asked for something that this library does not know"))
            }
        }
    }
}

impl From<Exchange> for Sending {
    fn from(exchange: Exchange) -> Self {
        let (method, url) = (exchange.request.method().as_str(), exchange.request.uri().to_string());
        let shown = json!({
            "kind": "send", "id": exchange.id.0, "method": method, "url": url, "connect_timeout_ms": milliseconds(exchange.connect_timeout),
            "timeout_ms": milliseconds(exchange.timeout), "max_response_bytes": exchange.max_response_bytes,
            "network": exchange.network.as_str(),
        });
        Self {
            id: exchange.id,
            request: Request::from(exchange.request),
            connect_timeout: exchange.connect_timeout,
            timeout: exchange.timeout,
            max_bytes: exchange.max_response_bytes,
            network: network_number(exchange.network),
            shown,
        }
    }
}

impl From<http::Request<Vec<u8>>> for Request {
    fn from(mut request: http::Request<Vec<u8>>) -> Self {
        let made = Self {
            method: Text::from(request.method().as_str()),
            url: Text::from(request.uri().to_string().as_str()),
            headers: headers(request.headers()),
            body: Text::of(&[request.body()]),
        };
        request.body_mut().zeroize();
        made
    }
}

/// Names in lower case, with their values.
pub(crate) fn headers(map: &HeaderMap) -> Vec<(Text, Text)> {
    map.iter().map(|(name, value)| (Text::from(name.as_str()), Text::of(&[value.as_bytes()]))).collect()
}

impl tp_result {
    pub(crate) const fn new(outcome: Outcome) -> Self {
        Self { outcome, json: OnceLock::new(), words: OnceLock::new() }
    }

    pub(crate) fn json(&self) -> &[u8] {
        match &self.outcome {
            Outcome::Json(text) => text.terminated(),
            outcome => self.json.get_or_init(|| outcome.described()).terminated(),
        }
    }

    /// What is written in words: the error, or the token as a header's value.
    pub(crate) fn words(&self) -> &[u8] {
        let write = || match &self.outcome {
            Outcome::Failed(error) => Text::from(error.to_string().as_str()),
            Outcome::Ready(token) => Text::of(&[BEARER, token.expose().as_bytes()]),
            _ => Text::from(""),
        };
        self.words.get_or_init(write).terminated()
    }
}

/// The scheme of the `Authorization` header.
pub(crate) const BEARER: &[u8] = b"Bearer ";

/// Nanoseconds; what cannot be counted in them never comes.
pub(crate) fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Whole milliseconds, rounded up, as the core's JSON has them.
fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

fn instant(at: Now) -> Value {
    if at.monotonic == Duration::MAX {
        return json!("never");
    }
    json!({ "monotonic_ms": milliseconds(at.monotonic), "unix_ms": milliseconds(at.unix) })
}

/// Frees a result, and overwrites what it holds of secrets. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_free(result: *mut tp_result) {
    // SAFETY: the caller gives the result back.
    unsafe { free(result) };
}
