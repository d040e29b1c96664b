//! IAM access tokens.

use serde_json::{Value, json};

use crate::account::resource::ComputeResource;
use crate::account::{AccountState, Profile, Subject};
use crate::identifiers;
use crate::tokens::issued::TokenGroup;
use crate::tokens::keys::KeyUse;
use crate::world::World;

pub(crate) const ISSUER: &str = "https://iam.cloud.ibm.com/identity";
pub(crate) const DEFAULT_SCOPE: &str = "ibm openid";
pub(crate) const API_KEY: &str = "urn:ibm:params:oauth:grant-type:apikey";
pub(crate) const CR_TOKEN: &str = "urn:ibm:params:oauth:grant-type:cr-token";
pub(crate) const ASSUME: &str = "urn:ibm:params:oauth:grant-type:assume";

/// What the account's settings say about tokens.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) lifetime: i64,
    key_rotated: bool,
}

impl Terms {
    pub(crate) fn of(account: &AccountState) -> Self {
        Self { lifetime: account.iam_token_lifetime, key_rotated: account.iam_key_rotated }
    }
}

/// What a token says besides its times.
pub(crate) struct Grant<'a> {
    pub(crate) subject: Subject,
    pub(crate) authn: Value,
    pub(crate) grant_type: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) scope: &'a str,
}

/// The keys IAM signs with, and their ids.
pub(crate) const KEYS: [(KeyUse, &str); 2] = [(KeyUse::Iam, "sim-iam-1"), (KeyUse::IamNext, "sim-iam-2")];

pub(crate) fn sign(world: &World, grant: &Grant<'_>, terms: &Terms, issued: i64, expires: i64, opaque: bool) -> Result<String, String> {
    let [current, next] = KEYS;
    let (key, key_id) = if terms.key_rotated { next } else { current };
    let claims = claims(grant, issued, expires);
    world.issued.issue(TokenGroup::Iam, key, key_id, &claims, opaque)
}

/// No `aud` and no `nbf`: IAM's tokens have neither.
fn claims(grant: &Grant<'_>, issued: i64, expires: i64) -> Value {
    let subject = &grant.subject;
    let identifier = subject.iam_id.strip_prefix("iam-").unwrap_or(&subject.iam_id);
    let by_key = grant.grant_type == API_KEY;
    json!({
        "iam_id": subject.iam_id,
        "id": subject.iam_id,
        "realmid": "iam",
        "jti": identifiers::uuid(),
        "identifier": identifier,
        "name": subject.name,
        "sub": identifier,
        "sub_type": subject.sub_type,
        "authn": grant.authn,
        "account": {"valid": true, "bss": subject.account_id, "frozen": true},
        "iat": issued,
        "exp": expires,
        "iss": ISSUER,
        "grant_type": grant.grant_type,
        "scope": grant.scope,
        "client_id": grant.client_id,
        "acr": if by_key { 1 } else { 0 },
        "amr": if by_key { json!(["pwd"]) } else { json!([]) },
    })
}

pub(crate) fn profile_subject(profile: &Profile) -> Subject {
    Subject { iam_id: profile.iam_id.clone(), name: profile.name.clone(), sub_type: "Profile", account_id: profile.account_id.clone() }
}

/// Who stands behind a profile's token: the compute resource.
pub(crate) fn compute_resource_authn(resource: &ComputeResource) -> Value {
    json!({
        "sub": resource.crn,
        "iam_id": format!("crn-{}", resource.crn),
        "sub_type": "ComputeResource",
        "name": resource.name,
    })
}

/// Who stands behind a token: an identity of IAM.
pub(crate) fn subject_authn(subject: &Subject) -> Value {
    let identifier = subject.iam_id.strip_prefix("iam-").unwrap_or(&subject.iam_id);
    json!({
        "sub": identifier,
        "iam_id": subject.iam_id,
        "sub_type": subject.sub_type,
        "name": subject.name,
    })
}
