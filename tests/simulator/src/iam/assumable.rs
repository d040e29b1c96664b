//! `POST /identity/profiles`: the trusted profiles that the holder of a token may assume.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::error::TokenError;
use super::form::Form;
use super::issue::KEYS;
use super::{Call, Outcome};
use crate::account::Profile;
use crate::exchange::Answer;

pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let form = Form::read(call.request);
    let token = form.required("access_token")?;
    let claims = call
        .world
        .issued
        .verify(&KEYS.map(|(key, _)| key), token, call.circumstances.now.unix())
        .map_err(|refusal| TokenError::bad_token(refusal.reason()))?;
    let iam_id = claims.get("iam_id").and_then(Value::as_str).unwrap_or_default();
    let account = call.world.account();
    let may = account.profiles.iter().filter(|record| record.identities.iter().any(|identity| identity == iam_id));
    let profiles: Vec<&Profile> = may.map(|record| &record.profile).collect();
    Ok(Answer::json(StatusCode::OK, &json!({"count": profiles.len(), "profiles": profiles})))
}
