//! From an operation to an `http::Request`.

use super::{ApiDate, OperationSpec};
use crate::error::{Error, ErrorCode};
use crate::wire::{BaseUrl, query};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, Request, Uri};

/// What an operation adds to its spec.
#[derive(Default)]
pub(crate) struct RequestParts {
    /// In place of the spec's path, where the path has arguments.
    pub path: Option<String>,
    /// Sent as the `version` query parameter.
    pub version: Option<ApiDate>,
    /// Headers beyond `Accept` and `Content-Type`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Media type and bytes.
    pub body: Option<(&'static str, Vec<u8>)>,
}

impl RequestParts {
    /// The request of `spec` against `base`.
    pub(crate) fn build(self, spec: &OperationSpec, base: &BaseUrl, version: ApiDate) -> Result<Request<Vec<u8>>, Error> {
        let date = self.version.map(|v| v.to_string());
        let query = query(date.as_deref().map(|d| ("version", d)));
        let path = self.path.as_deref().unwrap_or(spec.path(version));
        let (content_type, body) = self.body.unzip();
        let head = Head { id: spec.id, method: spec.method.clone(), base, accept: "application/json", content_type };
        assemble(&head, path, &query, self.headers, body.unwrap_or_default())
    }
}

/// What every request has.
pub(super) struct Head<'a> {
    pub(super) id: &'a str,
    pub(super) method: Method,
    pub(super) base: &'a BaseUrl,
    pub(super) accept: &'static str,
    pub(super) content_type: Option<&'static str>,
}

/// The request, of parts that are encoded already.
pub(super) fn assemble(
    head: &Head<'_>,
    path: &str,
    query: &str,
    others: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
) -> Result<Request<Vec<u8>>, Error> {
    // A BaseUrl and an encoded path are always a URI, so this is a defect if it happens.
    let uri = Uri::try_from(head.base.join(path, query)).map_err(|e| Error::new(ErrorCode::Internal, format!("{}: {e}", head.id)))?;
    let mut request = Request::new(body);
    *request.method_mut() = head.method.clone();
    *request.uri_mut() = uri;
    let headers = request.headers_mut();
    headers.append(ACCEPT, HeaderValue::from_static(head.accept));
    if let Some(media_type) = head.content_type {
        headers.append(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    for (name, value) in others {
        headers.append(name, value);
    }
    Ok(request)
}
