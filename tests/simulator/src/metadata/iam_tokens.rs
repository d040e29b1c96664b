//! IAM tokens for trusted profiles, from an identity token.

use hyper::StatusCode;
use serde_json::{Map, Value};

use super::error::MetadataError;
use super::identity_token::Times;
use super::{Call, Outcome, body};
use crate::account::{AccountState, ProfileRecord};
use crate::exchange::Answer;
use crate::iam::issue;

/// `POST /identity/v1/iam_tokens`
pub(crate) fn create(call: &Call<'_>) -> Outcome {
    let fields = body::object(call.request)?;
    let (subject, resource, terms) = {
        let account = call.world.account();
        let record = match fields {
            None => default_profile(call, &account)?,
            Some(fields) => named_profile(&fields, &account)?,
        };
        let resource = call.instance.resource();
        if !resource.may_use(record) {
            return Err(MetadataError::bad("profile_not_linked", "the trusted profile is not linked to this instance")
                .about("field", "trusted_profile"));
        }
        (issue::profile_subject(&record.profile), resource, issue::Terms::of(&account))
    };
    let times = Times::new(call, terms.lifetime);
    let token = issue::sign(
        call.world,
        &issue::Grant {
            authn: issue::compute_resource_authn(&resource),
            subject,
            grant_type: issue::CR_TOKEN,
            client_id: "default",
            scope: issue::DEFAULT_SCOPE,
        },
        &terms,
        times.created.unix(),
        times.expires.unix(),
        call.circumstances.issue.opaque,
    )
    .map_err(|error| MetadataError::internal(&error))?;
    Ok(Answer::json(StatusCode::OK, &times.response(&token)))
}

fn default_profile<'a>(call: &Call<'_>, account: &'a AccountState) -> Result<&'a ProfileRecord, MetadataError> {
    let default = call.instance.settings.default_trusted_profile.as_ref();
    let default = default.ok_or_else(|| {
        MetadataError::bad("missing_field", "the request names no trusted profile and the instance has no default one")
            .about("field", "trusted_profile.id")
    })?;
    account.profile(&default.id).ok_or_else(unknown_profile)
}

/// The profile by id, CRN or name; exactly one of them.
fn named_profile<'a>(fields: &Map<String, Value>, account: &'a AccountState) -> Result<&'a ProfileRecord, MetadataError> {
    body::only(fields, &["trusted_profile"])?;
    let missing = || MetadataError::bad("missing_field", "trusted_profile needs an id or a crn").about("field", "trusted_profile");
    let profile = fields.get("trusted_profile").ok_or_else(missing)?;
    let profile = profile
        .as_object()
        .ok_or_else(|| MetadataError::bad("invalid_value", "trusted_profile must be an object").about("field", "trusted_profile"))?;
    body::only(profile, &["id", "crn", "name"])?;
    let mut given = profile.iter();
    let (kind, value) = given.next().ok_or_else(missing)?;
    if given.next().is_some() {
        return Err(MetadataError::bad("invalid_value", "trusted_profile takes one of id, crn and name").about("field", "trusted_profile"));
    }
    let value = value.as_str().unwrap_or_default();
    let record = match kind.as_str() {
        "id" => account.profile(value),
        "crn" => account.profile_by_crn(value),
        _ => account.profile_by_name(value, &account.account_id),
    };
    record.ok_or_else(unknown_profile)
}

fn unknown_profile() -> MetadataError {
    MetadataError::bad("not_found", "the trusted profile does not exist").about("field", "trusted_profile")
}
