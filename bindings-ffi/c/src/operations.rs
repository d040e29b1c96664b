//! Calls of operations by a provider: with its tokens, and its way to the services.

use crate::answer::{answered, page};
use crate::border::{alone, answer, free, give, lent, text};
use crate::client::{lock, read_arguments, tp_client};
use crate::provider::{timeout, tp_provider};
use crate::result::{Outcome, tp_result};
use std::ffi::c_char;
use std::sync::{Arc, Mutex};
use trusted_profile::blocking::TokenProvider;
use trusted_profile::driver::{self, Patience};
use trusted_profile::{Content, Error, ErrorCode, Reply};
use trusted_profile_core::call::{Call, Client, Manner};

/// The pages of an operation, one after the other. Used by one thread at a time.
pub struct tp_pages {
    walk: Mutex<Walk>,
}

struct Walk {
    call: Call,
    tokens: Arc<TokenProvider>,
    client: Arc<Mutex<Client>>,
    /// After the last one, and after an error.
    is_over: bool,
}

/// Brings a call to its next answer, and keeps what it has learned.
fn turn(tokens: &TokenProvider, client: &Mutex<Client>, call: &mut Call, timeout_ms: i64) -> Result<Option<Reply<Content>>, Error> {
    let reply = driver::turn(tokens, call, &Patience { timeout: timeout(timeout_ms), has_left: None });
    lock(client).learn_from(call);
    reply
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
        let mut call = driver::begin(tokens, &client.lock(), operation, read_arguments(arguments)?, Manner::Once)?;
        let reply = turn(tokens, &client.client, &mut call, timeout_ms)?;
        let none = || Error::new(ErrorCode::Internal, "a call ended without an answer");
        Ok(Some(answered(reply.ok_or_else(none)?)))
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
            let tokens = Arc::clone(&unsafe { lent("provider", provider) }?.provider);
            // SAFETY: so is this one.
            let client = unsafe { lent("client", client) }?;
            // SAFETY: so are text and length.
            let operation = unsafe { text("operation", operation, operation_length) }?;
            // SAFETY: as above.
            let arguments = unsafe { text("arguments", arguments, arguments_length) }?;
            let call = driver::begin(&tokens, &client.lock(), operation, read_arguments(arguments)?, Manner::Pages)?;
            let client = Arc::clone(&client.client);
            Ok(tp_pages { walk: Mutex::new(Walk { call, tokens, client, is_over: false }) })
        };
        // SAFETY: the place is the caller's promise.
        unsafe { give("pages", pages, made) }?;
        Ok(None)
    })
}

/// The next page, which is a call of its own with `timeout_ms` as for `tp_provider_call`.
///
/// Returns `TP_PAGE`; `TP_END` when there are no more, and after an error; or `TP_FAILED` as `tp_provider_call` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_pages_next(pages: *mut tp_pages, timeout_ms: i64) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let pages = unsafe { lent("pages", pages) }?;
        let mut walk = alone("pages", &pages.walk)?;
        let Walk { call, tokens, client, is_over } = &mut *walk;
        if *is_over {
            return Ok(Some(Outcome::End));
        }
        // However this ends, unless it is a page.
        *is_over = true;
        let reply = turn(tokens, client, call, timeout_ms)?;
        *is_over = reply.is_none();
        Ok(Some(reply.map_or(Outcome::End, page)))
    })
}

/// Frees a walk. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_pages_free(pages: *mut tp_pages) {
    // SAFETY: the caller gives the handle back.
    unsafe { free(pages) };
}
