//! The response headers that decide anything.

use http::HeaderName;
use http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, DATE, IF_MATCH, RETRY_AFTER};

const TRANSACTION_ID: HeaderName = HeaderName::from_static("transaction-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// The headers that carry the id that support asks for, the best one first.
pub(crate) static TRACE_HEADERS: [HeaderName; 3] = [TRANSACTION_ID, REQUEST_ID, CORRELATION_ID];

/// The header `name`, in capitals or not, if it is one that the core reads: a wrapper for which copying or size matters
/// may leave out all others. Knowing these few takes a hundredth of the code of knowing every header.
#[must_use]
pub fn read_header(name: &str) -> Option<HeaderName> {
    Some(match name.to_ascii_lowercase().as_str() {
        "content-type" => CONTENT_TYPE,
        "date" => DATE,
        "retry-after" => RETRY_AFTER,
        "transaction-id" => TRANSACTION_ID,
        "x-request-id" => REQUEST_ID,
        "x-correlation-id" => CORRELATION_ID,
        _ => return None,
    })
}

/// The headers that are parameters of operations.
static PARAMETERS: [HeaderName; 11] = [
    IF_MATCH,
    ACCEPT_LANGUAGE,
    TRANSACTION_ID,
    HeaderName::from_static("metadata-flavor"),
    HeaderName::from_static("ibm-cloud-tenant"),
    HeaderName::from_static("iam-apikey"),
    HeaderName::from_static("entity-lock"),
    HeaderName::from_static("entity-disable"),
    HeaderName::from_static("x-auth-resource-group"),
    HeaderName::from_static("x-auth-resource-account"),
    HeaderName::from_static("x-region"),
];

/// The header `name`, in capitals or not, if it is a parameter of an operation. As with [`read_header`], knowing these few
/// takes a hundredth of the code of knowing every header.
pub(crate) fn parameter_header(name: &str) -> Option<&'static HeaderName> {
    PARAMETERS.iter().find(|known| known.as_str().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_known_in_any_case() {
        assert_eq!(parameter_header("If-Match"), Some(&IF_MATCH));
        assert_eq!(parameter_header("IAM-ApiKey").map(HeaderName::as_str), Some("iam-apikey"));
        assert_eq!(parameter_header("If-Matched"), None);
    }

    #[test]
    fn only_what_is_read_is_known() {
        let read = [&[CONTENT_TYPE, DATE, RETRY_AFTER][..], &TRACE_HEADERS].concat();
        assert!(read.iter().all(|name| read_header(name.as_str()).as_ref() == Some(name)));
        assert_eq!(read_header("Retry-After"), Some(RETRY_AFTER));
        assert_eq!(read_header("etag"), None);
    }
}
