//! Service IDs, API keys, profiles, and clusters: the token service looks at the same ones.

use serde_json::{Value, json};
use simulator::ServiceAccountToken;

use crate::setting::Setting;
use crate::wire::token;

const API_KEY: (&str, &str) = ("grant_type", "urn:ibm:params:oauth:grant-type:apikey");

#[test]
fn an_api_key_opens_the_token_service_until_it_is_disabled() {
    let setting = Setting::start();
    let account = setting.simulator.account_id();
    let service = setting.make("POST", "iam-identity", "/v1/serviceids/", &json!({"account_id": account, "name": "worker"}));
    let wanted = json!({"name": "key", "iam_id": service["iam_id"]});
    let key = setting.make("POST", "iam-identity", "/v1/apikeys", &wanted);
    let value = key["apikey"].as_str().unwrap().to_owned();
    let exchange = || token(&setting.simulator, &[API_KEY, ("apikey", &value)]);
    assert_eq!(exchange().status, 200);
    let path = format!("/v1/apikeys/{}", key["id"].as_str().unwrap());
    assert_eq!(setting.get("iam-identity", &path).json()["apikey"], "");
    assert_eq!(setting.send("POST", "iam-identity", &format!("{path}/disable"), &[], &Value::Null).status, 204);
    assert_eq!(exchange().code(), "BXNIM0420E");
    assert_eq!(setting.get("iam-identity", &path).json()["disabled"], true);
    assert_eq!(setting.delete("iam-identity", &format!("{path}/disable")).status, 204);
    assert_eq!(exchange().status, 200);
    // Locked, it cannot be deleted; it still works.
    assert_eq!(setting.send("POST", "iam-identity", &format!("{path}/lock"), &[], &Value::Null).status, 204);
    assert_eq!(setting.delete("iam-identity", &path).status, 409);
    assert_eq!(exchange().status, 200);
    assert_eq!(setting.delete("iam-identity", &format!("{path}/lock")).status, 204);
    let details = setting.send("GET", "iam-identity", "/v1/apikeys/details", &[("IAM-ApiKey", &value)], &Value::Null).json();
    assert_eq!(details["id"], key["id"]);
    // A service ID takes its keys along.
    assert_eq!(setting.delete("iam-identity", &format!("/v1/serviceids/{}", service["id"].as_str().unwrap())).status, 204);
    assert_eq!(setting.get("iam-identity", &path).status, 404);
    assert_eq!(exchange().code(), "BXNIM0415E");
}

#[test]
fn updates_take_the_tag_of_the_last_write() {
    let setting = Setting::start();
    let account = setting.simulator.account_id();
    let service = setting.make("POST", "iam-identity", "/v1/serviceids/", &json!({"account_id": account, "name": "worker"}));
    let path = format!("/v1/serviceids/{}", service["id"].as_str().unwrap());
    let body = json!({"description": "d"});
    assert_eq!(setting.send("PUT", "iam-identity", &path, &[], &body).status, 400);
    let tag = service["entity_tag"].as_str().unwrap();
    let updated = setting.send("PUT", "iam-identity", &path, &[("If-Match", tag)], &body);
    assert_eq!((updated.status, &updated.json()["description"], &updated.json()["name"]), (200, &json!("d"), &json!("worker")));
    assert_eq!(updated.header("etag"), updated.json()["entity_tag"].as_str());
    let stale = setting.send("PUT", "iam-identity", &path, &[("If-Match", tag)], &body);
    assert_eq!((stale.status, &stale.json()["status_code"]), (409, &json!("409")));
    assert_eq!(setting.send("PUT", "iam-identity", &path, &[("If-Match", "*")], &body).status, 200);
}

#[test]
fn a_pod_may_use_a_profile_by_a_rule_and_by_a_link() {
    let setting = Setting::start();
    let account = setting.simulator.account_id();
    let cluster = setting.simulator.seed().unwrap().cluster;
    let listed = setting.get("containers", "/v1/clusters").json();
    assert_eq!((&listed[0]["id"], &listed[0]["crn"]), (&json!(cluster.id), &json!(cluster.crn)));
    assert_eq!(setting.get("containers", &format!("/v1/clusters/{}", cluster.name)).json()["id"], json!(cluster.id));
    assert_eq!(setting.get("containers", "/v1/clusters/none").status, 404);
    let profile = setting.make("POST", "iam-identity", "/v1/profiles", &json!({"name": "pods", "account_id": account}));
    let path = format!("/v1/profiles/{}", profile["id"].as_str().unwrap());
    let pod = ServiceAccountToken { cluster_id: cluster.id, namespace: "prod".to_owned(), ..ServiceAccountToken::default() };
    let cr_token = setting.simulator.mint_service_account_token(&pod).unwrap();
    let exchange = || {
        let grant = ("grant_type", "urn:ibm:params:oauth:grant-type:cr-token");
        token(&setting.simulator, &[grant, ("cr_token", &cr_token), ("profile_name", "pods")]).status
    };
    assert_eq!(exchange(), 400);
    let rule = json!({
        "type": "Profile-CR",
        "cr_type": "ROKS_SA",
        "expiration": 3600,
        "conditions": [{"claim": "namespace", "operator": "EQUALS", "value": "\"prod\""}],
    });
    let rule = setting.make("POST", "iam-identity", &format!("{path}/rules"), &rule);
    assert_eq!(exchange(), 200);
    assert_eq!(setting.delete("iam-identity", &format!("{path}/rules/{}", rule["id"].as_str().unwrap())).status, 204);
    assert_eq!(exchange(), 400);
    let link = json!({"cr_type": "ROKS_SA", "link": {"crn": cluster.crn, "namespace": "prod", "name": "default"}});
    setting.make("POST", "iam-identity", &format!("{path}/links"), &link);
    assert_eq!(exchange(), 200);
    assert_eq!(setting.delete("iam-identity", &path).status, 204);
    assert_eq!(exchange(), 400);
}

#[test]
fn who_may_assume_a_profile_can_be_set_at_once() {
    let setting = Setting::start();
    let profile = setting.simulator.seed().unwrap().instance_profile;
    let path = format!("/v1/profiles/{}/identities", profile.id);
    let body = json!({"identities": [{"identifier": "ServiceId-1", "type": "serviceid", "iam_id": "iam-ServiceId-1"}]});
    assert_eq!(setting.send("PUT", "iam-identity", &path, &[], &body).status, 400);
    let set = setting.send("PUT", "iam-identity", &path, &[("If-Match", "*")], &body);
    assert_eq!((set.status, &set.json()["identities"][0]["iam_id"]), (200, &json!("iam-ServiceId-1")));
    assert_eq!(setting.get("iam-identity", &format!("{path}/serviceid/ServiceId-1")).status, 200);
    assert_eq!(setting.get("iam-identity", &format!("{path}/serviceid/ServiceId-2")).status, 404);
    assert_eq!(setting.get("iam-identity", &format!("{path}/robot/ServiceId-1")).status, 400);
}

#[test]
fn templates_have_versions_that_are_committed() {
    let setting = Setting::start();
    let account = setting.simulator.account_id();
    let template = setting.make("POST", "iam-identity", "/v1/profile_templates", &json!({"account_id": account, "name": "t"}));
    let path = format!("/v1/profile_templates/{}", template["id"].as_str().unwrap());
    let versions = format!("{path}/versions");
    assert_eq!(setting.get("iam-identity", &format!("{versions}/1")).status, 200);
    setting.make("POST", "iam-identity", &versions, &json!({"name": "t2"}));
    assert_eq!(setting.get("iam-identity", &format!("{versions}/2")).json()["name"], "t2");
    assert_eq!(setting.send("POST", "iam-identity", &format!("{versions}/2/commit"), &[], &Value::Null).status, 204);
    assert_eq!(setting.get("iam-identity", &format!("{versions}/2")).json()["committed"], true);
    assert_eq!(setting.get("iam-identity", &versions).json()["profile_templates"].as_array().unwrap().len(), 2);
    assert_eq!(setting.get("iam-identity", &format!("{versions}/3")).status, 404);
}
