//! The `version` parameter, and that there are no others.

use super::error::MetadataError;
use crate::clock::Moment;
use crate::exchange::Received;

/// The first date the service accepts.
const FIRST: &str = "2022-03-01";

/// From this date on, the `/instance_identity` paths are gone (VPC Identity API change log).
pub(crate) const OLD_PATHS_END: &str = "2025-08-26";

/// The version date, checked.
pub(crate) fn check(request: &Received, now: Moment) -> Result<String, MetadataError> {
    let version = request
        .parameter("version")
        .ok_or_else(|| MetadataError::bad("missing_field", "the version query parameter is required").about("parameter", "version"))?;
    if !is_date(&version) {
        return Err(
            MetadataError::bad("invalid_value", "the version query parameter must have the form YYYY-MM-DD").about("parameter", "version")
        );
    }
    // Dates in this form compare as text.
    let message = if version.as_str() < FIRST {
        format!("the version cannot be before {FIRST}")
    } else if version > now.date() {
        "the version cannot be in the future".to_owned()
    } else {
        return Ok(version);
    };
    // The real service puts the value, not the parameter's name, into the target.
    Err(MetadataError::bad("invalid_version_range", &message).about("parameter", &version))
}

/// The service refuses parameters it does not know.
pub(crate) fn check_parameters(request: &Received) -> Result<(), MetadataError> {
    let paged = request.path == "/metadata/v1/placement_groups";
    let known = |name: &str| name == "version" || (paged && matches!(name, "start" | "limit"));
    match request.parameters().iter().find(|(name, _)| !known(name)) {
        Some((name, _)) => {
            Err(MetadataError::bad("unknown_field", "the query parameter is not known to this operation").about("parameter", name))
        }
        None => Ok(()),
    }
}

pub(crate) fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    let within = |part: &str, most: u8| part.parse::<u8>().is_ok_and(|number| (1..=most).contains(&number));
    digits(year, 4) && digits(month, 2) && digits(day, 2) && within(month, 12) && within(day, 31)
}

#[cfg(test)]
mod tests {
    use super::is_date;

    #[test]
    fn only_dates() {
        assert!(is_date("2025-08-26"));
        for text in ["2025-8-26", "2025-13-01", "2025-00-01", "2025-01-32", "20250826", "today", "2025-08-26T00"] {
            assert!(!is_date(text), "{text}");
        }
    }
}
