//! A call of one operation without any I/O: what to do next until it is answered.

use crate::answer::{answered, page};
use crate::border::{alone, answer, bytes, free, give, lent, text};
use crate::client::{any_header, read_metadata_service, tp_client};
use crate::machine::at;
use crate::names::{read_error, read_failure};
use crate::report::read_response;
use crate::result::{Outcome, Sending, tp_result};
use std::ffi::c_char;
use std::sync::Mutex;
use trusted_profile_core::call::{Call, Manner, Step, TokenKind, read_arguments};
use trusted_profile_core::operation::{ExchangeId, MetadataService};
use trusted_profile_core::{Error, Now, Secret, TransportError};

/// One call of an operation, or a walk through its pages, of one caller: it decides what to send, what to repeat and when to
/// give up. It has no socket, clock or thread of its own, and no tokens: it says that it needs one. Used by one thread at a
/// time.
///
/// Poll it, do what it says, report, and poll again, until `TP_ANSWER`, `TP_END` or `TP_FAILED`.
pub struct tp_call {
    state: Mutex<State>,
}

struct State {
    call: Call,
    /// The token that it asked for last.
    kind: TokenKind,
}

impl tp_call {
    fn with<R>(&self, with: impl FnOnce(&mut Call) -> R) -> Result<R, Error> {
        alone("call", &self.state).map(|mut state| with(&mut state.call))
    }
}

impl State {
    fn poll(&mut self, now: Now) -> Outcome {
        match self.call.poll(now) {
            Step::NeedToken { kind } => {
                self.kind = kind;
                Outcome::Wanted { kind, timeout: self.call.left(now) }
            }
            Step::Rejected { generation } => Outcome::Rejected { kind: self.kind, generation },
            Step::Send(exchange) => Outcome::Send(Box::new(Sending::from(*exchange))),
            Step::Wait { at_most } => Outcome::Wait { at_most },
            Step::Page(reply) => page(*reply),
            Step::Done(reply) => answered(*reply),
            Step::End => Outcome::End,
            Step::Failed(error) => Outcome::Failed(error),
        }
    }
}

/// Begins a call of an operation, or with `pages` a walk through its pages. Nothing is sent, and wrong arguments are told here.
///
/// `operation`, `arguments` and `metadata` are as for `tp_client_request`. `seed` feeds the jitter: another one for every call.
///
/// Returns NULL and sets `*call`, which is freed by `tp_call_free`, or `TP_FAILED`: `TP_ERROR_INVALID_ARGUMENT` names the operation or
/// argument that is wrong, or says that the operation has no pages.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_client_begin(
    client: *const tp_client,
    operation: *const c_char,
    operation_length: usize,
    arguments: *const c_char,
    arguments_length: usize,
    pages: bool,
    metadata: *const c_char,
    metadata_length: usize,
    seed: u64,
    call: *mut *mut tp_call,
) -> *mut tp_result {
    answer(|| {
        let made = || {
            // SAFETY: the handle is the caller's promise.
            let client = unsafe { lent("client", client) }?;
            // SAFETY: so are text and length.
            let operation = unsafe { text("operation", operation, operation_length) }?;
            // SAFETY: as above.
            let arguments = unsafe { text("arguments", arguments, arguments_length) }?;
            // SAFETY: as above.
            let metadata = unsafe { text("metadata", metadata, metadata_length) }?;
            let arguments = read_arguments(arguments)?;
            let metadata = read_metadata_service(metadata)?;
            let manner = if pages { Manner::Pages } else { Manner::Once };
            let call = client.lock().begin(operation, arguments, manner, metadata.as_ref(), seed)?;
            Ok(tp_call { state: Mutex::new(State { call, kind: TokenKind::Iam }) })
        };
        // SAFETY: the place is the caller's promise.
        unsafe { give("call", call, made) }?;
        Ok(None)
    })
}

/// Keeps what a call has learned of resources, for the `If-Match` of later ones. Ask after each answer and page.
///
/// Returns NULL, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_client_learn_from(client: *const tp_client, call: *const tp_call) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let client = unsafe { lent("client", client) }?;
        // SAFETY: so is this one.
        let call = unsafe { lent("call", call) }?;
        call.with(|call| client.lock().learn_from(call))?;
        Ok(None)
    })
}

/// Frees a call, and overwrites its token and secrets. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_call_free(call: *mut tp_call) {
    // SAFETY: the caller gives the handle back.
    unsafe { free(call) };
}

/// What to do next. Times are of the monotonic and the unix clock, in nanoseconds.
///
/// Returns
/// `TP_NEED_TOKEN`: ask a machine for the token of `tp_result_slot`, for at most `tp_result_timeout`; for a call of the metadata
/// service give `tp_call_served_by` what `tp_machine_metadata_service` then says; then `tp_call_token`, or `tp_call_no_token`. If the time
/// is over, just poll again;
/// `TP_REJECTED`: the service refused that token: `tp_machine_invalidate`, and poll again;
/// `TP_SEND`: send it, and report to `tp_call_handle` or `tp_call_handle_failure`;
/// `TP_WAIT`: wait, at most `tp_result_timeout`, and poll again;
/// `TP_PAGE`: a page; poll again for the next one;
/// `TP_ANSWER`, `TP_END`, `TP_FAILED`: the call is over; whoever polls it again is told so by a `TP_FAILED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_call_poll(call: *mut tp_call, monotonic: u64, unix_time: u64) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let call = unsafe { lent("call", call) }?;
        Ok(Some(alone("call", &call.state)?.poll(at(monotonic, unix_time))))
    })
}

/// The token of a `TP_NEED_TOKEN`, and its generation, which tells it from others (`tp_result_generation` of `TP_READY`).
///
/// Returns NULL, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`; then nothing was reported.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_call_token(
    call: *mut tp_call,
    token: *const c_char,
    token_length: usize,
    generation: u64,
    monotonic: u64,
    unix_time: u64,
) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let call = unsafe { lent("call", call) }?;
        // SAFETY: so are the text and its length.
        let token = unsafe { text("token", token, token_length) }?;
        call.with(|call| call.token(at(monotonic, unix_time), Secret::new(token), generation))?;
        Ok(None)
    })
}

/// Says that there is no token for a `TP_NEED_TOKEN`. The next poll ends the call with an error of this number, one of
/// `TP_ERROR_...`, and these words, which hold no secret: those of `tp_result_error` and `tp_result_message` of the machine that failed.
/// Whoever drives may as well hand on that failure itself, which knows more, and free the call.
///
/// Returns NULL, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`; then nothing was reported.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_call_no_token(call: *mut tp_call, error: u32, words: *const c_char, words_length: usize) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let call = unsafe { lent("call", call) }?;
        // SAFETY: so are the text and its length.
        let words = unsafe { text("words", words, words_length) }?;
        let error = Error::new(read_error(error)?, words);
        call.with(|call| call.no_token(error))?;
        Ok(None)
    })
}

/// How the metadata service is reached, for a call of it: the JSON of `tp_machine_metadata_service`, given before `tp_call_token`: with
/// the protocol `auto` that is settled once there is an identity token.
///
/// Returns NULL, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`; then nothing was reported.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_call_served_by(call: *mut tp_call, metadata: *const c_char, metadata_length: usize) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let call = unsafe { lent("call", call) }?;
        // SAFETY: so are the text and its length.
        let metadata = unsafe { text("metadata", metadata, metadata_length) }?;
        let service = MetadataService::from_json(metadata)?;
        call.with(|call| call.served_by(service))?;
        Ok(None)
    })
}

/// Reports the answer to a `TP_SEND` of a call, as `tp_machine_handle` does for a machine. Hand over every header: `ETag` is one that
/// counts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_call_handle(
    call: *mut tp_call,
    id: u64,
    status: u32,
    headers: *const u8,
    headers_length: usize,
    body: *const u8,
    body_length: usize,
    monotonic: u64,
    unix_time: u64,
) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let call = unsafe { lent("call", call) }?;
        // SAFETY: so are the bytes and their length.
        let headers = unsafe { bytes("headers", headers, headers_length) }?;
        // SAFETY: as above.
        let body = unsafe { bytes("body", body, body_length) }?;
        let response = read_response(status, headers, body, any_header)?;
        call.with(|call| call.handle(at(monotonic, unix_time), ExchangeId(id), Ok(response)))?;
        Ok(None)
    })
}

/// Reports that no answer came to a `TP_SEND` of a call, as `tp_machine_handle_failure` does for a machine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_call_handle_failure(
    call: *mut tp_call,
    id: u64,
    failure: u32,
    detail: *const c_char,
    detail_length: usize,
    reused_connection: bool,
    monotonic: u64,
    unix_time: u64,
) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let call = unsafe { lent("call", call) }?;
        // SAFETY: so are the text and its length.
        let detail = unsafe { text("detail", detail, detail_length) }?;
        let failure = TransportError { reused_connection, ..TransportError::new(read_failure(failure)?, detail) };
        call.with(|call| call.handle(at(monotonic, unix_time), ExchangeId(id), Err(failure)))?;
        Ok(None)
    })
}

/// Reports that what sends a `TP_SEND` of a call was stopped from outside. The request may have reached the service.
///
/// Returns NULL, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_call_abandon(call: *mut tp_call, id: u64, monotonic: u64, unix_time: u64) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let call = unsafe { lent("call", call) }?;
        call.with(|call| call.abandon(at(monotonic, unix_time), ExchangeId(id)))?;
        Ok(None)
    })
}
