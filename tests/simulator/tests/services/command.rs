//! The binary.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::wire::{VERSION, call};
use serde_json::Value;

fn start(arguments: &[&str]) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_simulator")).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, line)
}

#[test]
fn it_tells_where_it_is_and_ends_when_asked() {
    let (mut child, line) = start(&["--account", "seed", "--json"]);
    let facts: Value = serde_json::from_str(&line).unwrap();
    let text = |name: &str| facts[name].as_str().unwrap().to_owned();
    let url = format!("{}/identity/v1/token?{VERSION}", text("metadata_url"));
    let reply = call("PUT", url).header("Metadata-Flavor", "ibm").send();
    assert_eq!(reply.status, 200);
    let journal = format!("{}/control/v1/journal/count", text("control_url"));
    let reply = call("GET", journal).bearer(&text("control_token")).send();
    assert_eq!(reply.json()["count"], 1);
    assert!(facts["seed"]["instance_profile"]["id"].is_string());
    let killed = Command::new("kill").arg(child.id().to_string()).status();
    assert!(killed.unwrap().success());
    assert!(child.wait().unwrap().success());
}

#[test]
fn it_prints_text_for_people_and_refuses_a_port_that_is_taken() {
    let (mut child, line) = start(&[]);
    let port = line.rsplit(':').next().unwrap().trim().to_owned();
    assert!(line.starts_with("metadata"));
    let taken = Command::new(env!("CARGO_BIN_EXE_simulator")).args(["--iam-port", &port]).stderr(Stdio::null()).status().unwrap();
    assert!(!taken.success());
    child.kill().unwrap();
    child.wait().unwrap();
}
