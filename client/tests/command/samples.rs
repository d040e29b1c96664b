//! The shell scripts in `client/examples/shell`, run as they are.

use crate::program::{Outcome, on_instance, program, run, seeded};
use simulator::Simulator;
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
