//! The IAM Policy Management API, and what its policies allow: whoever has the role Administrator, by
//! itself or as a member of an access group, may use the interfaces of IAM.

use serde_json::Value;

use super::store::{Record, Resources};
use super::{identity, item, parents};
use crate::api::{Call, Outcome};
use crate::spec::Api;
use crate::world::World;

pub(super) fn answer(call: &Call<'_>, resources: &mut Resources) -> Option<Outcome> {
    Some(match call.operation.id.as_str() {
        "commit_policy_template" | "commit_role_template" | "commit_action_control_template" => identity::commit(call, resources),
        "replace_policy" | "replace_v2_policy" => replace(call, resources),
        _ => return None,
    })
}

/// A policy that is replaced keeps nothing that the new one does not have.
fn replace(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    parents::ensure(call, resources)?;
    let record = item::found(call, resources)?;
    crate::api::check_precondition(call, &record.tag)?;
    if let Some(fields) = resources.get_mut(Api::Policies, &call.collection(), call.id()).and_then(|record| record.value.as_object_mut()) {
        for name in ["description", "pattern", "rule", "subjects", "subject", "resources", "resource"] {
            if call.body.get(name).is_none() && !matches!(name, "subjects" | "resources") {
                fields.remove(name);
            }
        }
    }
    item::change(call, resources, false)
}

pub(crate) fn is_administrator(world: &World, iam_id: &str) -> bool {
    let resources = world.resources();
    let groups = resources.all(Api::AccessGroups).filter(|(path, record)| record.id == iam_id && path.ends_with("/members"));
    let groups = groups.filter_map(|(path, _)| path.split('/').nth(3).map(str::to_owned));
    let subjects: Vec<String> = groups.chain([iam_id.to_owned()]).collect();
    ["/v1/policies", "/v2/policies"].iter().any(|path| resources.list(Api::Policies, path).iter().any(|policy| grants(policy, &subjects)))
}

fn grants(policy: &Record, subjects: &[String]) -> bool {
    policy.text("/type") == Some("access")
        && policy.text("/state") != Some("deleted")
        && names_one_of(&policy.value, subjects)
        && roles(&policy.value).any(|role| role.ends_with(":Administrator"))
}

/// The first form has lists of subjects; the second has one.
fn names_one_of(policy: &Value, subjects: &[String]) -> bool {
    let lists = policy.get("subjects").and_then(Value::as_array).into_iter().flatten().chain(policy.get("subject"));
    let attributes = lists.filter_map(|subject| subject.get("attributes")?.as_array()).flatten();
    attributes.filter_map(|attribute| attribute.get("value")?.as_str()).any(|value| subjects.iter().any(|subject| subject == value))
}

fn roles(policy: &Value) -> impl Iterator<Item = &str> {
    let lists = [policy.get("roles"), policy.pointer("/control/grant/roles")];
    lists.into_iter().flatten().filter_map(Value::as_array).flatten().filter_map(|role| role.get("role_id")?.as_str())
}
