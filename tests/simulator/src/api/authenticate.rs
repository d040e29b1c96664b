//! Who asks, and whether they may.

use serde_json::Value;

use super::refusal::{Kind, Refusal};
use crate::exchange::{Circumstances, Received};
use crate::iam::issue::KEYS;
use crate::spec::Api;
use crate::world::World;

/// The identity of a valid IAM access token of this account.
pub(super) fn caller(world: &World, request: &Received, circumstances: &Circumstances) -> Result<String, Refusal> {
    let token = request.bearer().ok_or_else(|| Refusal::new(Kind::NoToken, "No Authorization header with a Bearer token was given"))?;
    let refuse = |why: &str| Refusal::new(Kind::BadToken, why);
    let claims =
        world.issued.verify(&KEYS.map(|(key, _)| key), token, circumstances.now.unix()).map_err(|refusal| refuse(refusal.reason()))?;
    if claims.pointer("/account/bss").and_then(Value::as_str) != Some(world.account().account_id.as_str()) {
        return Err(refuse("the token is of another account"));
    }
    claims.get("iam_id").and_then(Value::as_str).map(str::to_owned).ok_or_else(|| refuse("the token names no identity"))
}

/// Everybody in the account may use VPC and clusters. Identities and access are for administrators:
/// keys that were made so, and whoever has a policy with the role Administrator.
pub(super) fn authorize(world: &World, api: Api, caller: &str) -> Result<(), Refusal> {
    if !matches!(api, Api::IamIdentity | Api::Policies | Api::AccessGroups) {
        return Ok(());
    }
    let by_key = world.account().api_keys.iter().any(|key| key.administrator && key.iam_id == caller);
    if by_key || crate::resources::is_administrator(world, caller) {
        return Ok(());
    }
    Err(Refusal::new(Kind::Forbidden, "You are not authorized to use this API"))
}
