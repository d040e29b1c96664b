//! Where a program's own requests may take a token, and what a token says about itself.

use crate::border::{answer, free, give, lent, tell, text};
use crate::result::{Outcome, tp_result};
use std::ffi::c_char;
use trusted_profile_core::token::UnverifiedClaims;
use trusted_profile_core::wire::AllowedOrigins;

/// Origins that were checked once, to be asked about each request. Any number of threads may ask at once.
pub struct tp_origins {
    origins: AllowedOrigins,
}

/// The origins that may see a token, such as `https://us-south.iaas.cloud.ibm.com`: one a line, exact in scheme, host and
/// port. Only https, or http to this machine; no patterns; never a link-local address. No line means that none may.
///
/// Whatever adds a token to requests of its own asks `tp_origins_allows` for each, and again for each redirect.
/// Returns NULL and sets `*origins`, which is freed by `tp_origins_free`, or `TP_FAILED` with
/// `TP_ERROR_INVALID_ARGUMENT`, which names the first line that is not such an origin.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_origins_new(lines: *const c_char, length: usize, origins: *mut *mut tp_origins) -> *mut tp_result {
    answer(|| {
        let make = || {
            // SAFETY: text and length are the caller's promise.
            let lines = unsafe { text("allowed_origins", lines, length) }?;
            Ok(tp_origins { origins: AllowedOrigins::new(lines.lines())? })
        };
        // SAFETY: the place is the caller's promise.
        unsafe { give("origins", origins, make) }?;
        Ok(None)
    })
}

/// Whether a request to `url` may carry the token. An address that parsers could read differently may not, and neither
/// may anything when `origins` is NULL or `url` is not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_origins_allows(origins: *const tp_origins, url: *const c_char, url_length: usize) -> bool {
    tell(false, || {
        // SAFETY: the handle is the caller's promise.
        let origins = unsafe { lent("origins", origins) };
        // SAFETY: so are the text and its length.
        let url = unsafe { text("url", url, url_length) };
        matches!((origins, url), (Ok(origins), Ok(url)) if origins.origins.allows(url))
    })
}

/// Frees the list. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_origins_free(origins: *mut tp_origins) {
    // SAFETY: the caller gives the handle back.
    unsafe { free(origins) };
}

/// What a token says about itself, if it is a JWT. Nothing is verified: never decide on it about trust.
///
/// Returns `TP_JSON` with all claims, NULL where there are none, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_claims(token: *const c_char, token_length: usize) -> *mut tp_result {
    answer(|| {
        // SAFETY: text and length are the caller's promise.
        let token = unsafe { text("token", token, token_length) }?;
        Ok(UnverifiedClaims::read(token).map(|claims| Outcome::json(claims.json().as_value())))
    })
}
