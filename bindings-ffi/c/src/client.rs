//! Clients of the services: what there is, and the request and the answer of every operation, without any I/O.

use crate::answer::Answer;
use crate::border::{answer, bytes, free, give, lent, text};
use crate::report::read_response;
use crate::result::{Outcome, Request, tp_result};
use http::HeaderName;
use serde_json::Value;
use std::ffi::c_char;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use trusted_profile_core::call::{Client, ClientOptions, read_arguments};
use trusted_profile_core::operation::MetadataService;
use trusted_profile_core::{Error, catalog};

/// A client of a service: where it is called and how, and what its calls have learned of resources. Any number of threads may
/// use it at once.
pub struct tp_client {
    /// Shared with walks through pages.
    pub(crate) client: Arc<Mutex<Client>>,
}

impl tp_client {
    /// Held for a moment, and never across I/O.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Client> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How the metadata service is reached; no text says nothing of it.
pub(crate) fn read_metadata_service(given: &str) -> Result<Option<MetadataService>, Error> {
    if given.is_empty() { Ok(None) } else { MetadataService::from_json(given).map(Some) }
}

/// A client of `name`, one of `vpc`, `iam`, `metadata` and `containers`.
///
/// `options` is a JSON object, or empty: `endpoint` (`public`, `private`, `private(<region>)` or an address), `region` and `version`, which
/// are texts; `deadline`, the milliseconds that a call may take with all its attempts and what it waits for, where a page is a
/// call of its own; `always_if_match`, whether `If-Match` is also sent where the service does not demand it. `metadata` takes none
/// of the first three: it is called where its tokens come from.
///
/// Returns NULL and sets `*client`, which is freed by `tp_client_free`, or `TP_FAILED`: `TP_ERROR_INVALID_ARGUMENT` names the
/// option that is unknown or of another kind. A wrong endpoint, region or version is told by the first call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_client_new(
    name: *const c_char,
    name_length: usize,
    options: *const c_char,
    options_length: usize,
    client: *mut *mut tp_client,
) -> *mut tp_result {
    answer(|| {
        let made = || {
            // SAFETY: text and length are the caller's promise.
            let name = unsafe { text("name", name, name_length) }?;
            // SAFETY: as above.
            let options = unsafe { text("options", options, options_length) }?;
            let options = if options.is_empty() { ClientOptions::default() } else { ClientOptions::from_json(options)? };
            Ok(tp_client { client: Arc::new(Mutex::new(Client::new(name, options)?)) })
        };
        // SAFETY: the place is the caller's promise.
        unsafe { give("client", client, made) }?;
        Ok(None)
    })
}

/// Frees a client; what was begun with it goes on. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_client_free(client: *mut tp_client) {
    // SAFETY: the caller gives the handle back.
    unsafe { free(client) };
}

/// Every operation of a client: `TP_JSON`, a list of objects with `id`, such as `vpc.list_instances`; `service` and `name`, and
/// `method_name`, which has the service before it where two of them have the name; `method`, `path`, `auth`, `idempotent` and
/// `deprecated`; `arguments`, each with `name`, `in`, `type` and `required`; `answer` (`json`, `text`, `xml`, `yes_or_no` or null);
/// `pages`, and `items`, the property of a page that holds its items.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_client_operations(client: *const tp_client) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let client = unsafe { lent("client", client) }?.lock();
        let all: Vec<Value> = client.methods().into_iter().map(|(name, entry)| catalog::described(&name, entry).into_value()).collect();
        Ok(Some(Outcome::json(&Value::Array(all))))
    })
}

/// The request of an operation, without credentials. Nothing is sent.
///
/// `operation` is its `id`, `name` or `method_name`; `arguments` is a JSON object of its arguments by name, of which `body` is what is
/// sent, or empty; `docs/operations.md` has all of them. `metadata` is the JSON of `tp_machine_metadata_service`, which the client of
/// that service needs; for others it is empty.
///
/// Returns `TP_REQUEST`, or `TP_FAILED`: `TP_ERROR_INVALID_ARGUMENT` names the operation or argument that is wrong.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_client_request(
    client: *const tp_client,
    operation: *const c_char,
    operation_length: usize,
    arguments: *const c_char,
    arguments_length: usize,
    metadata: *const c_char,
    metadata_length: usize,
) -> *mut tp_result {
    answer(|| {
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
        let request = client.lock().request(operation, &arguments, metadata.as_ref())?;
        Ok(Some(Outcome::Request(Box::new(Request::from(request)))))
    })
}

/// What a service says by its answer to an operation, which the program sent by itself.
///
/// `headers` and `body` are as for `tp_machine_handle`.
///
/// Returns `TP_ANSWER`, or `TP_FAILED`: the service's refusal, `TP_ERROR_MALFORMED_RESPONSE`, or `TP_ERROR_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_client_parse(
    client: *const tp_client,
    operation: *const c_char,
    operation_length: usize,
    status: u32,
    headers: *const u8,
    headers_length: usize,
    body: *const u8,
    body_length: usize,
) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let client = unsafe { lent("client", client) }?;
        // SAFETY: so are the text and its length.
        let operation = unsafe { text("operation", operation, operation_length) }?;
        // SAFETY: so are the bytes and their length.
        let headers = unsafe { bytes("headers", headers, headers_length) }?;
        // SAFETY: as above.
        let body = unsafe { bytes("body", body, body_length) }?;
        let entry = client.lock().find(operation)?;
        let reply = entry.parse(read_response(status, headers, body, any_header)?)?;
        Ok(Some(Outcome::Answer(Box::new(Answer::as_it_came(reply, body)))))
    })
}

/// Every header is the caller's to see.
pub(crate) fn any_header(name: &str) -> Option<HeaderName> {
    HeaderName::from_bytes(name.as_bytes()).ok()
}
