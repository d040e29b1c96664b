//! Instance identity tokens: creating and verifying them.

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::error::MetadataError;
use super::{Call, Outcome, body};
use crate::account::Instance;
use crate::clock::Moment;
use crate::exchange::Answer;
use crate::identifiers;
use crate::tokens::issued::TokenGroup;
use crate::tokens::jwt::Refusal;
use crate::tokens::keys::KeyUse;
use crate::world::World;

/// `PUT /identity/v1/token`
pub(crate) fn create(call: &Call<'_>) -> Outcome {
    if call.request.header("metadata-flavor") != Some("ibm") {
        return Err(MetadataError::bad("missing_value", "the header Metadata-Flavor with the value ibm is required")
            .about("header", "Metadata-Flavor"));
    }
    let fields = body::object(call.request)?.unwrap_or_default();
    body::only(&fields, &["expires_in", "nonce"])?;
    let expires_in = body::expires_in(&fields, 5, 3600, 300)?;
    let nonce = nonce(&fields)?;
    let times = Times::new(call, expires_in);
    let claims = claims(&call.instance, &times, nonce.as_deref());
    let token = call
        .world
        .issued
        .issue(
            TokenGroup::Identity,
            KeyUse::Identity,
            &format!("{}_{}", issuer(&call.instance), "b9"),
            &claims,
            call.circumstances.issue.opaque,
        )
        .map_err(|error| MetadataError::internal(&error))?;
    let mut answer = times.response(&token);
    if let (Some(nonce), Some(fields)) = (nonce, answer.as_object_mut()) {
        fields.insert("nonce".to_owned(), Value::String(nonce));
    }
    Ok(Answer::json(StatusCode::OK, &answer))
}

fn nonce(fields: &Map<String, Value>) -> Result<Option<String>, MetadataError> {
    match fields.get("nonce") {
        None => Ok(None),
        Some(Value::String(nonce)) => Ok(Some(nonce.clone())),
        Some(_) => Err(MetadataError::bad("invalid_value", "nonce must be a string").about("field", "nonce")),
    }
}

/// When a token begins and ends.
pub(crate) struct Times {
    pub(crate) created: Moment,
    pub(crate) expires: Moment,
    pub(crate) expires_in: i64,
}

impl Times {
    pub(crate) fn new(call: &Call<'_>, expires_in: i64) -> Self {
        let now = call.circumstances.now;
        if call.circumstances.issue.expired {
            let expires = now.plus_seconds(-1);
            return Self { created: expires.plus_seconds(-expires_in), expires, expires_in: 0 };
        }
        Self { created: now, expires: now.plus_seconds(expires_in), expires_in }
    }

    /// The shape that identity tokens and IAM tokens share.
    pub(crate) fn response(&self, token: &str) -> Value {
        json!({
            "access_token": token,
            "created_at": self.created.rfc3339(),
            "expires_at": self.expires.rfc3339(),
            "expires_in": self.expires_in,
        })
    }
}

fn issuer(instance: &Instance) -> String {
    format!("{}-CR_{}", instance.settings.kind.cr_type(), instance.region())
}

fn claims(instance: &Instance, times: &Times, nonce: Option<&str>) -> Value {
    let issuer = issuer(instance);
    let mut claims = json!({
        "iss": issuer,
        "aud": [issuer, format!("{}_{}", identifiers::uuid(), times.created.unix())],
        "iat": times.created.unix(),
        "exp": times.expires.unix(),
        "jti": identifiers::uuid(),
        "iaas": {
            "crn": instance.crn,
            "accountID": instance.account_id,
            "instanceID": instance.id,
            "zone": instance.settings.zone,
            "region": instance.region(),
            "profile_name": "cx2-2x4",
            "resource_group_id": instance.resource_group_id,
        },
        "ip_addresses": [{"address": "10.240.0.4"}],
        "subnets": [instance.subnet()],
        "vpc": instance.vpc(),
    });
    if let (Some(nonce), Some(claims)) = (nonce, claims.as_object_mut()) {
        claims.insert("nonce".to_owned(), Value::String(nonce.to_owned()));
    }
    claims
}

/// The instance a valid identity token speaks for.
pub(crate) fn verify(world: &World, token: &str, now: Moment) -> Result<Instance, Refusal> {
    let claims = world.issued.verify(&[KeyUse::Identity], token, now.unix())?;
    let id = claims.pointer("/iaas/instanceID").and_then(Value::as_str).ok_or(Refusal::Malformed)?;
    let account = world.account();
    account.instance(id).cloned().ok_or(Refusal::Unsuitable("the token names no instance of this account"))
}
