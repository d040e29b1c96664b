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
        Service::Metadata | Service::Vpc => {
            let code = code.unwrap_or_else(|| metadata::error::usual_code(status));
            metadata::error::MetadataError::new(status, code, message).answer(request_id)
        }
        Service::Iam => {
            let code = code.unwrap_or_else(|| iam::error::usual_code(status));
            iam::error::TokenError::new(status, code, message).answer(now, request_id, None)
        }
        Service::Containers => {
            let code = code.map_or_else(|| format!("E0{}", status.as_u16()), str::to_owned);
            let body = serde_json::json!({"incidentID": request_id, "code": code, "description": message, "type": "General"});
            Answer::json(status, &body)
        }
        Service::ObjectStore => {
            let code = code.unwrap_or_else(|| object_store::error::usual_code(status));
            object_store::error::StoreError::new(status, code, message).answer("/", request_id)
        }
        Service::Control => Answer::json(status, &serde_json::json!({ "error": message })),
    }
}
