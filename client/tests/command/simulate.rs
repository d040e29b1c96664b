//! `simulate`.

use crate::program::{Running, program, run};
use rustix::process::Signal;
use serde_json::Value;

fn simulate(arguments: &[&str]) -> Running {
    Running::start(&mut program(&[&["simulate"], arguments].concat()))
}

fn end(running: Running) {
    running.signal(Signal::TERM);
    assert_eq!(running.end(), (Some(0), String::new()));
}

/// The arguments of a line that was printed to be copied.
fn copied(line: &str) -> Vec<&str> {
    line.strip_prefix("trusted-profile ").unwrap().split(' ').collect()
}

#[test]
fn what_it_says_can_be_copied_and_works() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pod").join("sa-token");
    let mut running = simulate(&["--account", "seed", "--token-file", file.to_str().unwrap(), "--rotate-every", "1"]);
    let mut lines = std::iter::from_fn(|| Some(running.line())).filter(|line| line.starts_with("trusted-profile "));
    let (instance, pod) = (lines.next().unwrap(), lines.next().unwrap());
    assert!(run(&mut program(&copied(&instance))).printed().starts_with("ey"));
    assert!(run(&mut program(&copied(&pod))).printed().starts_with("ey"));
    let first = std::fs::read_to_string(&file).unwrap();
    crate::program::changed(&file, &first);
    end(running);
}

#[test]
fn its_api_key_works_and_the_folder_of_its_keys_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("not").join("there");
    let mut running = simulate(&["--account", "seed", "--keys", keys.to_str().unwrap()]);
    let mut value = |name: &str| loop {
        if let Some(value) = running.line().strip_prefix(name) {
            break value.trim().to_owned();
        }
    };
    let (iam, key) = (value("IAM "), value("API key "));
    let mut token = program(&["token", "--source", "api_key", "--endpoint", &iam]);
    assert!(run(token.env("IBMCLOUD_API_KEY", key)).printed().starts_with("ey"));
    assert!(keys.join("0.der").exists());
    end(running);
}

#[test]
fn an_empty_account_has_metadata_alone() {
    let mut running = simulate(&["--account", "empty"]);
    let line = loop {
        let line = running.line();
        if line.starts_with("trusted-profile ") {
            break line;
        }
    };
    assert!(run(&mut program(&copied(&line))).printed().contains("\"resource_type\":\"instance\""));
    end(running);
}

#[test]
fn faults_by_name() {
    for (fault, code) in [
        ("metadata:status=403", 77),
        ("html", 75),
        ("{\"service\":\"metadata\",\"fault\":{\"kind\":\"redirect\",\"status\":302,\"location\":\"http://127.0.0.1/\"}}", 77),
    ] {
        let mut running = simulate(&["--account", "seed", "--json", "--fault", fault]);
        let facts: Value = serde_json::from_str(&running.line()).unwrap();
        let metadata = facts["metadata_url"].as_str().unwrap();
        let outcome = run(&mut program(&["token", "--source", "vpc_instance", "--endpoint", metadata]));
        assert_eq!(outcome.code, Some(code), "{fault}: {outcome:?}");
        end(running);
    }
}

#[test]
fn what_it_cannot_do_is_told() {
    let refused = |arguments: &[&str]| run(&mut program(&[&["simulate"], arguments].concat()));
    assert!(refused(&["--fault", "nonsense"]).failed(2).contains("expected one of"));
    assert!(refused(&["--fault", "latency"]).failed(2).contains("missing field `ms`"));
    assert!(refused(&["--token-file", "token"]).failed(71).contains("--account seed"));
    let file = tempfile::NamedTempFile::new().unwrap();
    let keys = file.path().to_str().unwrap();
    assert!(refused(&["--keys", keys]).failed(71).contains(keys));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    assert!(refused(&["--iam-port", &port]).failed(71).contains("in use"));
}
