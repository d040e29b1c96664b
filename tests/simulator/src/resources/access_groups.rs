//! The IAM Access Groups API: who is a member of what.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::store::Resources;
use super::{dress, item, list, parents};
use crate::api::{Call, EXAMPLE, Kind, Outcome, Refusal, done};
use crate::exchange::Answer;
use crate::spec::{Api, template};

const GROUPS: &str = "/v2/groups";

pub(super) fn answer(call: &Call<'_>, resources: &mut Resources) -> Option<Outcome> {
    Some(match call.operation.id.as_str() {
        "list_access_groups" => groups(call, resources),
        "delete_access_group" => delete(call, resources),
        "add_members_to_access_group" => add(call, resources),
        "remove_members_from_access_group" => remove(call, resources),
        "is_member_of_access_group" => is_member(call, resources),
        "add_member_to_multiple_access_groups" => add_to_several(call, resources),
        "remove_member_from_all_access_groups" => remove_from_all(call, resources),
        "commit_template" => super::identity::commit(call, resources),
        _ => return None,
    })
}

fn members(group: &str) -> String {
    format!("{GROUPS}/{group}/members")
}

/// All groups, or those of one identity.
fn groups(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    parents::ensure(call, resources)?;
    let mut records = resources.list(Api::AccessGroups, GROUPS).to_vec();
    if let Some(iam_id) = call.query("iam_id") {
        records.retain(|group| resources.get(Api::AccessGroups, &members(&group.id), iam_id).is_some());
    }
    if let Some(part) = call.query("search") {
        records.retain(|group| ["/name", "/description"].iter().any(|pointer| group.text(pointer).is_some_and(|text| text.contains(part))));
    }
    list::of(call, records)
}

/// One that has members goes by force only.
fn delete(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    parents::ensure(call, resources)?;
    let group = item::found(call, resources)?;
    let is_empty = resources.list(Api::AccessGroups, &members(&group.id)).is_empty();
    if !is_empty && call.query("force") != Some("true") {
        return Err(Refusal::new(Kind::InUse, &format!("{} has members; force=true deletes it all the same", group.id)));
    }
    item::delete(call, resources)
}

fn enrol(call: &Call<'_>, resources: &mut Resources, group: &str, iam_id: &str, kind: &str) {
    let path = "/v2/groups/{access_group_id}/members";
    let address = members(group);
    let mut value = parents::example(call, &template(path), &address, iam_id);
    dress::dress(call, &dress::Address { collection: &address, id: iam_id, named: Some("iam_id") }, &mut value);
    if let Some(fields) = value.as_object_mut() {
        for (name, text) in [("iam_id", iam_id), ("type", kind), ("membership_type", "static")] {
            fields.insert(name.to_owned(), json!(text));
        }
    }
    resources.put(Api::AccessGroups, &address, iam_id, value);
}

fn several(body: &Value) -> Answer {
    Answer::json(StatusCode::MULTI_STATUS, body)
}

fn add(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    parents::ensure(call, resources)?;
    let group = call.argument("access_group_id").to_owned();
    let mut shown = Vec::new();
    for member in call.body.get("members").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| member.get(name).and_then(Value::as_str).unwrap_or_default();
        let (iam_id, kind) = (text("iam_id"), text("type"));
        enrol(call, resources, &group, iam_id, kind);
        shown.push(json!({
            "iam_id": iam_id,
            "type": kind,
            "created_at": call.now().rfc3339(),
            "created_by_id": call.caller,
            "status_code": 200,
        }));
    }
    Ok(several(&json!({ "members": shown })))
}

fn remove(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    parents::ensure(call, resources)?;
    let group = call.argument("access_group_id").to_owned();
    let mut shown = Vec::new();
    for iam_id in call.body.get("members").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        let found = resources.remove(Api::AccessGroups, &members(&group), iam_id).is_some();
        shown.push(json!({"iam_id": iam_id, "trace": call.circumstances.request_id, "status_code": if found { 204 } else { 404 }}));
    }
    Ok(several(&json!({"access_group_id": group, "members": shown})))
}

fn is_member(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    parents::ensure(call, resources)?;
    if call.id() == EXAMPLE {
        item::example(call, resources);
    }
    item::found(call, resources).map(|_| done(204))
}

fn add_to_several(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    let (iam_id, kind) = (call.argument("iam_id").to_owned(), call.text("/type").unwrap_or("user").to_owned());
    let mut shown = Vec::new();
    for group in call.body.get("groups").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        let known = resources.get(Api::AccessGroups, GROUPS, group).is_some();
        if known {
            enrol(call, resources, group, &iam_id, &kind);
        }
        let trace = &call.circumstances.request_id;
        shown.push(json!({"access_group_id": group, "status_code": if known { 200 } else { 404 }, "trace": trace}));
    }
    Ok(several(&json!({"iam_id": iam_id, "groups": shown})))
}

fn remove_from_all(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    let iam_id = call.argument("iam_id").to_owned();
    let groups: Vec<String> = resources.list(Api::AccessGroups, GROUPS).iter().map(|group| group.id.clone()).collect();
    let mut shown = Vec::new();
    for group in groups {
        if resources.remove(Api::AccessGroups, &members(&group), &iam_id).is_some() {
            shown.push(json!({"access_group_id": group, "status_code": 204, "trace": call.circumstances.request_id}));
        }
    }
    if shown.is_empty() && iam_id != EXAMPLE {
        return Err(Refusal::not_found(&format!("a membership of {iam_id}")));
    }
    Ok(several(&json!({"iam_id": iam_id, "groups": shown})))
}
