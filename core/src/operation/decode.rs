//! From an `http::Response` to a value, or to the service's error.

use super::Reply;
use crate::error::{Error, ErrorCode, ServiceError, code_of, is_html};
use crate::retry::retry_after;
use crate::wire::{Json, Redactor};
use http::{HeaderMap, Response};
use zeroize::Zeroizing;

/// Passes a 2xx on and turns all else into the service's error.
///
/// The body is overwritten when it is dropped, as it may hold anything.
pub(crate) fn success(operation: &str, response: Response<Vec<u8>>) -> Result<Reply<Zeroizing<Vec<u8>>>, Error> {
    if !response.status().is_success() {
        return Err(failure(operation, &response, &Redactor::default()));
    }
    let (parts, body) = response.into_parts();
    Ok(Reply { status: parts.status.as_u16(), headers: parts.headers, value: Zeroizing::new(body) })
}

/// The error of an answer that is not a success. `redactor` knows what was sent.
pub(crate) fn failure<B: AsRef<[u8]>>(operation: &str, response: &Response<B>, redactor: &Redactor) -> Error {
    let status = response.status().as_u16();
    let service = ServiceError::read(response.headers(), response.body().as_ref(), redactor);
    let code = code_of(operation, status, service.code.as_deref());
    Error::new(code, format!("{operation} was answered with HTTP {status}"))
        .with_status(status)
        .with_retry_after(retry_after(response.headers()))
        .with_service(service)
}

/// The error of a success that is a web page: a login portal, say. `redactor` knows what was sent.
pub(crate) fn web_page(operation: &str, status: u16, headers: &HeaderMap, body: &[u8], redactor: &Redactor) -> Option<Error> {
    let message = || format!("{operation} was answered with HTTP {status}, but a web page instead of JSON");
    is_html(headers, body).then(|| {
        Error::new(ErrorCode::MalformedResponse, message()).with_status(status).with_service(ServiceError::read(headers, body, redactor))
    })
}

/// The JSON object of a success.
///
/// Of a body that is not JSON only a web page is shown: anything else may be half a token.
pub(crate) fn json_body<B: AsRef<[u8]>>(operation: &str, reply: &Reply<B>) -> Result<Json, Error> {
    let malformed = |what: String| {
        Error::new(ErrorCode::MalformedResponse, format!("{operation} was answered with HTTP {}, but {what}", reply.status))
            .with_status(reply.status)
    };
    let body = reply.value.as_ref();
    if body.is_empty() {
        return Err(malformed("no content".to_owned()));
    }
    if let Some(error) = web_page(operation, reply.status, &reply.headers, body, &Redactor::default()) {
        return Err(error);
    }
    let json = Json::parse(body).map_err(malformed)?;
    if !json.as_value().is_object() {
        return Err(malformed("JSON that is not an object".to_owned()));
    }
    Ok(json)
}
