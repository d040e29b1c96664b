//! IAM: the token service and the management of trusted profiles.

mod api_key;
mod assume;
mod client;
mod cr_token;
mod discovery;
pub(crate) mod error;
mod form;
pub(crate) mod issue;
mod management;
mod refresh;
mod success;
mod token;

use hyper::StatusCode;

use crate::exchange::{Answer, Circumstances, Received};
use crate::world::World;
use error::TokenError;

/// One request to IAM, with all that its handlers need.
pub(crate) struct Call<'a> {
    world: &'a World,
    request: &'a Received,
    circumstances: &'a Circumstances,
}

type Outcome = Result<Answer, TokenError>;

pub(crate) fn answer(world: &World, request: &Received, circumstances: &Circumstances) -> Answer {
    let call = Call { world, request, circumstances };
    let mut answer = if request.path.starts_with("/v1/") {
        management::answer(&call)
    } else {
        token_service(&call).unwrap_or_else(|error| error.answer(circumstances.now, &circumstances.request_id, Some(request)))
    };
    for name in ["transaction-id", "x-request-id", "x-correlation-id"] {
        answer.set_header(name, circumstances.request_id.clone());
    }
    answer.set_header("ibm-cloud-service-name", "iam-identity");
    answer.set_header("cache-control", "no-store");
    answer
}

fn token_service(call: &Call<'_>) -> Outcome {
    let wanted = match call.request.path.as_str() {
        "/identity/token" => "POST",
        "/identity/keys" | "/identity/.well-known/openid-configuration" => "GET",
        _ => return Err(TokenError::web(StatusCode::NOT_FOUND)),
    };
    if call.request.method != wanted {
        return Err(TokenError::web(StatusCode::METHOD_NOT_ALLOWED));
    }
    match call.request.path.as_str() {
        "/identity/token" => token::create(call),
        "/identity/keys" => discovery::keys(call),
        _ => Ok(discovery::configuration(call)),
    }
}
