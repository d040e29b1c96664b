//! The response headers that decide anything.

use http::HeaderName;
use http::header::{CONTENT_TYPE, DATE, RETRY_AFTER};

const TRANSACTION_ID: HeaderName = HeaderName::from_static("transaction-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// All headers of an answer that the core reads. A wrapper for which copying is dear may leave out the others.
pub static READ_HEADERS: [HeaderName; 6] = [CONTENT_TYPE, DATE, RETRY_AFTER, TRANSACTION_ID, REQUEST_ID, CORRELATION_ID];

/// The headers that carry the id that support asks for, the best one first.
pub(crate) static TRACE_HEADERS: [HeaderName; 3] = [TRANSACTION_ID, REQUEST_ID, CORRELATION_ID];

/// The one of [`READ_HEADERS`] that is called `name`, in capitals or not. Knowing these few takes a hundredth of the
/// code that knowing all headers takes.
#[must_use]
pub fn read_header(name: &str) -> Option<HeaderName> {
    READ_HEADERS.iter().find(|known| known.as_str().eq_ignore_ascii_case(name)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_read_is_known() {
        assert_eq!(read_header("Retry-After"), Some(RETRY_AFTER));
        assert_eq!(read_header("x-request-id"), Some(REQUEST_ID));
        assert_eq!(read_header("etag"), None);
    }
}
