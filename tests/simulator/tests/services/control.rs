//! The control API over HTTP: everything a harness in another language needs.

use crate::wire::{Reply, VERSION, call, identity, instance_iam_token, token};
use serde_json::{Value, json};
use simulator::{Config, Simulator};

struct Control {
    simulator: Simulator,
}

impl Control {
    fn start() -> Self {
        let simulator = Simulator::start_blocking(Config::seeded()).unwrap();
        Self { simulator }
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Reply {
        let url = format!("{}/control/v1{path}", self.simulator.control_url());
        let mut call = call(method, url).bearer(&self.simulator.control_token());
        if !body.is_null() {
            call = call.body(body.to_string());
        }
        call.send()
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let reply = self.send("POST", path, body);
        assert_eq!(reply.status, 201, "{path} {}", reply.text());
        reply.json()
    }

    fn done(&self, method: &str, path: &str, body: &Value) {
        let reply = self.send(method, path, body);
        assert_eq!(reply.status, 204, "{method} {path} {}", reply.text());
    }
}

#[test]
fn it_needs_the_bearer_of_this_run() {
    let control = Control::start();
    let url = format!("{}/control/v1", control.simulator.control_url());
    assert_eq!(call("GET", url.as_str()).send().status, 401);
    assert_eq!(call("GET", url.as_str()).bearer("x").send().status, 401);
    let other = Simulator::start_blocking(Config::default()).unwrap();
    let reply = call("GET", url).bearer(&other.control_token()).send();
    assert_eq!(reply.status, 401);
    let overview = control.send("GET", "", &Value::Null).json();
    assert_eq!(overview["iam_url"], control.simulator.iam_url());
    assert_eq!(overview["seed"]["bucket"], "seed-bucket");
    assert_eq!(control.send("GET", "/none", &Value::Null).status, 404);
    assert_eq!(control.send("POST", "/faults", &json!({"x": 1})).status, 400);
}

#[test]
fn laying_out_an_account_for_pods() {
    let control = Control::start();
    let profile = control.post("/profiles", &json!({"name": "p"}));
    let id = profile["id"].as_str().unwrap();
    let access = json!({"bucket": "b", "role": "reader"});
    control.done("POST", &format!("/profiles/{id}/access"), &access);
    let object = json!({"bucket": "b", "key": "k", "content": "v"});
    control.done("PUT", "/objects", &object);
    let cluster = control.post("/clusters", &json!({"kind": "kubernetes"}));
    let link = json!({
        "cr_type": "IKS_SA",
        "link": {"crn": cluster["crn"], "namespace": "ns", "name": "sa"},
    });
    let link = control.post(&format!("/profiles/{id}/links"), &link);
    let wanted = json!({
        "cluster_id": cluster["id"], "namespace": "ns", "service_account": "sa", "audience": "iam",
        "lifetime_seconds": 600,
    });
    let cr_token = control.post("/service_account_tokens", &wanted)["token"].as_str().unwrap().to_owned();
    let fields = [("grant_type", "urn:ibm:params:oauth:grant-type:cr-token"), ("cr_token", cr_token.as_str()), ("profile_id", id)];
    let reply = token(&control.simulator, &fields);
    let iam_token = reply.json()["access_token"].as_str().unwrap().to_owned();
    let url = format!("{}/b/k", control.simulator.object_store_url());
    let read = || call("GET", url.as_str()).bearer(&iam_token).send();
    assert_eq!(read().text(), "v");
    control.done("POST", "/tokens/reject", &json!({"token": iam_token}));
    assert_eq!(read().status, 401);
    let link = format!("/profiles/{id}/links/{}", link["id"].as_str().unwrap());
    control.done("DELETE", &link, &Value::Null);
    assert_eq!(token(&control.simulator, &fields).code(), "BXNIM0398E");
    let rule = json!({
        "type": "Profile-CR", "cr_type": "IKS_SA",
        "conditions": [{"claim": "namespace", "operator": "EQUALS", "value": "\"ns\""}],
    });
    control.post(&format!("/profiles/{id}/rules"), &rule);
    assert_eq!(token(&control.simulator, &fields).status, 200);
    control.done("DELETE", &format!("/profiles/{id}"), &Value::Null);
    assert_eq!(token(&control.simulator, &fields).status, 400);
}

#[test]
fn instances() {
    let control = Control::start();
    let profile = control.post("/profiles", &json!({"name": "p"}));
    let settings = json!({
        "name": "vsi-2",
        "kind": "bms",
        "default_trusted_profile": {"id": profile["id"], "auto_link": true},
    });
    let instance = control.post("/instances", &settings);
    let url = instance["metadata_url"].as_str().unwrap();
    let reply = call("PUT", format!("{url}/identity/v1/token?{VERSION}")).header("Metadata-Flavor", "ibm").send();
    assert_eq!(reply.status, 200);
    let patch = json!({"user_data": "x", "default_trusted_profile": null});
    let patched = control.send("PATCH", "/instances/primary", &patch).json();
    assert_eq!(patched["settings"]["user_data"], "x");
    assert_eq!(patched["settings"]["name"], "seed-instance");
    assert_eq!(patched["settings"]["default_trusted_profile"], Value::Null);
    let wrong = control.send("PATCH", "/instances/primary", &json!({"nome": "x"}));
    assert_eq!(wrong.status, 400);
    let all = control.send("GET", "/instances", &Value::Null).json();
    assert_eq!(all.as_array().unwrap().len(), 2);
    assert_eq!(control.send("GET", "/instances/none", &Value::Null).status, 404);
}

#[test]
fn api_keys_and_clients() {
    let control = Control::start();
    let key = control.post("/api_keys", &json!({"name": "k", "administrator": true}));
    let fields = [("grant_type", "urn:ibm:params:oauth:grant-type:apikey"), ("apikey", key["value"].as_str().unwrap())];
    assert_eq!(token(&control.simulator, &fields).status, 200);
    let path = format!("/api_keys/{}", key["id"].as_str().unwrap());
    control.done("PATCH", &path, &json!({"state": "locked"}));
    assert_eq!(token(&control.simulator, &fields).code(), "BXNIM0434E");
    let client = json!({"client_id": "c", "client_secret": "s"});
    control.done("POST", "/clients", &client);
    let seed = control.simulator.seed().unwrap();
    let path = format!("/profiles/{}/identities", seed.pod_profile.id);
    control.done("POST", &path, &json!({"iam_id": "iam-x"}));
    let path = format!("/profiles/{}/access", seed.pod_profile.id);
    let access = json!({"bucket": "seed-bucket", "role": "reader"});
    control.done("DELETE", &path, &access);
}

#[test]
fn faults() {
    let control = Control::start();
    let rule = json!({
        "service": "metadata", "method": "PUT", "path": "/identity/v1/token",
        "fault": {"kind": "status", "status": 429, "retry_after": "2"}, "times": 2,
    });
    let id = control.post("/faults", &rule)["id"].as_u64().unwrap();
    let reply = identity(&control.simulator);
    assert_eq!((reply.status, reply.header("retry-after")), (429, Some("2")));
    let list = control.send("GET", "/faults", &Value::Null).json();
    assert_eq!(list[0]["id"], id);
    assert_eq!(list[0]["rule"]["times"], 1);
    control.done("DELETE", &format!("/faults/{id}"), &Value::Null);
    assert_eq!(identity(&control.simulator).status, 200);
    let gone = control.send("DELETE", &format!("/faults/{id}"), &Value::Null);
    assert_eq!(gone.status, 404);
    // All or nothing.
    let bad = json!([rule, {"service": "iam", "fault": {"kind": "unheard_of"}}]);
    assert_eq!(control.send("POST", "/faults", &bad).status, 400);
    assert_eq!(identity(&control.simulator).status, 200);
    let two = control.post("/faults", &json!([rule, rule]));
    assert_eq!(two.as_array().unwrap().len(), 2);
    control.done("DELETE", "/faults", &Value::Null);
    assert_eq!(identity(&control.simulator).status, 200);
}

#[test]
fn settings_and_revocation() {
    let control = Control::start();
    let settings = json!({
        "iam_token_lifetime_seconds": 900,
        "clock_skew_seconds": {"metadata": 100},
        "wanted_audience": "iam",
        "certificate": "not_yet_valid",
    });
    control.done("PATCH", "/settings", &settings);
    let reply = control.send("PATCH", "/settings", &json!({"lifetime": 1}));
    assert_eq!(reply.status, 400);
    let iam_token = instance_iam_token(&control.simulator);
    let url = format!("{}/seed-bucket", control.simulator.object_store_url());
    let read = || call("GET", url.as_str()).bearer(&iam_token).send().status;
    assert_eq!(read(), 200);
    control.done("POST", "/tokens/revoke", &json!({"token": iam_token}));
    assert_eq!(read(), 401);
    for group in ["identity", "iam", "refresh"] {
        control.done("POST", "/tokens/revoke", &json!({"all": group}));
    }
    let reply = control.send("POST", "/tokens/revoke", &json!({"all": "x"}));
    assert_eq!(reply.status, 400);
    control.done("POST", "/iam_key/rotate", &Value::Null);
    let keys = call("GET", format!("{}/identity/keys", control.simulator.iam_url())).send();
    assert_eq!(keys.json()["keys"].as_array().unwrap().len(), 2);
}

#[test]
fn tokens_signed_as_they_are() {
    let control = Control::start();
    let asked = json!({"header": {"alg": "none", "kid": 7}, "claims": ["odd"]});
    let signed = |control: &Control| control.post("/iam_key/sign", &asked)["token"].as_str().unwrap().to_owned();
    let first = signed(&control);
    let (message, signature) = first.rsplit_once('.').unwrap();
    assert_eq!(message, "eyJhbGciOiJub25lIiwia2lkIjo3fQ.WyJvZGQiXQ");
    // The signature is that of the key that IAM lists, whatever the header says.
    let keys = call("GET", format!("{}/identity/keys", control.simulator.iam_url())).send().json();
    let number = |name: &str| keys["keys"][0][name].as_str().unwrap().to_owned();
    let key = jsonwebtoken::DecodingKey::from_rsa_components(&number("n"), &number("e")).unwrap();
    assert!(jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key, jsonwebtoken::Algorithm::RS256).unwrap());
    control.done("POST", "/iam_key/rotate", &Value::Null);
    assert_ne!(signed(&control), first);
    assert_eq!(control.send("POST", "/iam_key/sign", &json!({"header": {}})).status, 400);
}

#[test]
#[cfg(unix)]
fn token_files() {
    let control = Control::start();
    let directory = tempfile::tempdir().unwrap();
    let cluster = control.simulator.seed().unwrap().cluster;
    let new = json!({
        "directory": directory.path(),
        "file_name": "vault-token",
        "token": {"cluster_id": cluster.id},
    });
    let file = control.post("/cr_token_files", &new);
    let path = std::path::PathBuf::from(file["path"].as_str().unwrap());
    let id = file["id"].as_str().unwrap();
    let first = std::fs::read_to_string(&path).unwrap();
    control.done("POST", &format!("/cr_token_files/{id}/rotate"), &Value::Null);
    assert_ne!(std::fs::read_to_string(&path).unwrap(), first);
    let content = json!({"content": " \n"});
    control.done("PUT", &format!("/cr_token_files/{id}/content"), &content);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), " \n");
    control.done("DELETE", &format!("/cr_token_files/{id}"), &Value::Null);
    let none = json!({"directory": directory.path(), "token": {"cluster_id": "none"}});
    assert_eq!(control.send("POST", "/cr_token_files", &none).status, 500);
}

#[test]
fn the_journal_shortens_secrets() {
    let control = Control::start();
    let simulator = &control.simulator;
    let iam_token = instance_iam_token(simulator);
    let key = simulator.seed().unwrap().api_key.value;
    let form = [("grant_type", "urn:ibm:params:oauth:grant-type:apikey"), ("apikey", key.as_str())];
    token(simulator, &form);
    let foreign = [("grant_type", "x"), ("apikey", "foreign-secret-value")];
    token(simulator, &foreign);
    let url = format!("{}/seed-bucket?x={iam_token}", simulator.object_store_url());
    call("GET", url).header("Authorization", "Basic Zm9yZWlnbi1zZWNyZXQ=").send();
    let reply = control.send("GET", "/journal", &Value::Null);
    let text = reply.text();
    for secret in [iam_token.as_str(), &key, "foreign-secret-value", "Zm9yZWlnbi1z"] {
        assert!(!text.contains(secret), "{secret}");
        assert!(!format!("{:?}", simulator.journal()).contains(secret));
    }
    assert!(text.contains("eyJ") && text.contains('…'));
    let raw = control.send("GET", "/journal?raw=1", &Value::Null).text();
    assert!(raw.contains(&iam_token) && raw.contains(&key));
    let entry = &reply.json()["entries"][0];
    assert_eq!(entry["sequence"], 1);
    assert_eq!(entry["service"], "metadata");
    assert_eq!(entry["method"], "PUT");
    assert_eq!(entry["path"], "/identity/v1/token");
    assert_eq!(entry["query"], VERSION);
    assert_eq!(entry["status"], 200);
    assert!(entry["connection"].is_u64() && entry["received_ms"].is_u64());
    let count = "/journal/count?service=iam&method=POST&path=/identity/token";
    let counted = control.send("GET", count, &Value::Null).json();
    assert_eq!(counted, json!({"count": 2}));
    control.done("DELETE", "/journal", &Value::Null);
    let empty = control.send("GET", "/journal", &Value::Null).json();
    assert_eq!(empty, json!({"entries": []}));
}
