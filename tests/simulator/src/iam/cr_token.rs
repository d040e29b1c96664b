//! The grant `cr-token`: a compute resource's token for a trusted profile's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::error::TokenError;
use super::form::Form;
use super::issue::{self, Grant, Terms};
use super::success::{self, Refresh};
use super::{Call, Outcome};
use crate::account::resource::ComputeResource;
use crate::account::{AccountState, ProfileRecord};
use crate::metadata;
use crate::tokens::jwt;
use crate::tokens::keys::KeyUse;

/// IAM takes no service-account token that lives longer.
const LONGEST_LIFE: i64 = 3600;

pub(crate) fn grant(call: &Call<'_>, form: &Form, client_id: &str) -> Outcome {
    let token = form.required("cr_token")?;
    let profiles = ["profile_id", "profile_name", "profile_crn"];
    if profiles.iter().all(|name| form.get(name).is_none()) {
        return Err(TokenError::missing("profile_id, profile_name or profile_crn"));
    }
    let resource = verify(call, token)?;
    let (subject, terms) = {
        let account = call.world.account();
        let record = profile(form, &account, &resource)?;
        if !resource.may_use(record) {
            return Err(TokenError::not_eligible(&resource.identifier, &record.profile.iam_id));
        }
        (issue::profile_subject(&record.profile), Terms::of(&account))
    };
    let grant = Grant {
        authn: issue::compute_resource_authn(&resource),
        subject,
        grant_type: issue::CR_TOKEN,
        client_id,
        scope: form.get("scope").unwrap_or(issue::DEFAULT_SCOPE),
    };
    success::ok(&success::respond(call, &grant, &terms, Refresh::NotSupported)?)
}

/// The profile by CRN, id or name; names are those of the compute resource's account. IBM's own
/// cores let id and name through together, and then the id counts.
fn profile<'a>(form: &Form, account: &'a AccountState, resource: &ComputeResource) -> Result<&'a ProfileRecord, TokenError> {
    let found = if let Some(id) = form.get("profile_id") {
        account.profile(id).ok_or(id)
    } else if let Some(crn) = form.get("profile_crn") {
        if !crn.starts_with("crn:v1:") || !crn.contains(":profile:") {
            return Err(TokenError::bad("BXNIM0113E", "The CRN of the trusted profile is not valid"));
        }
        account.profile_by_crn(crn).ok_or(crn)
    } else {
        let name = form.get("profile_name").unwrap_or_default();
        account.profile_by_name(name, &resource.account_id).ok_or(name)
    };
    found.map_err(|wanted| TokenError::not_eligible(&resource.identifier, wanted))
}

/// A cluster's service-account token, a Code Engine token, or an instance's identity token.
fn verify(call: &Call<'_>, token: &str) -> Result<ComputeResource, TokenError> {
    let issuer = unverified_issuer(token);
    let cluster = issuer.as_deref().and_then(|issuer| {
        let account = call.world.account();
        account.clusters.iter().find(|cluster| cluster.issuer == issuer).cloned()
    });
    let now = call.circumstances.now;
    let Some(cluster) = cluster else {
        return metadata::verify_identity_token(call.world, token, now)
            .map(|instance| instance.resource())
            .map_err(|refusal| TokenError::bad_token(refusal.reason()));
    };
    let key = KeyUse::Cluster(cluster.number).key().map_err(|error| TokenError::internal(&error))?;
    let claims = jwt::verify(key, token, now.unix()).map_err(|refusal| TokenError::bad_token(refusal.reason()))?;
    let seconds = |name: &str| claims.get(name).and_then(Value::as_i64).unwrap_or(0);
    if seconds("exp") - seconds("iat") > LONGEST_LIFE {
        return Err(TokenError::bad_token("the token's lifetime is longer than one hour"));
    }
    let wanted = call.world.account().wanted_audience.clone();
    if wanted.is_some_and(|wanted| !is_for(&claims, &wanted)) {
        return Err(TokenError::bad_token("the token was made for another audience"));
    }
    if jwt::key_id(token) != Some(format!("{}-key", cluster.id)) {
        return Err(TokenError::bad_token("the token names an unknown key"));
    }
    Ok(cluster.resource(&claims))
}

fn is_for(claims: &Value, audience: &str) -> bool {
    claims.get("aud").and_then(Value::as_array).is_some_and(|given| given.iter().any(|given| given == audience))
}

/// Only to find the key that must verify the token.
fn unverified_issuer(token: &str) -> Option<String> {
    let claims = token.split('.').nth(1)?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    Some(claims.get("iss")?.as_str()?.to_owned())
}
