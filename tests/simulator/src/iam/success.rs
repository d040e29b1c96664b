//! The token endpoint's success response.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::error::TokenError;
use super::issue::{self, Grant, Terms};
use super::{Call, Outcome};
use crate::account::RefreshToken;
use crate::exchange::Answer;
use crate::identifiers;

/// Seconds a refresh token lives: 72 hours.
const REFRESH_LIFETIME: i64 = 72 * 3600;

/// Whether a refresh token comes along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refresh {
    /// The text `not_supported` stands in its place.
    NotSupported,
    /// A real one.
    Granted,
}

/// Signs a token for the grant and answers with it.
pub(crate) fn respond(call: &Call<'_>, grant: &Grant<'_>, terms: &Terms, refresh: Refresh) -> Result<Value, TokenError> {
    let now = call.circumstances.now.unix();
    let (issued, expires, expires_in) =
        if call.circumstances.issue.expired { (now - terms.lifetime - 1, now - 1, 0) } else { (now, now + terms.lifetime, terms.lifetime) };
    let opaque = call.circumstances.issue.opaque;
    let token = issue::sign(call.world, grant, terms, issued, expires, opaque).map_err(|error| TokenError::internal(&error))?;
    let refresh_token = match refresh {
        Refresh::NotSupported => "not_supported".to_owned(),
        Refresh::Granted => remember(call, grant, now + REFRESH_LIFETIME),
    };
    Ok(json!({
        "access_token": token,
        "refresh_token": refresh_token,
        "token_type": "Bearer",
        "expires_in": expires_in,
        "expiration": expires,
        "scope": grant.scope,
    }))
}

fn remember(call: &Call<'_>, grant: &Grant<'_>, expires: i64) -> String {
    let token = format!("sim-refresh-{}", identifiers::secret());
    let record = RefreshToken {
        client_id: grant.client_id.to_owned(),
        subject: grant.subject.clone(),
        grant_type: grant.grant_type.to_owned(),
        expires,
    };
    call.world.account().refresh_tokens.insert(token.clone(), record);
    token
}

pub(crate) fn ok(value: &Value) -> Outcome {
    Ok(Answer::json(StatusCode::OK, value))
}
