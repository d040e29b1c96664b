//! The response headers that decide anything.

use http::HeaderName;
use http::header::{CONTENT_TYPE, DATE, RETRY_AFTER};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_read_is_known() {
        let read = [&[CONTENT_TYPE, DATE, RETRY_AFTER][..], &TRACE_HEADERS].concat();
        assert!(read.iter().all(|name| read_header(name.as_str()).as_ref() == Some(name)));
        assert_eq!(read_header("Retry-After"), Some(RETRY_AFTER));
        assert_eq!(read_header("etag"), None);
    }
}
