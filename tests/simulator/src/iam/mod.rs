//! IAM: the token service and the management of trusted profiles.

mod api_key;
mod assumable;
mod assume;
mod client;
mod cr_token;
mod discovery;
pub(crate) mod error;
mod form;
mod introspect;
pub(crate) mod issue;
mod management;
mod refresh;
mod success;
mod token;

use std::sync::Arc;

use hyper::StatusCode;

use crate::api;
use crate::exchange::{Answer, Circumstances, Received};
use crate::spec::Api;
use crate::world::World;
use error::TokenError;
pub(crate) use management::ManagementError;

/// One request to IAM, with all that its handlers need.
pub(crate) struct Call<'a> {
    world: &'a World,
    request: &'a Received,
    circumstances: &'a Circumstances,
}

type Outcome = Result<Answer, TokenError>;

pub(crate) fn answer(world: &Arc<World>, request: &Received, circumstances: &Circumstances) -> Answer {
    let mut answer = if ["/v1/", "/v2/"].iter().any(|start| request.path.starts_with(start)) {
        api::answer(world, &[Api::IamIdentity, Api::AccessGroups, Api::Policies], request, circumstances)
    } else {
        token_service(&Call { world, request, circumstances })
            .unwrap_or_else(|error| error.answer(circumstances.now, &circumstances.request_id, Some(request)))
    };
    for name in ["transaction-id", "x-request-id", "x-correlation-id"] {
        answer.set_header(name, circumstances.request_id.clone());
    }
    answer.set_header("ibm-cloud-service-name", "iam-identity");
    answer.set_header("cache-control", "no-store");
    answer
}

/// The trusted profiles of the account, for a request that was checked.
pub(crate) fn manage_profiles(world: &World, request: &Received, circumstances: &Circumstances) -> Answer {
    management::answer(&Call { world, request, circumstances })
}

fn token_service(call: &Call<'_>) -> Outcome {
    let wanted = match call.request.path.as_str() {
        "/identity/token" | "/identity/introspect" | "/identity/profiles" => "POST",
        "/identity/keys" | "/identity/.well-known/openid-configuration" => "GET",
        _ => return Err(TokenError::web(StatusCode::NOT_FOUND)),
    };
    if call.request.method != wanted {
        return Err(TokenError::web(StatusCode::METHOD_NOT_ALLOWED));
    }
    match call.request.path.as_str() {
        "/identity/token" => token::create(call),
        "/identity/introspect" => introspect::answer(call),
        "/identity/profiles" => assumable::list(call),
        "/identity/keys" => discovery::keys(call),
        _ => Ok(discovery::configuration(call)),
    }
}
