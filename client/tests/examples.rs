//! The examples run, against the simulator.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use simulator::{Config, Fault, FaultRule, InstanceKind, NewLink, Service, ServiceAccountToken, Simulator};
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

fn printed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{out}{err}");
    out
}

fn seeded() -> Simulator {
    Simulator::start_blocking(Config::seeded()).unwrap()
}

#[test]
fn instance() {
    let simulator = seeded();
    let printed = printed(example("instance").arg(simulator.metadata_url()));
    assert!(printed.contains(&simulator.seed().unwrap().instance_profile.iam_id), "{printed}");
    assert!(printed.contains("vpc_instance: default trusted profile"), "{printed}");
}

#[test]
fn pod() {
    let simulator = seeded();
    let seed = simulator.seed().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let token = ServiceAccountToken { cluster_id: seed.cluster.id.clone(), ..ServiceAccountToken::default() };
    let file = simulator.start_cr_token_file(folder.path(), "sa-token", token, None).unwrap();
    let printed = printed(example("pod").arg(&seed.pod_profile.id).arg(file.path()).arg(simulator.iam_url()));
    assert!(printed.contains(&seed.pod_profile.iam_id), "{printed}");
}

#[test]
fn bare_metal() {
    let simulator = seeded();
    simulator.update_primary_instance(|settings| settings.kind = InstanceKind::Bms);
    let profile = simulator.create_profile("of-metal");
    simulator.create_link(&profile.id, NewLink::instance(&simulator.primary_instance())).unwrap();
    let printed = printed(example("bare_metal").arg(&profile.id).arg(simulator.metadata_url()));
    assert!(printed.contains(&profile.iam_id), "{printed}");
}

#[test]
fn threads() {
    let simulator = seeded();
    let printed = printed(example("threads").arg(simulator.metadata_url()));
    assert_eq!(printed.matches("generation 1").count(), 8, "{printed}");
    assert_eq!(printed.matches("Fetched").count(), 2, "{printed}");
}

/// The link comes late, and the program waits for it.
#[test]
fn first_boot() {
    let simulator = seeded();
    let code = Some("profile_not_linked".to_owned());
    let late = Fault::Status { status: 400, retry_after: None, code, message: None };
    simulator.inject(FaultRule::on(Service::Metadata, late).at("POST", "/identity/v1/iam_tokens").times(2));
    let printed = printed(example("first_boot").arg(simulator.metadata_url()));
    assert!(printed.contains("has a token"), "{printed}");
    assert_eq!(printed.matches("NotReady").count(), 2, "{printed}");
    assert_eq!(simulator.journal().count(Service::Metadata, "POST", "/identity/v1/iam_tokens"), 3);
}

#[test]
fn object_storage() {
    let simulator = seeded();
    let url = format!("{}/{}/greeting.txt", simulator.object_store_url(), simulator.seed().unwrap().bucket);
    assert_eq!(printed(example("object_storage").arg(url).arg(simulator.metadata_url())), "hello\n");
}

#[test]
fn own_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token.json");
    std::fs::write(&file, r#"{"token": "of-the-agent", "expires_at": 4102444800}"#).unwrap();
    let printed = printed(example("own_tokens").arg(&file));
    assert!(printed.contains("generation: 1") && !printed.contains("of-the-agent"), "{printed}");
}

#[test]
fn sans_io() {
    let simulator = seeded();
    let printed = printed(example("sans_io").arg(simulator.metadata_url()));
    assert_eq!(printed.matches("Fetched").count(), 2, "{printed}");
}

#[cfg(feature = "vpc")]
#[test]
fn list_instances() {
    let simulator = seeded();
    let printed = printed(example("list_instances").args([simulator.metadata_url(), simulator.vpc_url()]));
    assert_eq!(printed, "seed-instance: running\n");
}

#[cfg(feature = "types-vpc")]
#[test]
fn typed_instances() {
    let simulator = seeded();
    let printed = printed(example("typed_instances").args([simulator.metadata_url(), simulator.vpc_url()]));
    assert!(printed.starts_with("seed-instance: ") && printed.ends_with(" vCPU\n"), "{printed}");
}

#[cfg(feature = "vpc")]
#[test]
fn change_safely() {
    let simulator = seeded();
    let printed = printed(example("change_safely").arg("mine").args([simulator.metadata_url(), simulator.vpc_url()]));
    assert_eq!(printed, "somebody else was faster\nmine-ours\n");
}

#[cfg(feature = "metadata")]
#[test]
fn metadata() {
    let simulator = seeded();
    let printed = printed(example("metadata").arg(simulator.metadata_url()));
    assert!(printed.starts_with("seed-instance in ") && printed.ends_with(" bytes of user data\n"), "{printed}");
}

#[cfg(feature = "verify")]
#[test]
fn verify() {
    use std::io::Write as _;
    use std::process::Stdio;
    let simulator = seeded();
    let profile = simulator.seed().unwrap().instance_profile;
    let shown = |header: &str| {
        let arguments = [simulator.account_id(), simulator.iam_url()];
        let mut child = example("verify").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(header.as_bytes()).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    };
    let tokens = trusted_profile::TokenProvider::vpc_instance().endpoint(simulator.metadata_url()).build_blocking().unwrap();
    let header = tokens.token(None).unwrap().authorization();
    assert!(shown(header.to_str().unwrap()).starts_with(&format!("200: {} of account", profile.iam_id)));
    let refused = shown("Bearer eyJhbGciOiJub25lIn0.e30.");
    assert!(refused.starts_with("401: token_not_trusted"), "{refused}");
}
