//! Why a token is not trusted.

use trusted_profile_core::error::{Condition, Error, ErrorCode};

/// The error of a token that failed the check `which` is about. `why` holds nothing of the token but
/// claims of it that were signed.
pub(super) fn refused(which: Condition, why: impl Into<String>) -> Error {
    Error::new(ErrorCode::TokenNotTrusted, why).explained(&[which])
}
