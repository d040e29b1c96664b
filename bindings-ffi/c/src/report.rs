//! What a driver reports to the machine. Afterwards it wakes all that wait.

use crate::border::{answer, bytes, invalid, lent, text};
use crate::files::tp_files;
use crate::machine::{at, tp_machine};
use crate::names::{read_failure, read_slot};
use crate::result::tp_result;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use std::ffi::c_char;
use std::time::Duration;
use trusted_profile_core::token::{ExchangeId, ExternalToken, InputReply};
use trusted_profile_core::wire::read_header;
use trusted_profile_core::{Error, Secret, TransportError};

/// Reports the answer to a `TP_SEND`, whatever its status.
///
/// `headers` are lines of name, colon and value as they came, each with its line end; a status line among them is passed
/// over, and so is what is no header. `body` is decoded already. The machine knows its exchanges: what is late, foreign or
/// reported twice changes nothing.
///
/// Returns NULL, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`; then nothing was reported, and `tp_machine_handle_failure` is
/// due.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_machine_handle(
    machine: *mut tp_machine,
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
        let machine = unsafe { lent("machine", machine) }?;
        // SAFETY: so are the bytes and their length.
        let headers = unsafe { bytes("headers", headers, headers_length) }?;
        // SAFETY: as above.
        let body = unsafe { bytes("body", body, body_length) }?;
        let response = read_response(status, headers, body, read_header)?;
        machine.call(|machine| machine.handle(at(monotonic, unix_time), ExchangeId(id), Ok(response)))?;
        Ok(None)
    })
}

/// An answer, with those of its headers that `name` knows; a value may be any bytes that HTTP allows.
pub(crate) fn read_response(
    status: u32,
    headers: &[u8],
    body: &[u8],
    name: impl Fn(&str) -> Option<HeaderName>,
) -> Result<Response<Vec<u8>>, Error> {
    let code = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let code = code.ok_or_else(|| invalid(format!("status: expected a number from 100 to 999, got {status}")))?;
    let mut response = Response::new(body.to_vec());
    *response.status_mut() = code;
    read_headers(headers, response.headers_mut(), name);
    Ok(response)
}

fn read_headers(lines: &[u8], headers: &mut HeaderMap, read_name: impl Fn(&str) -> Option<HeaderName>) {
    for line in lines.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = line.split_at(colon);
        let name = std::str::from_utf8(name).ok().and_then(&read_name);
        let value = HeaderValue::from_bytes(value.get(1..).unwrap_or_default().trim_ascii());
        if let (Some(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
}

/// Reports that no answer came to a `TP_SEND`, or that a unit of work failed, also one of files or a token.
///
/// `failure` is one of `TP_FAILURE_...`; `detail` are the transport's own words, without secrets; `reused_connection` says that
/// the connection had served an earlier request.
///
/// Returns NULL, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`; then nothing was reported.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_machine_handle_failure(
    machine: *mut tp_machine,
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
        let machine = unsafe { lent("machine", machine) }?;
        // SAFETY: so are the text and its length.
        let detail = unsafe { text("detail", detail, detail_length) }?;
        let failure = TransportError { reused_connection, ..TransportError::new(read_failure(failure)?, detail) };
        machine.call(|machine| machine.handle(at(monotonic, unix_time), ExchangeId(id), Err(failure)))?;
        Ok(None)
    })
}

/// Reports what came of the files of a `TP_NEED_FILES`. The list stays the caller's.
///
/// Returns NULL, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`; then nothing was reported.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_machine_provide_files(
    machine: *mut tp_machine,
    id: u64,
    files: *const tp_files,
    monotonic: u64,
    unix_time: u64,
) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let machine = unsafe { lent("machine", machine) }?;
        // SAFETY: so is this one.
        let files = unsafe { lent("files", files) }?;
        let reply = InputReply::CrTokenFile(files.copy()?);
        machine.call(|machine| machine.provide(at(monotonic, unix_time), ExchangeId(id), reply))?;
        Ok(None)
    })
}

/// Reports the token of a `TP_NEED_TOKEN`, and its remaining life in nanoseconds.
///
/// Returns NULL, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`; then nothing was reported.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_machine_provide_token(
    machine: *mut tp_machine,
    id: u64,
    token: *const c_char,
    token_length: usize,
    expires_in: u64,
    monotonic: u64,
    unix_time: u64,
) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let machine = unsafe { lent("machine", machine) }?;
        // SAFETY: so are the text and its length.
        let token = unsafe { text("token", token, token_length) }?;
        let token = ExternalToken { access_token: Secret::new(token), expires_in: Duration::from_nanos(expires_in) };
        machine.call(|machine| machine.provide(at(monotonic, unix_time), ExchangeId(id), InputReply::External(Ok(token))))?;
        Ok(None)
    })
}

/// Reports that there is no token for a `TP_NEED_TOKEN`, in words without secrets.
///
/// Returns NULL, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`; then nothing was reported.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_machine_provide_failure(
    machine: *mut tp_machine,
    id: u64,
    words: *const c_char,
    words_length: usize,
    monotonic: u64,
    unix_time: u64,
) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let machine = unsafe { lent("machine", machine) }?;
        // SAFETY: so are the text and its length.
        let words = unsafe { text("words", words, words_length) }?.to_owned();
        machine.call(|machine| machine.provide(at(monotonic, unix_time), ExchangeId(id), InputReply::External(Err(words))))?;
        Ok(None)
    })
}

/// Gives back what a unit of work that was stopped from outside cannot do; the next caller gets it.
///
/// Returns NULL, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_machine_abandon(machine: *mut tp_machine, id: u64, monotonic: u64, unix_time: u64) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let machine = unsafe { lent("machine", machine) }?;
        machine.call(|machine| machine.abandon(at(monotonic, unix_time), ExchangeId(id)))?;
        Ok(None)
    })
}

/// A service refused the token of this step and generation with 401. A newer one stays.
///
/// Returns NULL, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_machine_invalidate(
    machine: *mut tp_machine,
    slot: u32,
    generation: u64,
    monotonic: u64,
    unix_time: u64,
) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let machine = unsafe { lent("machine", machine) }?;
        machine.call(|machine| {
            let slot = read_slot(slot, machine.last_slot())?;
            machine.invalidate(at(monotonic, unix_time), slot, generation);
            Ok(None)
        })?
    })
}

/// In a child of `fork`, before anything else: what was under way is the parent's. Tokens stay. `seed` is another one than the
/// parent's.
///
/// Returns NULL, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_machine_after_fork(machine: *mut tp_machine, seed: u64) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let machine = unsafe { lent("machine", machine) }?;
        machine.call(|machine| machine.after_fork(seed))?;
        Ok(None)
    })
}
