//! `call`, and the operations of `metadata`.

use crate::program::{on_instance, program, run, run_with, seeded};
use serde_json::Value;
use simulator::{NewApiKey, Simulator};
use std::process::Command;

/// An administrator, and the addresses of the services.
struct Setting {
    simulator: Simulator,
    key: String,
    iam: String,
    vpc: String,
}

impl Setting {
    fn start() -> Self {
        let simulator = seeded();
        let key = simulator.create_api_key(NewApiKey { name: None, administrator: true }).value;
        let (iam, vpc) = (simulator.iam_url(), simulator.vpc_url());
        Self { simulator, key, iam, vpc }
    }

    fn call(&self, service: &str, arguments: &[&str]) -> Command {
        let source = ["call", "--source", "api_key", "--endpoint", &self.iam, "--service-endpoint", service];
        let mut command = program(&[&source[..], arguments].concat());
        command.env("IBMCLOUD_API_KEY", &self.key);
        command
    }

    fn vpc(&self, arguments: &[&str]) -> Command {
        self.call(&self.vpc, arguments)
    }
}

#[test]
fn an_answer_is_json_and_all_pages_are_lines() {
    let setting = Setting::start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("body.json");
    let mut id = String::new();
    for name in ["a", "b", "c"] {
        std::fs::write(&file, format!("{{\"name\":\"{name}\"}}")).unwrap();
        let body = format!("body=@{}", file.display());
        let made: Value = serde_json::from_str(&run(&mut setting.vpc(&["vpc.create_vpc", &body])).printed()).unwrap();
        assert_eq!(made["name"], name);
        id = made["id"].as_str().unwrap().to_owned();
    }
    let page: Value = serde_json::from_str(&run(&mut setting.vpc(&["vpc.list_vpcs", "limit=2"])).printed()).unwrap();
    assert_eq!(page["vpcs"].as_array().unwrap().len(), 2);
    let all = run(&mut setting.vpc(&["vpc.list_vpcs", "limit=2", "--all"])).printed();
    let names: Vec<Value> = all.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["name"].clone()).collect();
    assert!(["a", "b", "c"].iter().all(|name| names.contains(&Value::from(*name))), "{all}");
    // What has no answer prints nothing; a body may come from standard input.
    let changed = run_with(&mut setting.vpc(&["vpc.update_vpc", &format!("id={id}"), "body=@-"]), "{\"name\":\"z\"}").printed();
    assert_eq!(serde_json::from_str::<Value>(&changed).unwrap()["name"], "z");
    assert_eq!(run(&mut setting.vpc(&["vpc.delete_vpc", &format!("id={id}")])).printed(), "");
}

#[test]
fn every_service_has_its_address() {
    let setting = Setting::start();
    let account = format!("account_id={}", setting.simulator.account_id());
    let profiles = run(&mut setting.call(&setting.iam, &["iam_identity.list_profiles", &account])).printed();
    assert!(profiles.contains("pod-profile"), "{profiles}");
    let clusters = run(&mut setting.call(&setting.simulator.containers_url(), &["containers.list_clusters"])).printed();
    assert!(clusters.contains("seed-cluster"), "{clusters}");
    let metadata = setting.simulator.metadata_url();
    let instance = run(&mut program(&on_instance(&["call", "metadata.get_instance"], &metadata))).printed();
    assert!(instance.contains(&setting.simulator.primary_instance().id), "{instance}");
    let keys = run(&mut program(&on_instance(&["metadata", "list_keys"], &metadata))).printed();
    let id = serde_json::from_str::<Value>(&keys).unwrap()["keys"][0]["id"].as_str().unwrap().to_owned();
    let key = run(&mut program(&on_instance(&["metadata", "get_key", &format!("id={id}")], &metadata))).printed();
    assert!(key.contains("seed-key"), "{key}");
    assert!(run(&mut program(&on_instance(&["metadata", "get_key", "id"], &metadata))).failed(78).contains("expected NAME=VALUE"));
}

#[test]
fn mistakes_and_refusals_are_told() {
    let setting = Setting::start();
    for (arguments, code, words) in [
        (&["vpc.list_instance"][..], 78, "did you mean vpc.list_instances?"),
        (&["vpc.list_instances", "limits=1"], 78, "limit"),
        (&["vpc.list_instances", "limit=many"], 78, "limit: expected a whole number, got \"many\""),
        (&["vpc.list_instances", "many"], 78, "NAME=VALUE"),
        (&["vpc.get_instance"], 78, "id"),
        (&["vpc.get_instance", "id=a", "--all"], 78, "has no pages"),
        (&["vpc.get_instance", "id=nobody"], 77, "not_found"),
        (&["iam_identity.list_profiles", "--region", "us-south"], 78, "--region: vpc alone has regions"),
        (&["metadata.get_instance"], 78, "--service-endpoint"),
        (&[], 2, "OPERATION"),
    ] {
        let said = run(&mut setting.vpc(arguments)).failed(code);
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    // A body whose name was left out.
    let said = run(&mut setting.vpc(&["vpc.create_instance", r#"{"user_data": "hush=="}"#])).failed(78);
    assert!(said.contains("NAME=VALUE") && !said.contains("hush"), "{said}");
    let no_region = run(program(&["call", "vpc.list_instances", "--source", "api_key"]).env("IBMCLOUD_API_KEY", "k")).failed(78);
    assert!(no_region.contains("--region: expected the region that vpc.list_instances is for"), "{no_region}");
}

#[test]
fn what_is_secret_is_in_no_error_and_no_trace() {
    let setting = Setting::start();
    let body = "body={\"name\":\"server\",\"user_data\":\"pa55word\"}";
    let outcome = run(&mut setting.vpc(&["vpc.create_instance", body, "--verbose"]));
    assert_ne!(outcome.code, Some(0), "{outcome:?}");
    assert!(
        !outcome.stderr.contains("pa55word") && !outcome.stderr.contains(&setting.key) && outcome.stderr.contains("/v1/instances"),
        "{outcome:?}"
    );
    // What somebody asked for is printed.
    let details = ["iam_identity.get_api_keys_details", &format!("iam_api_key={}", setting.key), "--verbose"];
    let outcome = run(&mut setting.call(&setting.iam, &details));
    assert!(!outcome.stderr.contains(&setting.key), "{outcome:?}");
    assert!(outcome.printed().contains("ApiKey-"));
}

#[test]
fn every_operation_is_listed() {
    let listed = run(&mut program(&["call", "--list"])).printed();
    assert_eq!(listed.lines().count(), 706);
    let lines: Vec<_> = listed.lines().collect();
    assert!(lines.contains(&"vpc.get_instance id [version] [generation]"), "{listed}");
    assert!(lines.contains(&"vpc.create_vpc [version] [generation] [body]"), "{listed}");
    assert!(lines.contains(&"vpc.update_vpc id [if_match] [version] [generation] body"), "{listed}");
    let some = run(&mut program(&["call", "--list", "vpc.list_i"])).printed();
    assert!(some.lines().count() > 3 && some.lines().all(|line| line.starts_with("vpc.list_i")), "{some}");
    let none = run(&mut program(&["call", "--list", "nothing-like-it"])).failed(78);
    assert!(none.contains("no operation has \"nothing-like-it\""), "{none}");
    assert_eq!(run(&mut program(&["call", "--list", "vpc.list_instances", "limit=1"])).code, Some(2));
}

#[test]
fn what_a_change_may_be_conditional_on_is_in_the_trace() {
    let setting = Setting::start();
    let made = run(&mut setting.vpc(&["vpc.create_vpc", r#"body={"name": "traced"}"#])).printed();
    let made: Value = serde_json::from_str(&made).unwrap();
    let id = made["id"].as_str().unwrap();
    let read = run(&mut setting.vpc(&["vpc.get_vpc", &format!("id={id}"), "--verbose"]));
    let tag = read.stderr.split("etag=\"").nth(1).and_then(|rest| rest.split("\"\n").next()).unwrap_or_else(|| panic!("{}", read.stderr));
    let tag = format!("if_match={}", tag.replace("\\\"", "\""));
    let change = |tag: &str| run(&mut setting.vpc(&["vpc.update_vpc", &format!("id={id}"), tag, r#"body={"name": "other"}"#]));
    change(&tag).printed();
    assert!(change(&tag).failed(77).contains("412"));
}
