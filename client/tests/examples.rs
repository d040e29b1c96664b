//! The examples run, against the simulator.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use simulator::{Config, ServiceAccountToken, Simulator};
use std::path::PathBuf;
use std::process::Command;

/// Cargo builds examples beside the tests.
fn example(name: &str) -> Command {
    let mut path: PathBuf = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    let mut command = Command::new(path.join("examples").join(name));
    command.env_clear();
    command
}

fn printed(mut command: Command) -> String {
    let output = command.output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{out}{err}");
    out
}

#[test]
fn instance() {
    let simulator = Simulator::start_blocking(Config::seeded()).unwrap();
    let mut command = example("instance");
    command.arg(simulator.metadata_url());
    let printed = printed(command);
    assert!(printed.contains(&simulator.seed().unwrap().instance_profile.iam_id), "{printed}");
    assert!(printed.contains("vpc_instance: default trusted profile"), "{printed}");
}

#[test]
fn pod() {
    let simulator = Simulator::start_blocking(Config::seeded()).unwrap();
    let seed = simulator.seed().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let token = ServiceAccountToken { cluster_id: seed.cluster.id.clone(), ..ServiceAccountToken::default() };
    let file = simulator.start_cr_token_file(folder.path(), "sa-token", token, None).unwrap();
    let mut command = example("pod");
    command.arg(&seed.pod_profile.id).arg(file.path()).arg(simulator.iam_url());
    let printed = printed(command);
    assert!(printed.contains(&seed.pod_profile.iam_id), "{printed}");
}

#[test]
fn threads() {
    let simulator = Simulator::start_blocking(Config::seeded()).unwrap();
    let mut command = example("threads");
    command.arg(simulator.metadata_url());
    let printed = printed(command);
    assert_eq!(printed.matches("generation 1").count(), 8, "{printed}");
    assert_eq!(printed.matches("Fetched").count(), 2, "{printed}");
}
