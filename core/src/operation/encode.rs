//! From an operation to an `http::Request`.

use super::{ApiDate, OperationSpec};
use crate::error::{Error, ErrorCode};
use crate::wire::{BaseUrl, query};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Request};

/// What an operation adds to its spec.
#[derive(Default)]
pub(crate) struct RequestParts<'a> {
    /// In place of the spec's path, where the path has arguments.
    pub path: Option<String>,
    /// Sent as the `version` query parameter.
    pub version: Option<ApiDate>,
    /// Headers beyond `Accept` and `Content-Type`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Media type and bytes.
    pub body: Option<(&'a str, Vec<u8>)>,
}

impl RequestParts<'_> {
    /// The request of `spec` against `base`.
    pub(crate) fn build(self, spec: &OperationSpec, base: &BaseUrl, version: ApiDate) -> Result<Request<Vec<u8>>, Error> {
        let date = self.version.map(|v| v.to_string());
        let query = query(date.as_deref().map(|d| ("version", d)));
        let path = self.path.as_deref().unwrap_or(spec.path(version));
        let mut request = Request::builder().method(spec.method.clone()).uri(base.join(path, &query)).header(ACCEPT, "application/json");
        let body = match self.body {
            Some((media_type, bytes)) => {
                request = request.header(CONTENT_TYPE, media_type);
                bytes
            }
            None => Vec::new(),
        };
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        // A BaseUrl and a path of the spec are always a URI, so this is a defect if it happens.
        request.body(body).map_err(|e| Error::new(ErrorCode::Internal, format!("{}: {e}", spec.id)))
    }
}
