//! The shell scripts in `client/examples/shell`, run as they are.

use crate::program::{Outcome, on_instance, program, run, seeded};
use simulator::{Fault, FaultRule, InstanceSettings, Service, Simulator};
use std::path::Path;
use std::process::Command;

/// A script, on the seeded instance, with the program in its path.
fn script(name: &str, simulator: &Simulator) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_trusted-profile"));
    let folders = std::env::var_os("PATH").unwrap();
    let folders = std::iter::once(program.parent().unwrap().to_path_buf()).chain(std::env::split_paths(&folders));
    let mut command = Command::new("sh");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shell").join(name).with_extension("sh"));
    command.env_clear().env("PATH", std::env::join_paths(folders).unwrap());
    command.env("TRUSTED_PROFILE_AUTH_TYPE", "vpc").env("TRUSTED_PROFILE_AUTH_URL", simulator.metadata_url());
    command.env("METADATA_URL", simulator.metadata_url());
    command
}

fn greeting(simulator: &Simulator) -> String {
    format!("{}/{}/greeting.txt", simulator.object_store_url(), simulator.seed().unwrap().bucket)
}

/// What a script prints for the address of an object.
fn fetched(mut script: Command, simulator: &Simulator) -> String {
    run(script.arg(greeting(simulator))).printed()
}

#[test]
fn an_object_is_fetched_in_every_way() {
    let simulator = seeded();
    assert_eq!(fetched(script("by_hand", &simulator), &simulator), "hello\n");
    assert_eq!(fetched(script("with_a_token", &simulator), &simulator), "hello\n");
    assert_eq!(fetched(script("command", &simulator), &simulator), "hello\n");
    assert_eq!(fetched(script("token_file", &simulator), &simulator), "hello\n".repeat(3));
}

#[test]
fn operations() {
    let simulator = seeded();
    let vpc = ["--service-endpoint".to_owned(), simulator.vpc_url()];
    assert_eq!(run(script("list_instances", &simulator).args(&vpc)).printed(), "seed-instance: running\n");
    let printed = run(&mut script("metadata", &simulator)).printed();
    assert!(printed.starts_with("seed-instance in ") && printed.ends_with(" characters of user data\n"), "{printed}");

    let metadata = simulator.metadata_url();
    let call = |arguments: &[&str]| {
        let arguments = [&["call"], arguments, &["--service-endpoint", &vpc[1]]].concat();
        run(&mut program(&on_instance(&arguments, &metadata))).printed()
    };
    let made: serde_json::Value = serde_json::from_str(&call(&["vpc.create_vpc", r#"body={"name": "mine"}"#])).unwrap();
    let change = || -> Outcome { run(script("change_safely", &simulator).args([made["id"].as_str().unwrap(), "changed"]).args(&vpc)) };
    assert_eq!(change().printed(), "changed\n");
}

#[test]
fn a_laptop_has_the_services() {
    let printed = run(&mut script("laptop", &seeded())).printed();
    assert!(printed.starts_with("iam-Profile-"), "{printed}");
}

#[test]
fn the_doctor_says_what_is_wrong() {
    let simulator = seeded();
    assert_eq!(run(&mut script("doctor", &simulator)).printed(), "all is well\n");
    let nobody = script("doctor", &simulator).env("TRUSTED_PROFILE_AUTH_URL", "http://127.0.0.1:9").output().unwrap();
    let printed = String::from_utf8(nobody.stdout).unwrap();
    assert!(!nobody.status.success() && printed.contains(". Fix: "), "{printed}");
}

fn refusal(status: u16) -> Fault {
    Fault::Status { status, retry_after: None, code: None, message: None }
}

/// All of them but `by_hand`, of which the book says so.
#[test]
fn a_script_whose_token_fails_fails_and_says_why() {
    let simulator = seeded();
    // Whoever came so far would be answered well, token or not.
    let open = format!("{}/identity/keys", simulator.iam_url());
    for name in ["with_a_token", "command", "metadata"] {
        let said = run(script(name, &simulator).env("TRUSTED_PROFILE_AUTH_URL", "http://127.0.0.1:9").arg(&open)).failed(69);
        assert!(said.contains("metadata_unreachable"), "{name}: {said}");
    }
    let said = run(script("laptop", &simulator).args(["--fault", "metadata:status=400"])).failed(77);
    assert!(said.contains("request_refused"), "{said}");
}

#[test]
fn a_script_with_one_request_that_fails_fails() {
    let simulator = seeded();
    simulator.inject(FaultRule::on(Service::ObjectStore, refusal(404)).times(1));
    assert_eq!(run(script("token_file", &simulator).arg(greeting(&simulator))).code, Some(22));

    // Its name is known, and what is in its user data is not.
    simulator.inject(FaultRule::on(Service::Metadata, refusal(404)).at("GET", "/metadata/v1/instance/initialization"));
    let Outcome { code, stdout, stderr } = run(&mut script("metadata", &simulator));
    assert!(code == Some(77) && stdout.starts_with("seed-instance in ") && stderr.contains("not_found"), "{code:?}: {stdout}{stderr}");
}

#[test]
fn a_list_is_all_or_nothing() {
    let simulator = seeded();
    simulator.create_instance(InstanceSettings::default()).unwrap();
    let list = || -> Outcome { run(script("list_instances", &simulator).args(["--service-endpoint", &simulator.vpc_url(), "limit=1"])) };
    assert_eq!(list().printed().lines().count(), 2);
    simulator.inject(FaultRule::on(Service::Vpc, refusal(403)).at("GET", "/v1/instances").after(1));
    assert!(list().failed(77).contains("forbidden"));
}

#[test]
fn a_change_that_is_refused_is_a_failure() {
    let simulator = seeded();
    let change =
        |id: &str| -> Outcome { run(script("change_safely", &simulator).args([id, "mine", "--service-endpoint", &simulator.vpc_url()])) };
    let said = change("missing").failed(77);
    assert!(said.contains("not_found"), "{said}");

    let list = ["call", "vpc.list_vpcs", "--service-endpoint", &simulator.vpc_url(), "--all"].map(str::to_owned);
    let list: Vec<&str> = list.iter().map(String::as_str).collect();
    let vpc: serde_json::Value =
        serde_json::from_str(&run(&mut program(&on_instance(&list, &simulator.metadata_url()))).printed()).unwrap();
    let id = vpc["id"].as_str().unwrap();
    // Somebody was faster.
    simulator.inject(FaultRule::on(Service::Vpc, refusal(412)).at("PATCH", &format!("/v1/vpcs/{id}")));
    let said = change(id).failed(77);
    assert!(said.contains("412"), "{said}");
}
