//! The operations of the token path, written by hand: the identity operations and reads of
//! the instance metadata service, and the IAM token service.

mod certificate;
mod iam_token;
mod identity;
mod initialization;
mod issued_token;
mod keys;
mod metadata_read;
mod profile;

pub use certificate::{CreateIdentityCertificate, IdentityCertificate};
pub use iam_token::{ClientCredentials, GetToken, Grant};
pub use identity::{CreateIamToken, CreateIdentityToken};
pub use initialization::{DefaultTrustedProfile, GetInstanceInitialization, InstanceInitialization};
pub use issued_token::IssuedToken;
pub(crate) use issued_token::is_header_text;
pub use keys::{GetOpenidConfiguration, JsonWebKey, ListIdentityKeys, OpenidConfiguration};
pub use metadata_read::{MetadataDocument, ReadMetadata};
pub use profile::Profile;

use crate::operation::{ApiDate, PathSince};

/// The version date sent unless told otherwise: the first with the `/identity` paths (VPC Identity
/// API change log, 2025-08-26).
pub const DEFAULT_VERSION: ApiDate = IDENTITY_PATHS;

const IDENTITY_PATHS: ApiDate = ApiDate::new(2025, 8, 26);

const fn since_2025(path: &'static str) -> PathSince {
    PathSince { since: IDENTITY_PATHS, path }
}

const fn always(path: &'static str) -> PathSince {
    PathSince { since: ApiDate::MIN, path }
}
