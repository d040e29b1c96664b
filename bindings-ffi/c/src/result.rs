//! What every function returns that has something to say.

use crate::border::free;
use crate::names::{network_number, tp_kind};
use crate::text::Text;
use serde_json::{Value, json};
use std::sync::OnceLock;
use std::time::Duration;
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
    Send(Box<Request>),
    NeedFiles { id: ExchangeId, paths: Vec<Text>, max_bytes: usize },
    NeedToken { id: ExchangeId, timeout: Duration },
    Wait { at_most: Duration },
    Failed(Error),
    Json(Text),
}

/// An exchange, as C reads it.
pub(crate) struct Request {
    pub(crate) id: ExchangeId,
    pub(crate) method: Text,
    pub(crate) url: Text,
    pub(crate) headers: Vec<(Text, Text)>,
    pub(crate) body: Text,
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
            Self::Send(request) => request.shown.clone(),
            Self::NeedFiles { id, paths, max_bytes } => {
                let paths: Vec<_> = paths.iter().map(Text::shown).collect();
                json!({ "kind": "need_files", "id": id.0, "paths": paths, "max_bytes": max_bytes })
            }
            Self::NeedToken { id, timeout } => json!({ "kind": "need_token", "id": id.0, "timeout_ms": milliseconds(*timeout) }),
            Self::Wait { at_most } => json!({ "kind": "wait", "at_most_ms": milliseconds(*at_most) }),
        };
        Text::from(to_text(&described).as_str())
    }
}

impl From<Action> for Outcome {
    fn from(action: Action) -> Self {
        match action {
            Action::Ready(token) => Self::Ready(token),
            Action::Send(exchange) => Self::Send(Box::new(Request::from(*exchange))),
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

impl From<Exchange> for Request {
    fn from(mut exchange: Exchange) -> Self {
        let request = &exchange.request;
        let (method, url) = (request.method().as_str(), request.uri().to_string());
        let shown = json!({
            "kind": "send", "id": exchange.id.0, "method": method, "url": url, "connect_timeout_ms": milliseconds(exchange.connect_timeout),
            "timeout_ms": milliseconds(exchange.timeout), "max_response_bytes": exchange.max_response_bytes,
            "network": exchange.network.as_str(),
        });
        let headers = request.headers().iter().map(|(name, value)| (Text::from(name.as_str()), Text::of(&[value.as_bytes()]))).collect();
        let made = Self {
            id: exchange.id,
            method: Text::from(method),
            url: Text::from(url.as_str()),
            headers,
            body: Text::of(&[request.body()]),
            connect_timeout: exchange.connect_timeout,
            timeout: exchange.timeout,
            max_bytes: exchange.max_response_bytes,
            network: network_number(exchange.network),
            shown,
        };
        exchange.request.body_mut().zeroize();
        made
    }
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
