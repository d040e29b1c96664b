//! What a document does not allow is refused in the form that its service has for it.

use serde_json::{Value, json};

use crate::every_operation::{judge, read};
use crate::setting::Setting;
use crate::wire::call;

#[test]
fn no_token_and_a_bad_one() {
    let setting = Setting::start();
    let account = setting.simulator.account_id();
    let places = [
        ("vpc", "/vpcs", "/vpcs?version=2026-10-06&generation=2".to_owned()),
        ("containers", "/v1/clusters", "/v1/clusters".to_owned()),
        ("iam-identity", "/v1/profiles", format!("/v1/profiles?account_id={account}")),
        ("iam-access-groups", "/v2/groups", format!("/v2/groups?account_id={account}")),
        ("iam-policy-management", "/v2/policies", format!("/v2/policies?account_id={account}")),
    ];
    for (name, template, path) in places {
        let document = read(name);
        let url = format!("{}{path}", setting.base(name));
        for reply in [call("GET", url.as_str()).send(), call("GET", url.as_str()).bearer("nonsense").send()] {
            assert_eq!(reply.status, 401, "{name}");
            judge(&document, template, "get", &reply).unwrap_or_else(|why| panic!("{name}: {why}"));
        }
        setting.simulator.revoke_iam_tokens();
        assert_eq!(call("GET", url.as_str()).bearer(&setting.iam_token).send().status, 401, "{name}");
    }
}

#[test]
fn versions_generations_and_other_parameters() {
    let setting = Setting::start();
    for (path, code) in [
        ("/vpcs?version=&generation=2", "missing_field"),
        ("/vpcs?version=2026-10-06", "missing_field"),
        ("/vpcs?version=2026-10-06&generation=1", "invalid_value"),
        ("/vpcs?version=yesterday&generation=2", "invalid_value"),
        ("/vpcs?version=9999-01-01&generation=2", "invalid_value"),
        ("/vpcs?version=2026-10-06&generation=2&classic_access=perhaps", "invalid_value"),
        ("/instances?version=2026-10-06&generation=2&availability.class=rare", "invalid_value"),
    ] {
        let reply = setting.get("vpc", path);
        assert_eq!((reply.status, reply.code().as_str()), (400, code), "{path}");
        assert_eq!(reply.json()["errors"][0]["target"]["type"], "parameter", "{path}");
    }
    // These services pass over what they do not know; metadata does not.
    assert_eq!(setting.get("vpc", "/vpcs?surprise=1").status, 200);
    let metadata = format!("{}/metadata/v1/keys?version=2025-08-26&surprise=1", setting.simulator.metadata_url());
    let reply = call("GET", metadata).bearer(&setting.identity_token).send();
    assert_eq!((reply.status, reply.code().as_str()), (400, "unknown_field"));
    let reply = setting.get("iam-policy-management", "/v2/policies");
    assert_eq!((reply.status, reply.code().as_str()), (400, "missing_required_query_parameter"));
}

#[test]
fn bodies() {
    let setting = Setting::start();
    let instance = format!("/instances/{}", setting.simulator.primary_instance().id);
    for (method, path, body, code) in [
        ("POST", "/subnets", json!({}), "missing_field"),
        ("POST", "/keys", json!({"public_key": 5}), "invalid_value"),
        ("POST", "/volumes", json!({"profile": {"name": "general-purpose"}, "zone": {"name": "us-south-1"}, "capacity": "10"}), ""),
        ("POST", &format!("{instance}/actions"), json!({"type": "sleep"}), "invalid_value"),
        ("PATCH", &instance, json!({"name": 7}), "invalid_value"),
        ("POST", "/vpcs", json!([]), "invalid_request"),
    ] {
        let reply = setting.send(method, "vpc", path, &[], &body);
        assert_eq!(reply.status, 400, "{path} {body} {}", reply.text());
        assert!(code.is_empty() || reply.code() == code, "{path} {body} {}", reply.text());
    }
    let empty = setting.send("POST", "vpc", "/subnets", &[], &Value::Null);
    assert_eq!((empty.status, empty.code().as_str()), (400, "invalid_request"));
    let broken = call("POST", format!("{}/vpcs?version=2026-10-06&generation=2", setting.simulator.vpc_url()));
    let broken = broken.bearer(&setting.iam_token).header("Content-Type", "application/json").body("{").send();
    assert_eq!((broken.status, broken.code().as_str()), (400, "invalid_request"));
    // A patch is a merge patch, and says so.
    let labelled = setting.send("PATCH", "vpc", &instance, &[("Content-Type", "application/json")], &json!({"name": "x"}));
    assert_eq!(labelled.status, 415);
}

#[test]
fn what_does_not_exist() {
    let setting = Setting::start();
    for path in ["/vpcs/none", "/vpcs/none/routes", "/vpcs/none/routes/none", "/instance/profiles/none", "/shares/none/snapshots"] {
        assert_eq!(setting.get("vpc", path).status, 404, "{path}");
    }
    let reply = setting.send(
        "POST",
        "vpc",
        "/subnets",
        &[],
        &json!({"vpc": {"id": "none"}, "total_ipv4_address_count": 16, "zone": {"name": "us-south-1"}}),
    );
    assert_eq!((reply.status, &reply.json()["errors"][0]["target"]["name"]), (404, &json!("vpc")));
    assert_eq!(setting.send("POST", "vpc", "/regions", &[], &Value::Null).status, 405);
    assert_eq!(setting.get("vpc", "/nothing").status, 404);
    assert_eq!(setting.get("iam-access-groups", "/v2/groups/none").code(), "not_found");
    assert_eq!(setting.get("iam-identity", "/v1/serviceids/none").json()["errors"][0]["message_code"], "BXNIM0102E");
    // Where the document has a slash at the end, the service wants it.
    let account = setting.simulator.account_id();
    assert_eq!(setting.get("iam-identity", &format!("/v1/serviceids?account_id={account}")).status, 404);
}

#[test]
fn names_and_accounts() {
    let setting = Setting::start();
    setting.make("POST", "vpc", "/vpcs", &json!({"name": "one"}));
    let twice = setting.send("POST", "vpc", "/vpcs", &[], &json!({"name": "one"}));
    assert_eq!((twice.status, twice.code().as_str()), (400, "validation_unique_failed"));
    assert_eq!(setting.get("iam-identity", "/v1/serviceids/?account_id=another").status, 403);
    let foreign = json!({"account_id": "another", "name": "x"});
    assert_eq!(setting.send("POST", "iam-identity", "/v1/serviceids/", &[], &foreign).status, 403);
}
