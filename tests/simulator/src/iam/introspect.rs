//! `POST /identity/introspect`: what a token or an API key stands for.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::error::TokenError;
use super::form::Form;
use super::issue::KEYS;
use super::{Call, Outcome, client};
use crate::account::ApiKeyState;
use crate::exchange::Answer;

/// What does not work is not an error: it is not active.
pub(crate) fn answer(call: &Call<'_>) -> Outcome {
    let form = Form::read(call.request);
    client::authenticate(call)?;
    let body = match (form.get("token"), form.get("apikey")) {
        (Some(token), None) => token_facts(call, token),
        (None, Some(value)) => key_facts(call, value),
        _ => return Err(TokenError::missing("token or apikey")),
    };
    Ok(Answer::json(StatusCode::OK, &body.unwrap_or_else(|| json!({"active": false}))))
}

fn token_facts(call: &Call<'_>, token: &str) -> Option<Value> {
    let mut facts = call.world.issued.verify(&KEYS.map(|(key, _)| key), token, call.circumstances.now.unix()).ok()?;
    facts.as_object_mut()?.insert("active".to_owned(), json!(true));
    Some(facts)
}

fn key_facts(call: &Call<'_>, value: &str) -> Option<Value> {
    let account = call.world.account();
    let key = account.api_keys.iter().find(|key| key.value == value && key.state == ApiKeyState::Active)?;
    Some(json!({"active": true, "iam_id": key.iam_id, "account": {"bss": account.account_id}}))
}
