//! The grant `assume`: an IAM identity takes on a trusted profile.

use serde_json::Value;

use super::error::TokenError;
use super::form::Form;
use super::issue::{self, Grant, KEYS, Terms};
use super::success::{self, Refresh};
use super::{Call, Outcome};
use crate::account::{AccountState, ProfileRecord};

/// Who asks, as IAM has verified it.
struct Caller {
    iam_id: String,
    account_id: String,
    authn: Value,
}

pub(crate) fn grant(call: &Call<'_>, form: &Form, client_id: &str) -> Outcome {
    let caller = caller(call, form)?;
    let (subject, terms) = {
        let account = call.world.account();
        let record = profile(form, &account, &caller)?;
        if !record.identities.contains(&caller.iam_id) {
            return Err(TokenError::not_eligible(&caller.iam_id, &record.profile.iam_id));
        }
        (issue::profile_subject(&record.profile), Terms::of(&account))
    };
    let grant = Grant {
        subject,
        authn: caller.authn,
        grant_type: issue::ASSUME,
        client_id,
        scope: form.get("scope").unwrap_or(issue::DEFAULT_SCOPE),
    };
    success::ok(&success::respond(call, &grant, &terms, Refresh::NotSupported)?)
}

fn caller(call: &Call<'_>, form: &Form) -> Result<Caller, TokenError> {
    let now = call.circumstances.now.unix();
    if let Some(token) = form.get("access_token") {
        let claims =
            call.world.issued.verify(&KEYS.map(|(key, _)| key), token, now).map_err(|refusal| TokenError::bad_token(refusal.reason()))?;
        let text = |pointer: &str| claims.pointer(pointer).and_then(Value::as_str);
        return Ok(Caller {
            iam_id: text("/iam_id").unwrap_or_default().to_owned(),
            account_id: text("/account/bss").unwrap_or_default().to_owned(),
            authn: claims.get("authn").cloned().unwrap_or(Value::Null),
        });
    }
    if let Some(token) = form.get("refresh_token") {
        let account = call.world.account();
        let record = account
            .refresh_tokens
            .get(token)
            .filter(|record| now < record.expires)
            .ok_or_else(|| TokenError::bad_token("the refresh token is not known"))?;
        return Ok(Caller {
            iam_id: record.subject.iam_id.clone(),
            account_id: record.subject.account_id.clone(),
            authn: issue::subject_authn(&record.subject),
        });
    }
    match form.get("cookie") {
        Some(_) => Err(TokenError::bad("BXNIM0139E", "The cookie belongs to another client")),
        None => Err(TokenError::missing("access_token")),
    }
}

/// By id or CRN, of the caller's account; or by name together with the account.
fn profile<'a>(form: &Form, account: &'a AccountState, caller: &Caller) -> Result<&'a ProfileRecord, TokenError> {
    let ineligible = |wanted: &str| TokenError::not_eligible(&caller.iam_id, wanted);
    if let Some(name) = form.get("profile_name")
        && form.get("profile_id").is_none()
        && form.get("profile_crn").is_none()
    {
        let account_id = form.required("account")?;
        return account.profile_by_name(name, account_id).ok_or_else(|| ineligible(name));
    }
    let (found, wanted) = match (form.get("profile_id"), form.get("profile_crn")) {
        (Some(id), _) => (account.profile(id), id),
        (None, Some(crn)) => (account.profile_by_crn(crn), crn),
        (None, None) => {
            return Err(TokenError::missing("profile_id, profile_crn or profile_name"));
        }
    };
    found.filter(|record| record.profile.account_id == caller.account_id).ok_or_else(|| ineligible(wanted))
}
