//! Error answers in the shape of the service they come from.

use hyper::StatusCode;

use crate::clock::Moment;
use crate::exchange::Answer;
use crate::service::Service;
use crate::{iam, metadata, object_store};

/// An error answer a service gives for reasons of its own: overload, an outage, a wrong host.
pub(crate) fn refusal(
    service: Service,
    status: StatusCode,
    code: Option<&str>,
    message: Option<&str>,
    now: Moment,
    request_id: &str,
) -> Answer {
    let message = message.unwrap_or_else(|| status.canonical_reason().unwrap_or("error"));
    match service {
        Service::Metadata => {
            let code = code.unwrap_or_else(|| metadata::error::usual_code(status));
            metadata::error::MetadataError::new(status, code, message).answer(request_id)
        }
        Service::Iam => {
            let code = code.unwrap_or_else(|| iam::error::usual_code(status));
            iam::error::TokenError::new(status, code, message).answer(now, request_id, None)
        }
        Service::ObjectStore => {
            let code = code.unwrap_or_else(|| object_store::error::usual_code(status));
            object_store::error::StoreError::new(status, code, message).answer("/", request_id)
        }
        Service::Control => Answer::json(status, &serde_json::json!({ "error": message })),
    }
}
