//! The grant `refresh_token`.

use super::error::TokenError;
use super::form::Form;
use super::issue::{self, Grant, Terms};
use super::success::{self, Refresh};
use super::{Call, Outcome};

pub(crate) fn grant(call: &Call<'_>, form: &Form, client_id: &str) -> Outcome {
    let token = form.required("refresh_token")?;
    let (record, terms) = {
        let account = call.world.account();
        let record = account.refresh_tokens.get(token).cloned();
        let record = record.ok_or_else(|| TokenError::bad_token("the refresh token is not known"))?;
        (record, Terms::of(&account))
    };
    if record.client_id != client_id {
        return Err(TokenError::bad_token("the refresh token was issued to another client"));
    }
    if call.circumstances.now.unix() >= record.expires {
        return Err(TokenError::bad("BXNIM0408E", "The refresh token is expired"));
    }
    let grant = Grant {
        authn: issue::subject_authn(&record.subject),
        subject: record.subject.clone(),
        grant_type: &record.grant_type,
        client_id,
        scope: form.get("scope").unwrap_or(issue::DEFAULT_SCOPE),
    };
    success::ok(&success::respond(call, &grant, &terms, Refresh::Granted)?)
}
