//! The IAM Identity API, where it does more than keep what it is given. Profiles, their rules, links
//! and identities are those of the simulated account, which the token service looks at; so are the
//! secrets of API keys.

mod api_keys;
mod profiles;
mod service_ids;

use super::store::{Record, Resources};
use super::{create, fresh, item, parents, respond, shape, single};
use crate::api::{Call, EXAMPLE, Outcome, Refusal, check_precondition};
use crate::iam;
use crate::spec::Api;

pub(super) fn answer(call: &Call<'_>, resources: &mut Resources) -> Option<Outcome> {
    if call.operation.path.starts_with("/v1/profiles") {
        profiles::example(call);
        return Some(Ok(iam::manage_profiles(call.world, call.request, call.circumstances)));
    }
    if call.operation.path.starts_with("/v1/apikeys") || call.operation.path.starts_with("/v1/serviceids") {
        service_ids::adopt(call, resources);
        api_keys::adopt(call, resources);
    }
    Some(match call.operation.id.as_str() {
        "create_api_key" => api_keys::create(call, resources),
        "update_api_key" => api_keys::update(call, resources),
        "delete_api_key" => api_keys::delete(call, resources),
        "get_api_keys_details" => api_keys::details(call, resources),
        "disable_api_key" | "enable_api_key" | "lock_api_key" | "unlock_api_key" => api_keys::mark(call, resources),
        "create_service_id" => service_ids::create(call, resources),
        "update_service_id" => service_ids::update(call, resources),
        "delete_service_id" => service_ids::delete(call, resources),
        "lock_service_id" | "unlock_service_id" => service_ids::mark(call, resources),
        "commit_profile_template" | "commit_account_settings_template" => commit(call, resources),
        _ => return None,
    })
}

/// A version that is committed says so. Templates of three interfaces have this.
pub(super) fn commit(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    parents::ensure(call, resources)?;
    let versions = call.address(shape::segments(call.operation).len().saturating_sub(2));
    let version = resources.get_mut(call.api, &versions, call.id()).ok_or_else(|| Refusal::not_found(call.id()))?;
    check_precondition(call, &version.tag)?;
    version.set("committed", true);
    version.touch();
    single::act(call)
}
