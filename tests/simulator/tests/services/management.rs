//! Managing trusted profiles, as the walk-through for pods does it.

use crate::wire::{Reply, call, token};
use serde_json::{Value, json};
use simulator::{Config, NewApiKey, ServiceAccountToken, Simulator};

const API_KEY: (&str, &str) = ("grant_type", "urn:ibm:params:oauth:grant-type:apikey");

struct Api {
    simulator: Simulator,
    token: String,
}

impl Api {
    fn start() -> Self {
        let simulator = Simulator::start_blocking(Config::seeded()).unwrap();
        let key = simulator.seed().unwrap().api_key.value;
        let reply = token(&simulator, &[API_KEY, ("apikey", &key)]);
        let token = reply.json()["access_token"].as_str().unwrap().to_owned();
        Self { simulator, token }
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        let mut call =
            call(method, format!("{}{path}", self.simulator.iam_url())).bearer(&self.token).header("Content-Type", "application/json");
        for (name, value) in headers {
            call = call.header(name, value);
        }
        if !body.is_null() {
            call = call.body(body.to_string());
        }
        call.send()
    }

    fn create(&self, name: &str) -> Value {
        let body = json!({"name": name, "account_id": self.simulator.account_id()});
        let reply = self.send("POST", "/v1/profiles", &[], &body);
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }
}

#[test]
fn the_walk_through() {
    let api = Api::start();
    let profile = api.create("walk");
    let id = profile["id"].as_str().unwrap();
    assert_eq!(profile["iam_id"], format!("iam-{id}"));
    let cluster = api.simulator.seed().unwrap().cluster;
    let link = json!({
        "name": "link",
        "cr_type": "ROKS_SA",
        "link": {"crn": cluster.crn, "namespace": "ns", "name": "app"},
    });
    let reply = api.send("POST", &format!("/v1/profiles/{id}/links"), &[], &link);
    assert_eq!(reply.status, 201, "{}", reply.text());
    let cr_token = api
        .simulator
        .mint_service_account_token(&ServiceAccountToken {
            cluster_id: cluster.id,
            namespace: "ns".to_owned(),
            service_account: "app".to_owned(),
            ..ServiceAccountToken::default()
        })
        .unwrap();
    let fields = [("grant_type", "urn:ibm:params:oauth:grant-type:cr-token"), ("cr_token", cr_token.as_str()), ("profile_name", "walk")];
    assert_eq!(token(&api.simulator, &fields).status, 200);
    // Without the link it ends.
    let link_id = reply.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/profiles/{id}/links/{link_id}");
    assert_eq!(api.send("DELETE", &path, &[], &Value::Null).status, 204);
    assert_eq!(token(&api.simulator, &fields).code(), "BXNIM0398E");
    assert_eq!(api.send("GET", &path, &[], &Value::Null).status, 404);
}

#[test]
fn updates_need_the_entity_tag() {
    let api = Api::start();
    let profile = api.create("p");
    let path = format!("/v1/profiles/{}", profile["id"].as_str().unwrap());
    let read = api.send("GET", &path, &[], &Value::Null);
    let tag = read.header("etag").unwrap().to_owned();
    assert_eq!(profile["entity_tag"], tag.as_str());
    let body = json!({"description": "d"});
    assert_eq!(api.send("PUT", &path, &[], &body).status, 400);
    let updated = api.send("PUT", &path, &[("If-Match", &tag)], &body);
    assert_eq!(updated.status, 200);
    assert_eq!(updated.json()["description"], "d");
    assert_ne!(updated.json()["entity_tag"], tag.as_str());
    let stale = api.send("PUT", &path, &[("If-Match", &tag)], &body);
    assert_eq!(stale.status, 409);
    // In this API the status is a string.
    assert_eq!(stale.json()["status_code"], "409");
    assert!(stale.json()["errors"][0]["message_code"].is_string());
    let cleared = api.send("PUT", &path, &[("If-Match", "*")], &json!({"description": ""}));
    assert_eq!(cleared.json().get("description"), None);
    assert_eq!(cleared.json()["name"], "p");
    assert_eq!(api.send("DELETE", &path, &[], &Value::Null).status, 204);
    assert_eq!(api.send("GET", &path, &[], &Value::Null).status, 404);
}

#[test]
fn lists_come_in_pages() {
    let api = Api::start();
    for number in 0..5 {
        api.create(&format!("p{number}"));
    }
    let account = api.simulator.account_id();
    let mut path = format!("/v1/profiles/?account_id={account}&pagesize=3");
    let mut names = Vec::new();
    loop {
        let page = api.send("GET", &path, &[], &Value::Null).json();
        for profile in page["profiles"].as_array().unwrap() {
            names.push(profile["name"].as_str().unwrap().to_owned());
        }
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = next.replace(&api.simulator.iam_url(), "");
    }
    // The seed has two.
    assert_eq!(names.len(), 7);
    let path = format!("/v1/profiles?account_id={account}&name=p3");
    let found = api.send("GET", &path, &[], &Value::Null).json();
    assert_eq!(found["profiles"].as_array().unwrap().len(), 1);
    assert_eq!(api.send("GET", "/v1/profiles", &[], &Value::Null).status, 400);
    let path = format!("/v1/profiles?account_id={account}&pagesize=101");
    assert_eq!(api.send("GET", &path, &[], &Value::Null).status, 400);
}

#[test]
fn rules() {
    let api = Api::start();
    let profile = api.create("p");
    let path = format!("/v1/profiles/{}/rules", profile["id"].as_str().unwrap());
    let good = json!({
        "type": "Profile-CR",
        "cr_type": "IKS_SA",
        "conditions": [{"claim": "namespace", "operator": "EQUALS", "value": "\"prod\""}],
    });
    let created = api.send("POST", &path, &[], &good);
    assert_eq!(created.status, 201);
    // Responses have it even for compute resources.
    assert!(created.json()["expiration"].is_i64());
    let one = format!("{path}/{}", created.json()["id"].as_str().unwrap());
    assert_eq!(api.send("PUT", &one, &[], &good).status, 400);
    assert_eq!(api.send("PUT", &one, &[("If-Match", "*")], &good).status, 200);
    for (pointer, bad) in [
        ("/conditions/0/value", json!("prod")),
        ("/conditions/0/operator", json!("LIKE")),
        ("/conditions", json!([])),
        ("/cr_type", Value::Null),
        ("/type", json!("Profile-X")),
    ] {
        let mut rule = good.clone();
        *rule.pointer_mut(pointer).unwrap() = bad;
        let reply = api.send("POST", &path, &[], &rule);
        assert_eq!(reply.status, 400, "{pointer}");
        assert_eq!(reply.json()["status_code"], "400");
    }
    let list = api.send("GET", &path, &[], &Value::Null).json();
    assert_eq!(list["rules"].as_array().unwrap().len(), 1);
    assert_eq!(api.send("DELETE", &one, &[], &Value::Null).status, 204);
    assert_eq!(api.send("GET", &one, &[], &Value::Null).status, 404);
}

#[test]
fn links_by_parameters_and_identities() {
    let api = Api::start();
    let profile = api.create("p");
    let base = format!("/v1/profiles/{}", profile["id"].as_str().unwrap());
    let crn = api.simulator.primary_instance().crn;
    let link = json!({"cr_type": "VSI", "link": {"crn": crn}});
    let links = format!("{base}/links");
    assert_eq!(api.send("POST", &links, &[], &link).status, 201);
    let wrong = json!({"cr_type": "IKS_SA", "link": {"crn": crn}});
    assert_eq!(api.send("POST", &links, &[], &wrong).status, 400);
    let wrong = json!({"cr_type": "VSI", "link": {"crn": "x"}});
    assert_eq!(api.send("POST", &links, &[], &wrong).status, 400);
    let by_parameters = format!("{links}?type=VSI&crn={crn}");
    assert_eq!(api.send("DELETE", &by_parameters, &[], &Value::Null).status, 204);
    assert_eq!(api.send("DELETE", &by_parameters, &[], &Value::Null).status, 404);
    assert_eq!(api.send("DELETE", &links, &[], &Value::Null).status, 400);
    let identity = json!({"identifier": "ServiceId-1", "type": "serviceid"});
    let identities = format!("{base}/identities");
    let added = api.send("POST", &format!("{identities}/serviceid"), &[], &identity);
    assert_eq!(added.json()["iam_id"], "iam-ServiceId-1");
    let list = api.send("GET", &identities, &[], &Value::Null).json();
    assert_eq!(list["identities"][0]["identifier"], "ServiceId-1");
    let one = format!("{identities}/serviceid/ServiceId-1");
    assert_eq!(api.send("DELETE", &one, &[], &Value::Null).status, 204);
    assert_eq!(api.send("PATCH", &base, &[], &json!({})).status, 405);
}

#[test]
fn who_may() {
    let api = Api::start();
    let url = format!("{}/v1/profiles", api.simulator.iam_url());
    let none = call("GET", url.as_str()).send();
    assert_eq!(none.status, 401);
    assert_eq!(none.json()["errors"][0]["message_code"], "BXNIM0308E");
    let bad = call("GET", url.as_str()).bearer("nonsense").send();
    assert_eq!(bad.json()["errors"][0]["message_code"], "BXNIM0407E");
    let doubled = call("GET", url.as_str()).header("Authorization", &format!("Bearer Bearer {}", api.token)).send();
    assert_eq!(doubled.status, 401);
    let key = api.simulator.create_api_key(NewApiKey::default());
    let reply = token(&api.simulator, &[API_KEY, ("apikey", &key.value)]);
    let ordinary = reply.json()["access_token"].as_str().unwrap().to_owned();
    let refused = call("GET", url).bearer(&ordinary).send();
    assert_eq!(refused.status, 403);
    let foreign = json!({"name": "x", "account_id": "other"});
    assert_eq!(api.send("POST", "/v1/profiles", &[], &foreign).status, 403);
    api.create("twice");
    let twice = json!({"name": "twice", "account_id": api.simulator.account_id()});
    assert_eq!(api.send("POST", "/v1/profiles", &[], &twice).status, 409);
}
