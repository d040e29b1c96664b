//! What the described interfaces have in common with the others: faults, the journal, the control API.

use serde_json::{Value, json};
use simulator::{Fault, FaultRule, RetryAfter, Service};

use crate::every_operation::{judge, read};
use crate::setting::Setting;
use crate::wire::call;

#[test]
fn faults_have_the_form_of_the_service() {
    let setting = Setting::start();
    let fault = Fault::Status { status: 429, retry_after: Some(RetryAfter::Text("2".into())), code: None, message: None };
    for (service, name, path) in [(Service::Vpc, "vpc", "/vpcs"), (Service::Containers, "containers", "/v1/clusters")] {
        setting.simulator.inject(FaultRule::on(service, fault.clone()).times(1));
        let reply = setting.get(name, path);
        assert_eq!((reply.status, reply.header("retry-after")), (429, Some("2")), "{name}");
        judge(&read(name), path, "get", &reply).unwrap();
        assert_eq!(setting.get(name, path).status, 200, "{name}");
        assert_eq!(setting.simulator.journal().count_service(service), 2, "{name}");
    }
}

#[test]
fn secrets_of_bodies_stay_out_of_the_journal() {
    let setting = Setting::start();
    let account = setting.simulator.account_id();
    let service = setting.make("POST", "iam-identity", "/v1/serviceids/", &json!({"account_id": account, "name": "worker"}));
    let wanted = json!({"name": "key", "iam_id": service["iam_id"], "apikey": "a-value-of-the-callers-own-choice-0123"});
    setting.make("POST", "iam-identity", "/v1/apikeys", &wanted);
    let connection = json!({
        "name": "connection",
        "psk": "shared-between-two-peers",
        "local": {"cidrs": ["10.0.0.0/24"]},
        "peer": {"address": "192.0.2.9", "cidrs": ["10.1.0.0/24"]},
    });
    setting.make("POST", "vpc", "/vpn_gateways/example/connections", &connection);
    let journal = format!("{}/control/v1/journal", setting.simulator.control_url());
    let shown = call("GET", journal).bearer(&setting.simulator.control_token()).send().text();
    assert!(shown.contains("/v1/vpn_gateways/example/connections"));
    for secret in ["a-value-of-the-callers-own-choice-0123", "shared-between-two-peers"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn the_control_api_tells_every_operation() {
    let setting = Setting::start();
    let url = format!("{}/control/v1/operations", setting.simulator.control_url());
    let told = call("GET", url).bearer(&setting.simulator.control_token()).send().json();
    let operations = told["operations"].as_array().unwrap();
    assert_eq!(operations.len(), 706);
    let one = operations.iter().find(|one| one["operation_id"] == "list_vpcs").unwrap();
    assert_eq!((&one["api"], &one["method"]), (&json!("vpc"), &json!("GET")));
    assert_eq!(one["url"], Value::from(format!("{}/vpcs", setting.simulator.vpc_url())));
}
