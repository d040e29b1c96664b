//! The names of IBM's settings.

use crate::error::Error;
use crate::wire::Invalid;

/// `my-service` as a prefix: `MY_SERVICE_`. The underscore belongs to it, so that the settings of
/// `my-service2` are not taken for those of `my-service` (trap 71).
///
/// # Errors
/// `InvalidArgument` names `service`.
pub(super) fn prefix(service: &str) -> Result<String, Error> {
    let is_fine = !service.is_empty() && service.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b' '));
    if !is_fine {
        return Err(Invalid::new("service", service, "letters, digits, hyphens, underscores, dots and blanks, such as my-service").into());
    }
    let mut prefix = service.to_ascii_uppercase().replace(['-', ' '], "_");
    prefix.push('_');
    Ok(prefix)
}

/// The settings of a service that name the profile.
pub(super) fn of_profile(prefix: &str) -> String {
    format!("{prefix}IAM_PROFILE_ID or {prefix}IAM_PROFILE_NAME")
}

/// Properties that say who calls, or how that is found out. The last two are this library's own.
pub(super) const AUTHENTICATION: [&str; 20] = [
    "AUTH_TYPE",
    "AUTHTYPE",
    "APIKEY",
    "IAM_APIKEY",
    "REFRESH_TOKEN",
    "BEARER_TOKEN",
    "USERNAME",
    "PASSWORD",
    "AUTH_URL",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "SCOPE",
    "CR_TOKEN_FILENAME",
    "IAM_PROFILE_ID",
    "IAM_PROFILE_NAME",
    "IAM_PROFILE_CRN",
    "IAM_ACCOUNT_ID",
    "VPC_IMS_VERSION",
    "AUTH_ENDPOINT",
    "VPC_IMS_PROTOCOL",
];

/// Properties of the client of the service itself, which are no business of a token.
pub(super) const OF_THE_SERVICE: [&str; 5] = ["URL", "ENABLE_GZIP", "ENABLE_RETRIES", "MAX_RETRIES", "RETRY_INTERVAL"];

/// Properties that would switch the verification of certificates off (R20).
pub(super) const DISABLE_SSL: [&str; 2] = ["AUTH_DISABLE_SSL", "DISABLE_SSL"];

/// Properties that name an identity: an empty one is a mistake, not a wish for another identity.
pub(super) const NEVER_EMPTY: [&str; 10] = [
    "APIKEY",
    "IAM_APIKEY",
    "BEARER_TOKEN",
    "CR_TOKEN_FILENAME",
    "IAM_PROFILE_ID",
    "IAM_PROFILE_NAME",
    "IAM_PROFILE_CRN",
    "IAM_ACCOUNT_ID",
    "CLIENT_ID",
    "CLIENT_SECRET",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_becomes_a_prefix() {
        for (service, expected) in [("my-service", "MY_SERVICE_"), ("My Service", "MY_SERVICE_"), ("my.cos", "MY.COS_"), ("cos2", "COS2_")]
        {
            assert_eq!(prefix(service).unwrap(), expected);
        }
        for bad in ["", "a/b", "ü", "a=b", "a\n"] {
            assert!(prefix(bad).unwrap_err().message().starts_with("service: expected letters"), "{bad}");
        }
    }
}
