//! The grant `apikey`.

use serde_json::Value;

use super::error::TokenError;
use super::form::Form;
use super::issue::{self, Grant, Terms};
use super::success::{self, Refresh};
use super::{Call, Outcome, client};
use crate::account::{ApiKeyState, Subject};
use crate::identifiers;

pub(crate) fn grant(call: &Call<'_>, form: &Form, client_id: &str) -> Outcome {
    let value = form.required("apikey")?;
    let wants = ResponseType::read(form)?;
    let (subject, terms) = subject(call, value)?;
    let grant = Grant {
        authn: issue::subject_authn(&subject),
        subject,
        grant_type: issue::API_KEY,
        client_id,
        scope: form.get("scope").unwrap_or(issue::DEFAULT_SCOPE),
    };
    let refresh = if client_id == client::DEFAULT { Refresh::NotSupported } else { Refresh::Granted };
    let mut answer = success::respond(call, &grant, &terms, refresh)?;
    if let (true, Some(fields)) = (wants.delegated, answer.as_object_mut()) {
        let token = format!("sim-delegated-{}", identifiers::secret());
        fields.insert("delegated_refresh_token".to_owned(), Value::String(token));
    }
    success::ok(&answer)
}

fn subject(call: &Call<'_>, value: &str) -> Result<(Subject, Terms), TokenError> {
    let account = call.world.account();
    let key = account.api_keys.iter().find(|key| key.value == value);
    let key = key.ok_or_else(|| TokenError::bad("BXNIM0415E", "The provided API key could not be found"))?;
    match key.state {
        ApiKeyState::Active => {}
        ApiKeyState::Disabled => {
            return Err(TokenError::bad("BXNIM0420E", "The API key is disabled"));
        }
        ApiKeyState::Locked => {
            return Err(TokenError::bad("BXNIM0434E", "The API key is locked"));
        }
    }
    let subject =
        Subject { iam_id: key.iam_id.clone(), name: key.name.clone(), sub_type: "ServiceId", account_id: account.account_id.clone() };
    Ok((subject, Terms::of(&account)))
}

struct ResponseType {
    delegated: bool,
}

impl ResponseType {
    fn read(form: &Form) -> Result<Self, TokenError> {
        let mut delegated = false;
        for word in form.get("response_type").unwrap_or("cloud_iam").split(' ') {
            match word {
                "cloud_iam" => {}
                "delegated_refresh_token" => delegated = true,
                other => {
                    return Err(TokenError::invalid("response_type", &format!("{other} is not a response type")));
                }
            }
        }
        if delegated {
            form.required("receiver_client_ids")?;
        }
        Ok(Self { delegated })
    }
}
