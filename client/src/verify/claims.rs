//! What a verified token says.

use trusted_profile_core::wire::Json;

/// The claims of an IAM access token whose signature, times, issuer and account were verified.
///
/// Only a verifier makes one. It has nothing in common with
/// [`UnverifiedClaims`](crate::UnverifiedClaims), and neither becomes the other:
///
/// ```compile_fail
/// fn trust(claims: trusted_profile::UnverifiedClaims) -> trusted_profile::verify::VerifiedClaims {
///     claims.into()
/// }
/// ```
#[derive(Clone, Debug)]
pub struct VerifiedClaims {
    pub(super) iam_id: String,
    pub(super) account_id: String,
    pub(super) issuer: String,
    pub(super) issued_at: i64,
    pub(super) expires_at: i64,
    pub(super) json: Json,
}

impl VerifiedClaims {
    /// `iam_id`: who shows the token, such as `iam-Profile-<uuid>` or `iam-ServiceId-<uuid>`.
    #[must_use]
    pub fn iam_id(&self) -> &str {
        &self.iam_id
    }

    /// `account.bss`, which is the account that was expected.
    #[must_use]
    pub fn account_id(&self) -> &str {
        &self.account_id
    }

    /// `iss`, which is the issuer that was expected.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// `iat`, in seconds since 1970.
    #[must_use]
    pub const fn issued_at(&self) -> i64 {
        self.issued_at
    }

    /// `exp`, in seconds since 1970.
    #[must_use]
    pub const fn expires_at(&self) -> i64 {
        self.expires_at
    }

    /// `sub`, such as `Profile-<uuid>`.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.json.text("sub")
    }

    /// All claims. Which there are depends on who was issued the token and how.
    #[must_use]
    pub const fn json(&self) -> &Json {
        &self.json
    }
}
