//! From a status and the service's own code to an [`ErrorCode`].

use super::ErrorCode;

/// The code of an answer that is not a success.
///
/// Permanent refusals of IAM are 400, not 401 or 403 (IAM token API, error response), so the
/// service's own code is looked at before the status.
pub(crate) fn code_of(operation: &str, status: u16, service_code: Option<&str>) -> ErrorCode {
    match service_code {
        Some("profile_not_linked") => return ErrorCode::ProfileNotLinked,
        Some("BXNIM0398E") => return ErrorCode::ProfileNotEligible,
        // Elsewhere it means any other field.
        Some("missing_field") if operation == "metadata.create_iam_token" => return ErrorCode::NoDefaultProfile,
        Some("invalid_version_range") => return ErrorCode::InvalidVersionDate,
        Some("unauthenticated" | "BXNIM0407E" | "BXNIM0408E") if status < 500 => return ErrorCode::Unauthenticated,
        Some("BXNIM0415E" | "BXNIM0420E" | "BXNIM0434E") if status < 500 => return ErrorCode::ApiKeyRefused,
        _ => {}
    }
    match status {
        300..=399 => ErrorCode::RedirectRefused,
        401 => ErrorCode::Unauthenticated,
        403 => ErrorCode::Forbidden,
        404 => ErrorCode::NotFound,
        407 => ErrorCode::ProxyRefused,
        429 => ErrorCode::RateLimited,
        501 => ErrorCode::NotImplemented,
        500 | 502..=599 => ErrorCode::ServiceFailed,
        400..=499 => ErrorCode::RequestRefused,
        // 1xx and numbers that HTTP does not know: an answer, but not one the service gives.
        _ => ErrorCode::MalformedResponse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_services_own_code_comes_first() {
        assert_eq!(code_of("op", 400, Some("profile_not_linked")), ErrorCode::ProfileNotLinked);
        assert_eq!(code_of("op", 400, Some("BXNIM0398E")), ErrorCode::ProfileNotEligible);
        assert_eq!(code_of("metadata.create_iam_token", 400, Some("missing_field")), ErrorCode::NoDefaultProfile);
        assert_eq!(code_of("op", 400, Some("missing_field")), ErrorCode::RequestRefused);
        assert_eq!(code_of("op", 400, Some("invalid_version_range")), ErrorCode::InvalidVersionDate);
        for code in ["unauthenticated", "BXNIM0407E", "BXNIM0408E"] {
            assert_eq!(code_of("op", 400, Some(code)), ErrorCode::Unauthenticated);
        }
        for code in ["BXNIM0415E", "BXNIM0420E", "BXNIM0434E"] {
            assert_eq!(code_of("op", 400, Some(code)), ErrorCode::ApiKeyRefused);
        }
    }

    #[test]
    fn otherwise_the_status_decides() {
        let codes = [
            (302, ErrorCode::RedirectRefused),
            (400, ErrorCode::RequestRefused),
            (401, ErrorCode::Unauthenticated),
            (403, ErrorCode::Forbidden),
            (404, ErrorCode::NotFound),
            (407, ErrorCode::ProxyRefused),
            (405, ErrorCode::RequestRefused),
            (429, ErrorCode::RateLimited),
            (500, ErrorCode::ServiceFailed),
            (501, ErrorCode::NotImplemented),
            (503, ErrorCode::ServiceFailed),
            (199, ErrorCode::MalformedResponse),
            (600, ErrorCode::MalformedResponse),
        ];
        for (status, code) in codes {
            assert_eq!(code_of("op", status, Some("anything")), code, "{status}");
            assert_eq!(code_of("op", status, None), code, "{status}");
        }
    }
}
