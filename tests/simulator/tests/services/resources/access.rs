//! Access groups, their members, and policies.

use serde_json::{Value, json};
use simulator::NewApiKey;

use crate::setting::Setting;
use crate::wire::{call, token};

fn group(setting: &Setting, name: &str) -> String {
    let path = format!("/v2/groups?account_id={}", setting.simulator.account_id());
    setting.make("POST", "iam-access-groups", &path, &json!({"name": name}))["id"].as_str().unwrap().to_owned()
}

#[test]
fn members_come_and_go() {
    let setting = Setting::start();
    let account = setting.simulator.account_id();
    let id = group(&setting, "team");
    let path = format!("/v2/groups/{id}");
    let members = format!("{path}/members");
    let body = json!({"members": [{"iam_id": "iam-Profile-1", "type": "profile"}, {"iam_id": "IBMid-1", "type": "user"}]});
    let added = setting.send("PUT", "iam-access-groups", &members, &[], &body);
    assert_eq!((added.status, &added.json()["members"][1]["status_code"]), (207, &json!(200)));
    assert_eq!(setting.send("HEAD", "iam-access-groups", &format!("{members}/IBMid-1"), &[], &Value::Null).status, 204);
    assert_eq!(setting.send("HEAD", "iam-access-groups", &format!("{members}/IBMid-2"), &[], &Value::Null).status, 404);
    assert_eq!(setting.get("iam-access-groups", &members).json()["total_count"], 2);
    let of_one = setting.get("iam-access-groups", &format!("/v2/groups?account_id={account}&iam_id=IBMid-1")).json();
    assert_eq!(of_one["groups"][0]["id"], id.as_str());
    assert_eq!(setting.delete("iam-access-groups", &path).status, 409);
    let gone = setting.send("POST", "iam-access-groups", &format!("{members}/delete"), &[], &json!({"members": ["IBMid-1", "IBMid-2"]}));
    assert_eq!((gone.status, &gone.json()["members"][1]["status_code"]), (207, &json!(404)));
    let all = setting.delete("iam-access-groups", &format!("/v2/groups/_allgroups/members/iam-Profile-1?account_id={account}"));
    assert_eq!((all.status, &all.json()["groups"][0]["access_group_id"]), (207, &json!(id)));
    assert_eq!(setting.delete("iam-access-groups", &path).status, 204);
}

#[test]
fn groups_are_changed_under_their_tag() {
    let setting = Setting::start();
    let id = group(&setting, "team");
    let path = format!("/v2/groups/{id}");
    let tag = setting.get("iam-access-groups", &path).header("etag").unwrap().to_owned();
    assert_eq!(setting.send("PATCH", "iam-access-groups", &path, &[], &json!({"name": "crew"})).status, 400);
    let changed = setting.send("PATCH", "iam-access-groups", &path, &[("If-Match", &tag)], &json!({"name": "crew"}));
    assert_eq!((changed.status, &changed.json()["name"]), (200, &json!("crew")));
    assert_eq!(setting.send("PATCH", "iam-access-groups", &path, &[("If-Match", &tag)], &json!({"name": "x"})).status, 409);
    let twice = format!("/v2/groups?account_id={}", setting.simulator.account_id());
    assert_eq!(setting.send("POST", "iam-access-groups", &twice, &[], &json!({"name": "crew"})).status, 409);
}

fn policy(group: &str, role: &str) -> Value {
    json!({
        "type": "access",
        "subject": {"attributes": [{"key": "access_group_id", "operator": "stringEquals", "value": group}]},
        "control": {"grant": {"roles": [{"role_id": format!("crn:v1:bluemix:public:iam::::role:{role}")}]}},
        "resource": {"attributes": [{"key": "serviceType", "operator": "stringEquals", "value": "service"}]},
    })
}

#[test]
fn a_policy_makes_an_administrator_of_a_groups_member() {
    let setting = Setting::start();
    let account = setting.simulator.account_id();
    let key = setting.simulator.create_api_key(NewApiKey::default());
    let reply = token(&setting.simulator, &[("grant_type", "urn:ibm:params:oauth:grant-type:apikey"), ("apikey", &key.value)]);
    let ordinary = reply.json()["access_token"].as_str().unwrap().to_owned();
    let list = format!("{}/v1/profiles?account_id={account}", setting.simulator.iam_url());
    let may = || call("GET", list.as_str()).bearer(&ordinary).send().status;
    assert_eq!(may(), 403);
    let id = group(&setting, "admins");
    setting.make(
        "PUT",
        "iam-access-groups",
        &format!("/v2/groups/{id}/members"),
        &json!({"members": [{"iam_id": key.iam_id, "type": "service"}]}),
    );
    let viewer = setting.make("POST", "iam-policy-management", "/v2/policies", &policy(&id, "Viewer"));
    assert_eq!(may(), 403);
    let path = format!("/v2/policies/{}", viewer["id"].as_str().unwrap());
    let tag = setting.get("iam-policy-management", &path).header("etag").unwrap().to_owned();
    assert_eq!(setting.send("PUT", "iam-policy-management", &path, &[], &policy(&id, "Administrator")).status, 400);
    let replaced = setting.send("PUT", "iam-policy-management", &path, &[("If-Match", &tag)], &policy(&id, "Administrator"));
    assert_eq!(replaced.status, 200, "{}", replaced.text());
    assert_eq!(may(), 200);
    let stale = setting.send("PUT", "iam-policy-management", &path, &[("If-Match", &tag)], &policy(&id, "Viewer"));
    assert_eq!((stale.status, stale.code().as_str()), (409, "policy_conflict_error"));
    assert_eq!(setting.delete("iam-policy-management", &path).status, 204);
    assert_eq!(may(), 403);
    assert_eq!(setting.get("iam-policy-management", &path).code(), "policy_not_found");
}
