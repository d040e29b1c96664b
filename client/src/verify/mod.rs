//! Verifying the IAM access tokens that others show, for services that are called with them. Needs
//! the feature `verify`.
//!
//! ```no_run
//! use trusted_profile::verify::{IBM_CLOUD_ISSUER, Verifier};
//!
//! # async fn example(authorization: &str) -> Result<(), trusted_profile::Error> {
//! let verifier = Verifier::builder(IBM_CLOUD_ISSUER, "1234567890abcdef1234567890abcdef").build()?;
//! let shown = authorization.strip_prefix("Bearer ").unwrap_or_default();
//! let claims = verifier.verify(shown).await?;
//! let caller = claims.iam_id(); // such as `iam-Profile-...`; what it may do is for you to decide
//! # let _ = caller;
//! # Ok(())
//! # }
//! ```
//!
//! In programs that block: [`blocking::Verifier`].
//!
//! A token is accepted when all of this holds, and is refused with `TokenNotTrusted` otherwise:
//!
//! - It is a signed JWT of at most 64 KiB, with nothing before or after it.
//! - Its algorithm is RS256, whatever it or its key says, and its header brings no keys, addresses of
//!   keys or critical extensions.
//! - Its signature is that of a key which the configured IAM lists under the `kid` that it names, an
//!   RSA key of 2048 to 8192 bits. Nothing in a token leads to another source of keys.
//! - `iss` and `account.bss` are exactly those expected. IAM's tokens have no `aud`, so that these two
//!   take its place. `iam_id` is there, and the expected one if one is.
//! - `exp` is not past, and `iat` (and `nbf`, if there is one) not to come, give or take a minute.
//!
//! The keys are fetched when they are first needed, once for all who wait, and again after an hour,
//! beside the verifying. While that fails, the ones at hand serve on, for a day. A `kid` that is not
//! known has them fetched once more, but not twice in five minutes, so that forged tokens make no
//! flood of requests.
//!
//! A token that was verified may have been revoked since it was issued: only its end and its key are
//! looked at.

pub mod blocking;
mod builder;
mod cache;
mod claims;
mod expected;
mod fetch;
mod keys;
mod refusal;
mod shared;
mod token;
mod verifier;

pub use builder::VerifierBuilder;
pub use claims::VerifiedClaims;
pub use verifier::Verifier;

/// The `iss` of the tokens of IBM Cloud's public IAM, whichever of its endpoints issued them.
pub const IBM_CLOUD_ISSUER: &str = "https://iam.cloud.ibm.com/identity";
