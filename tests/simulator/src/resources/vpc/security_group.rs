//! Security groups and their rules.

use serde_json::{Value, json};

use super::super::store::Resources;
use super::{create, prepare, respond};
use crate::api::{Call, Outcome};
use crate::spec::Api;

/// It begins with the rules of the body, and without targets.
pub(super) fn create(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    prepare(call, resources)?;
    let group = create::create(call, resources)?;
    let rules = format!("/security_groups/{}/rules", group.id);
    for rule in group.value.get("rules").and_then(Value::as_array).cloned().unwrap_or_default() {
        let id = rule.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        resources.put(Api::Vpc, &rules, &id, rule);
    }
    Ok(respond::with(call, &group))
}

/// The group shows its rules.
pub(super) fn change_rules(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    let answer = super::super::usual(call, resources)?;
    let (id, rules) = (call.argument("security_group_id"), call.collection());
    let shown: Vec<Value> = resources.list(Api::Vpc, &rules).iter().map(|rule| rule.value.clone()).collect();
    if let Some(group) = resources.get_mut(Api::Vpc, "/security_groups", id) {
        group.set("rules", json!(shown));
        group.touch();
    }
    Ok(answer)
}
