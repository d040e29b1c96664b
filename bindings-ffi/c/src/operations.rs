//! Calls of operations by a provider: with its tokens, and its way to the services.

use crate::answer::{answered, page};
use crate::border::{alone, answer, free, give, lent, text};
use crate::client::tp_client;
use crate::provider::{timeout, tp_provider};
use crate::result::{Outcome, tp_result};
use std::ffi::c_char;
use std::sync::Mutex;
use trusted_profile::driver::{Patience, Walk};
use trusted_profile_core::call::Manner;

/// The pages of an operation, one after the other. Used by one thread at a time.
pub struct tp_pages {
    walk: Mutex<Walk>,
}

fn patience(timeout_ms: i64) -> Patience<'static> {
    Patience { timeout: timeout(timeout_ms), has_left: None }
}

/// Calls an operation and waits for its answer: with a token, with the retries that do no harm, and with one new token after a
/// 401.
///
/// `operation` and `arguments` are as for `tp_client_request`. `timeout_ms` is the caller's own bound in milliseconds, beside the
/// client's `deadline`; less than 0 leaves it to that. Any number of threads may call at once.
///
/// Returns `TP_ANSWER`, or `TP_FAILED`: `TP_ERROR_INVALID_ARGUMENT` names the operation or argument that is wrong, and nothing was
/// sent; why there is no token; the service's refusal, with `tp_result_status`; why no answer came; `TP_ERROR_DEADLINE_EXCEEDED`, which
/// says whether the request was sent; `TP_ERROR_CLOSED` after `tp_provider_close`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_provider_call(
    provider: *const tp_provider,
    client: *const tp_client,
    operation: *const c_char,
    operation_length: usize,
    arguments: *const c_char,
    arguments_length: usize,
    timeout_ms: i64,
) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let tokens = &unsafe { lent("provider", provider) }?.provider;
        // SAFETY: so is this one.
        let client = unsafe { lent("client", client) }?;
        // SAFETY: so are text and length.
        let operation = unsafe { text("operation", operation, operation_length) }?;
        // SAFETY: as above.
        let arguments = unsafe { text("arguments", arguments, arguments_length) }?;
        let call = Walk::begin(tokens, &client.client, operation, arguments, Manner::Once)?;
        Ok(Some(answered(call.answer(&patience(timeout_ms))?)))
    })
}

/// A walk through the pages of an operation, from the one that the arguments ask for. Nothing is sent yet.
///
/// Returns NULL and sets `*pages`, which is freed by `tp_pages_free`, or `TP_FAILED`: `TP_ERROR_INVALID_ARGUMENT` names the operation or
/// argument that is wrong, or says that the operation has no pages.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_provider_pages(
    provider: *const tp_provider,
    client: *const tp_client,
    operation: *const c_char,
    operation_length: usize,
    arguments: *const c_char,
    arguments_length: usize,
    pages: *mut *mut tp_pages,
) -> *mut tp_result {
    answer(|| {
        let made = || {
            // SAFETY: the handle is the caller's promise.
            let tokens = &unsafe { lent("provider", provider) }?.provider;
            // SAFETY: so is this one.
            let client = unsafe { lent("client", client) }?;
            // SAFETY: so are text and length.
            let operation = unsafe { text("operation", operation, operation_length) }?;
            // SAFETY: as above.
            let arguments = unsafe { text("arguments", arguments, arguments_length) }?;
            Ok(tp_pages { walk: Mutex::new(Walk::begin(tokens, &client.client, operation, arguments, Manner::Pages)?) })
        };
        // SAFETY: the place is the caller's promise.
        unsafe { give("pages", pages, made) }?;
        Ok(None)
    })
}

/// The next page, which is a call of its own with `timeout_ms` as for `tp_provider_call`.
///
/// Returns `TP_PAGE`; `TP_END` when there are no more; or `TP_FAILED` as `tp_provider_call` does, and then the same error again every
/// time: a walk that failed, also by `timeout_ms`, is begun anew.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_pages_next(pages: *mut tp_pages, timeout_ms: i64) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let pages = unsafe { lent("pages", pages) }?;
        let reply = alone("pages", &pages.walk)?.next(&patience(timeout_ms))?;
        Ok(Some(reply.map_or(Outcome::End, page)))
    })
}

/// Frees a walk. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_pages_free(pages: *mut tp_pages) {
    // SAFETY: the caller gives the handle back.
    unsafe { free(pages) };
}
