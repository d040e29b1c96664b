//! `POST /identity/token`: which grant.

use hyper::StatusCode;

use super::error::TokenError;
use super::form::Form;
use super::{Call, Outcome, api_key, assume, client, cr_token, issue, refresh};

pub(crate) fn create(call: &Call<'_>) -> Outcome {
    if call.request.body_too_large {
        return Err(TokenError::web(StatusCode::PAYLOAD_TOO_LARGE));
    }
    let form = Form::read(call.request);
    let grant_type = form.required("grant_type")?;
    let client_id = client::authenticate(call)?;
    match grant_type {
        issue::API_KEY => api_key::grant(call, &form, &client_id),
        issue::CR_TOKEN => cr_token::grant(call, &form, &client_id),
        issue::ASSUME => assume::grant(call, &form, &client_id),
        "refresh_token" => refresh::grant(call, &form, &client_id),
        "password" => password(&form, &client_id),
        other => Err(TokenError::invalid("grant_type", &format!("{other} is not a grant type of this service"))),
    }
}

/// There are no users here; only the checks before the password are made.
fn password(form: &Form, client_id: &str) -> Outcome {
    if client_id == client::DEFAULT {
        return Err(TokenError::bad("BXNIM0308E", "No Authorization header was given"));
    }
    form.required("username")?;
    form.required("password")?;
    Err(TokenError::new(StatusCode::UNAUTHORIZED, "BXNIM0400E", "The user could not be authenticated"))
}
