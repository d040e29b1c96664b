//! What verifiers of tokens need: the keys and where to find them.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::error::TokenError;
use super::issue::{ISSUER, KEYS};
use super::{Call, Outcome};
use crate::exchange::Answer;

/// `GET /identity/keys`. The second key appears when the first is rotated out.
pub(crate) fn keys(call: &Call<'_>) -> Outcome {
    let rotated = call.world.account().iam_key_rotated;
    let count = if rotated { 2 } else { 1 };
    let mut keys: Vec<Value> = Vec::new();
    for (key_use, key_id) in KEYS.iter().take(count) {
        let key = key_use.key().map_err(|error| TokenError::internal(&error))?;
        keys.push(key.jwk(key_id));
    }
    Ok(Answer::json(StatusCode::OK, &json!({ "keys": keys })))
}

/// `GET /identity/.well-known/openid-configuration`. The issuer is IBM's whatever the address.
pub(crate) fn configuration(call: &Call<'_>) -> Answer {
    let scheme = if call.request.tls { "https" } else { "http" };
    let host = call.request.header("host").unwrap_or("localhost");
    let base = format!("{scheme}://{host}/identity");
    Answer::json(
        StatusCode::OK,
        &json!({
            "issuer": ISSUER,
            "authorization_endpoint": format!("{base}/authorize"),
            "token_endpoint": format!("{base}/token"),
            "passcode_endpoint": format!("{base}/passcode"),
            "jwks_uri": format!("{base}/keys"),
            "scopes_supported": ["openid", "email", "profile", "ibm", "roles"],
            "response_types_supported": ["code", "token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }),
    )
}
