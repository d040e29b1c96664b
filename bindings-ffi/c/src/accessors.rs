//! The parts of a result. Of a result that has no such part, and of NULL, each is 0, `false` or an empty text.

#[cfg(feature = "operations")]
use crate::answer::Answer;
use crate::border::tell;
#[cfg(feature = "operations")]
use crate::names::token_slot;
use crate::names::{slot_number, tp_kind};
use crate::result::{BEARER, Outcome, Request, Sending, nanoseconds, tp_result};
use crate::text::{Text, hand_out, hand_out_text};
use std::ffi::c_char;
use trusted_profile_core::{AccessToken, Error, Now};

/// Reads a part, or gives what stands for none.
///
/// # Safety
/// `result` is NULL or live for `'a`.
unsafe fn part<'a, R>(result: *const tp_result, none: R, read: impl FnOnce(&'a tp_result) -> Option<R>) -> R
where
    R: Clone,
{
    // SAFETY: not NULL means live, says the caller, and results are only read.
    let Some(result) = (unsafe { result.as_ref() }) else { return none };
    let otherwise = none.clone();
    tell(none, move || read(result).unwrap_or(otherwise))
}

fn token(result: &tp_result) -> Option<&AccessToken> {
    match &result.outcome {
        Outcome::Ready(token) => Some(token),
        _ => None,
    }
}

fn request(result: &tp_result) -> Option<&Request> {
    match &result.outcome {
        Outcome::Send(sending) => Some(&sending.request),
        #[cfg(feature = "operations")]
        Outcome::Request(request) => Some(request),
        _ => None,
    }
}

fn sending(result: &tp_result) -> Option<&Sending> {
    match &result.outcome {
        Outcome::Send(sending) => Some(sending),
        _ => None,
    }
}

#[cfg(feature = "operations")]
fn answer(result: &tp_result) -> Option<&Answer> {
    match &result.outcome {
        Outcome::Page(answer) | Outcome::Answer(answer) => Some(answer),
        _ => None,
    }
}

fn headers(result: &tp_result) -> Option<&[(Text, Text)]> {
    #[cfg(feature = "operations")]
    if let Some(answer) = answer(result) {
        return Some(&answer.headers);
    }
    request(result).map(|request| request.headers.as_slice())
}

fn paths(result: &tp_result) -> Option<&[Text]> {
    match &result.outcome {
        Outcome::NeedFiles { paths, .. } => Some(paths),
        _ => None,
    }
}

fn error(result: &tp_result) -> Option<&Error> {
    match &result.outcome {
        Outcome::Failed(error) => Some(error),
        _ => None,
    }
}

/// Hands out a text of a result.
///
/// # Safety
/// `result` is NULL or live; `length` is NULL or can be written to.
unsafe fn text<'a>(result: *const tp_result, length: *mut usize, read: impl FnOnce(&'a tp_result) -> Option<&'a [u8]>) -> *const c_char {
    // SAFETY: the caller's promise is the same.
    let terminated = unsafe { part(result, &b"\0"[..], read) };
    // SAFETY: so is this.
    unsafe { hand_out_text(terminated, length) }
}

/// Reads one of the six times of a token.
///
/// # Safety
/// `result` is NULL or live.
unsafe fn instant(result: *const tp_result, read: impl FnOnce(&AccessToken) -> Now, clock: impl FnOnce(Now) -> std::time::Duration) -> u64 {
    // SAFETY: the caller's promise is the same.
    unsafe { part(result, 0, |result| token(result).map(|token| nanoseconds(clock(read(token))))) }
}

/// What the result is: one of `TP_DONE` to `TP_END`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_kind(result: *const tp_result) -> u32 {
    // SAFETY: the result is the caller's promise.
    unsafe { part(result, tp_kind::TP_DONE as u32, |result| Some(result.outcome.kind() as u32)) }
}

/// The result as JSON, without any secret: fit for logs. Of `TP_JSON` it is the text itself; of `TP_FAILED` the error with
/// its `code`, `kind`, `message`, `text`, `status`, `service`, `transient`, `attempts`, `elapsed_ms`, `retry_after_ms`,
/// `causes` and `notes`; of an action its `kind` and parts; of an answer its `status` and the names of its headers, and nothing of
/// what it holds, which `tp_result_content` has. Times are whole milliseconds, rounded up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_json(result: *const tp_result, length: *mut usize) -> *const c_char {
    // SAFETY: both are the caller's promise.
    unsafe { text(result, length, |result| Some(result.json())) }
}

/// `TP_FAILED`: everything in words, for people: what went wrong, then the likely causes with their fixes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_message(result: *const tp_result, length: *mut usize) -> *const c_char {
    // SAFETY: both are the caller's promise.
    unsafe { text(result, length, |result| error(result).map(|_| result.words())) }
}

/// `TP_FAILED`: the error, one of `TP_ERROR_...`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_error(result: *const tp_result) -> u32 {
    // SAFETY: the result is the caller's promise.
    unsafe { part(result, 0, |result| error(result).map(|error| error.code() as u32)) }
}

/// `TP_FAILED`: whether the same call may succeed later without anybody changing anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_is_transient(result: *const tp_result) -> bool {
    // SAFETY: the result is the caller's promise.
    unsafe { part(result, false, |result| error(result).map(Error::is_transient)) }
}

/// `TP_READY`: the token. Overwrite the copies that you make of it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_token(result: *const tp_result, length: *mut usize) -> *const c_char {
    // SAFETY: both are the caller's promise.
    unsafe { text(result, length, |result| token(result).and_then(|_| result.words().get(BEARER.len()..))) }
}

/// `TP_READY`: `Bearer` and the token, the value of the `Authorization` header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_authorization(result: *const tp_result, length: *mut usize) -> *const c_char {
    // SAFETY: both are the caller's promise.
    unsafe { text(result, length, |result| token(result).map(|_| result.words())) }
}

/// `TP_READY`: the step that the token is of, one of `TP_SLOT_...`. `TP_NEED_TOKEN` and `TP_REJECTED` of a call: what
/// `tp_machine_poll` or `tp_machine_invalidate` has to be asked for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_slot(result: *const tp_result) -> u32 {
    let read = |result: &tp_result| match &result.outcome {
        Outcome::Ready(token) => Some(slot_number(token.slot())),
        #[cfg(feature = "operations")]
        Outcome::Wanted { kind, .. } | Outcome::Rejected { kind, .. } => Some(token_slot(*kind)),
        _ => None,
    };
    // SAFETY: the result is the caller's promise.
    unsafe { part(result, 0, read) }
}

/// `TP_READY`: counts the tokens of this step. It goes to `tp_machine_invalidate` when a service answers 401.
/// `TP_REJECTED`: that of the token that was refused.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_generation(result: *const tp_result) -> u64 {
    let read = |result: &tp_result| match &result.outcome {
        Outcome::Ready(token) => Some(token.generation()),
        #[cfg(feature = "operations")]
        Outcome::Rejected { generation, .. } => Some(*generation),
        _ => None,
    };
    // SAFETY: the result is the caller's promise.
    unsafe { part(result, 0, read) }
}

/// `TP_READY`: when the token ends, by the monotonic clock, in nanoseconds; `UINT64_MAX` is never. For whoever passes the
/// token on; whoever uses it goes by `tp_result_usable_until_monotonic`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_expires_at_monotonic(result: *const tp_result) -> u64 {
    // SAFETY: the result is the caller's promise.
    unsafe { instant(result, AccessToken::expires_at, |at| at.monotonic) }
}

/// The same by the unix clock.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_expires_at_unix(result: *const tp_result) -> u64 {
    // SAFETY: the result is the caller's promise.
    unsafe { instant(result, AccessToken::expires_at, |at| at.unix) }
}

/// `TP_READY`: the token is not to be used once the monotonic clock has reached this, or the unix clock
/// `tp_result_usable_until_unix`. In nanoseconds; `UINT64_MAX` is never.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_usable_until_monotonic(result: *const tp_result) -> u64 {
    // SAFETY: the result is the caller's promise.
    unsafe { instant(result, AccessToken::usable_until, |at| at.monotonic) }
}

/// The same by the unix clock.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_usable_until_unix(result: *const tp_result) -> u64 {
    // SAFETY: the result is the caller's promise.
    unsafe { instant(result, AccessToken::usable_until, |at| at.unix) }
}

/// `TP_READY`: until the monotonic clock has reached this, and the unix clock `tp_result_refresh_at_unix`, the token may be
/// used without asking the machine, unless it was invalidated. In nanoseconds; `UINT64_MAX` is never.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_refresh_at_monotonic(result: *const tp_result) -> u64 {
    // SAFETY: the result is the caller's promise.
    unsafe { instant(result, AccessToken::refresh_at, |at| at.monotonic) }
}

/// The same by the unix clock.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_refresh_at_unix(result: *const tp_result) -> u64 {
    // SAFETY: the result is the caller's promise.
    unsafe { instant(result, AccessToken::refresh_at, |at| at.unix) }
}

/// `TP_SEND`, `TP_NEED_FILES`, `TP_NEED_TOKEN` of a machine: goes back with the report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_id(result: *const tp_result) -> u64 {
    let read = |result: &tp_result| match &result.outcome {
        Outcome::Send(sending) => Some(sending.id.0),
        Outcome::NeedFiles { id, .. } | Outcome::NeedToken { id, .. } => Some(id.0),
        _ => None,
    };
    // SAFETY: the result is the caller's promise.
    unsafe { part(result, 0, read) }
}

/// `TP_SEND`: to the last byte of the answer. `TP_NEED_TOKEN`: what getting the token may take. `TP_WAIT`: the longest
/// wait, from the poll on. In nanoseconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_timeout(result: *const tp_result) -> u64 {
    let read = |result: &tp_result| match &result.outcome {
        Outcome::Send(sending) => Some(nanoseconds(sending.timeout)),
        Outcome::NeedToken { timeout: time, .. } | Outcome::Wait { at_most: time } => Some(nanoseconds(*time)),
        #[cfg(feature = "operations")]
        Outcome::Wanted { timeout, .. } => Some(nanoseconds(*timeout)),
        _ => None,
    };
    // SAFETY: the result is the caller's promise.
    unsafe { part(result, 0, read) }
}

/// `TP_SEND`: the longest answer after decoding: stop reading past it and report `TP_FAILURE_TOO_LARGE`.
/// `TP_NEED_FILES`: the longest file.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_max_bytes(result: *const tp_result) -> usize {
    let read = |result: &tp_result| match &result.outcome {
        Outcome::Send(sending) => Some(sending.max_bytes),
        Outcome::NeedFiles { max_bytes, .. } => Some(*max_bytes),
        _ => None,
    };
    // SAFETY: the result is the caller's promise.
    unsafe { part(result, 0, read) }
}

/// `TP_SEND`: to connect, TLS not included, in nanoseconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_connect_timeout(result: *const tp_result) -> u64 {
    // SAFETY: the result is the caller's promise.
    unsafe { part(result, 0, |result| sending(result).map(|sending| nanoseconds(sending.connect_timeout))) }
}

/// `TP_SEND`: which proxies may be used, one of `TP_NETWORK_...`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_network(result: *const tp_result) -> u32 {
    // SAFETY: the result is the caller's promise.
    unsafe { part(result, 0, |result| sending(result).map(|sending| sending.network)) }
}

/// `TP_SEND`, `TP_REQUEST`: the HTTP method.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_method(result: *const tp_result, length: *mut usize) -> *const c_char {
    // SAFETY: both are the caller's promise.
    unsafe { text(result, length, |result| request(result).map(|request| request.method.terminated())) }
}

/// `TP_SEND`, `TP_REQUEST`: the whole address. It holds no secret. Never follow a redirect: report it as the answer that it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_url(result: *const tp_result, length: *mut usize) -> *const c_char {
    // SAFETY: both are the caller's promise.
    unsafe { text(result, length, |result| request(result).map(|request| request.url.terminated())) }
}

/// `TP_SEND`, `TP_REQUEST`: how many headers there are to send. `TP_ANSWER`, `TP_PAGE`: how many came.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_header_count(result: *const tp_result) -> usize {
    // SAFETY: the result is the caller's promise.
    unsafe { part(result, 0, |result| headers(result).map(<[_]>::len)) }
}

/// The same four: the name of a header, in lower case. They are sent in this order.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_header_name(result: *const tp_result, index: usize, length: *mut usize) -> *const c_char {
    // SAFETY: both are the caller's promise.
    unsafe { text(result, length, |result| headers(result)?.get(index).map(|(name, _)| name.terminated())) }
}

/// The same four: the value of a header, as bytes. It may be a credential, or a cookie.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_header_value(result: *const tp_result, index: usize, length: *mut usize) -> *const u8 {
    // SAFETY: both are the caller's promise.
    unsafe { bytes(result, length, |result| headers(result)?.get(index).map(|(_, value)| value)) }
}

/// `TP_SEND`, `TP_REQUEST`: the body, as bytes; empty means that there is none. It may hold credentials.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_body(result: *const tp_result, length: *mut usize) -> *const u8 {
    // SAFETY: both are the caller's promise.
    unsafe { bytes(result, length, |result| request(result).map(|request| &request.body)) }
}

/// Hands out bytes.
///
/// # Safety
/// `result` is NULL or live; `length` is NULL or can be written to.
unsafe fn bytes<'a>(result: *const tp_result, length: *mut usize, read: impl FnOnce(&'a tp_result) -> Option<&'a Text>) -> *const u8 {
    // SAFETY: the caller's promise is the same.
    let terminated = unsafe { part(result, &b"\0"[..], |result| read(result).map(Text::terminated)) };
    // SAFETY: so is this.
    unsafe { hand_out(terminated, length) }
}

/// `TP_NEED_FILES`: how many paths there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_path_count(result: *const tp_result) -> usize {
    // SAFETY: the result is the caller's promise.
    unsafe { part(result, 0, |result| paths(result).map(<[Text]>::len)) }
}

/// `TP_NEED_FILES`: a path. Read them in order, as bytes, and stop after the first that could be read and is not empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_path(result: *const tp_result, index: usize, length: *mut usize) -> *const c_char {
    // SAFETY: both are the caller's promise.
    unsafe { text(result, length, |result| paths(result)?.get(index).map(Text::terminated)) }
}

/// `TP_ANSWER`, `TP_PAGE`: the HTTP status, always 2xx, but for the 404 that is the "no" of an operation that asks for yes or no.
/// `TP_FAILED`: that of the answer that it is about; 0 where none came.
#[cfg(feature = "operations")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_status(result: *const tp_result) -> u32 {
    let read = |result: &tp_result| match error(result) {
        Some(error) => error.status().map(u32::from),
        None => answer(result).map(|answer| answer.status),
    };
    // SAFETY: the result is the caller's promise.
    unsafe { part(result, 0, read) }
}

/// `TP_ANSWER`, `TP_PAGE`: what `tp_result_content` is, one of `TP_CONTENT_...`.
#[cfg(feature = "operations")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_content_kind(result: *const tp_result) -> u32 {
    // SAFETY: the result is the caller's promise.
    unsafe { part(result, 0, |result| answer(result).map(|answer| answer.kind as u32)) }
}

/// `TP_ANSWER`, `TP_PAGE`: what the answer holds. It may hold secrets.
#[cfg(feature = "operations")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_result_content(result: *const tp_result, length: *mut usize) -> *const c_char {
    // SAFETY: both are the caller's promise.
    unsafe { text(result, length, |result| answer(result).map(|answer| answer.content.terminated())) }
}
