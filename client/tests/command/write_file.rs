//! `write-file`.

use crate::program::{Running, changed, on_instance, program, run, seeded};
use rustix::process::Signal;
use serde_json::Value;
use simulator::{Fault, FaultRule, Service};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

fn write_file(path: &Path, more: &[&str], metadata: &str) -> Command {
    program(&on_instance(&[&["write-file", path.to_str().unwrap()], more].concat(), metadata))
}

#[test]
fn once_in_every_format() {
    let simulator = seeded();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let written = |format: &[&str]| {
        let arguments = [&["--once"], format].concat();
        assert_eq!(run(&mut write_file(&path, &arguments, &simulator.metadata_url())).printed(), "");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        std::fs::read_to_string(&path).unwrap()
    };
    let token = written(&[]);
    assert!(token.starts_with("ey") && !token.ends_with('\n'), "{token}");
    let header = written(&["--format", "header"]);
    assert!(header.starts_with("Authorization: Bearer ey") && header.ends_with('\n'), "{header}");
    let json: Value = serde_json::from_str(&written(&["--format", "json"])).unwrap();
    assert!(json["expiration"].is_u64() && json["access_token"].is_string(), "{json}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn it_is_kept_fresh_while_refreshes_fail_and_until_a_signal() {
    let simulator = seeded();
    simulator.set_iam_token_lifetime(5);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let mut running = Running::start(&mut write_file(&path, &[], &simulator.metadata_url()));
    let first = changed(&path, "");
    changed(&path, &first);
    // It lasts for as long as this looks, however long that is.
    simulator.inject(FaultRule::on(Service::Metadata, Fault::Html { status: 200 }).at("POST", "/identity/v1/iam_tokens"));
    let mut after_a_failure = || {
        running.fails_to_refresh("malformed_response");
        std::fs::read_to_string(&path).unwrap()
    };
    let before = after_a_failure();
    assert!(before != first && before.matches('.').count() == 2, "{before}");
    assert_eq!(after_a_failure(), before);
    simulator.clear_faults();
    let third = changed(&path, &before);
    running.signal(Signal::TERM);
    assert_eq!(running.end().0, Some(0));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), third);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_token_that_ended_is_told_and_replaced_when_the_service_is_back() {
    let simulator = seeded();
    simulator.set_iam_token_lifetime(3);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let mut running = Running::start(&mut write_file(&path, &[], &simulator.metadata_url()));
    changed(&path, "");
    simulator.inject(FaultRule::on(Service::Metadata, Fault::Close {}));
    while !running.said().contains("there is no usable token any more: metadata_unreachable") {}
    // The first one, or the one after it where this machine is slow. Nothing can replace it now.
    let last = std::fs::read_to_string(&path).unwrap();
    assert!(last.starts_with("ey") && last.matches('.').count() == 2, "{last}");
    simulator.clear_faults();
    changed(&path, &last);
    running.signal(Signal::INT);
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn systemd_is_told_once_the_file_is_there() {
    let simulator = seeded();
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("notify");
    check(&UnixDatagram::bind(&place).unwrap(), place.to_str().unwrap(), &simulator.metadata_url());
    #[cfg(target_os = "linux")]
    {
        use std::os::linux::net::SocketAddrExt as _;
        let name = format!("trusted-profile-test-{}", std::process::id());
        let address = std::os::unix::net::SocketAddr::from_abstract_name(&name).unwrap();
        check(&UnixDatagram::bind_addr(&address).unwrap(), &format!("@{name}"), &simulator.metadata_url());
    }
}

fn check(socket: &UnixDatagram, address: &str, metadata: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let running = Running::start(write_file(&path, &[], metadata).env("NOTIFY_SOCKET", address));
    let mut message = [0; 64];
    let length = socket.recv(&mut message).unwrap();
    assert_eq!(&message[..length], b"READY=1\n");
    assert!(path.exists());
    running.signal(Signal::TERM);
    assert_eq!(running.end(), (Some(0), String::new()));
}

#[test]
#[cfg(target_os = "linux")]
fn its_memory_is_never_dumped() {
    let simulator = seeded();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let running = Running::start(&mut write_file(&path, &[], &simulator.metadata_url()));
    changed(&path, "");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", running.id())).unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap();
    assert_eq!(line.split_whitespace().collect::<Vec<_>>(), ["0", "0", "bytes"]);
    running.signal(Signal::TERM);
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn a_deaf_systemd_is_told_of_and_ends_nothing() {
    let simulator = seeded();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let running = Running::start(write_file(&path, &[], &simulator.metadata_url()).env("NOTIFY_SOCKET", "/no/such/socket"));
    changed(&path, "");
    let mut running = running;
    assert!(running.said().contains("NOTIFY_SOCKET"));
    running.signal(Signal::TERM);
    assert_eq!(running.end().0, Some(0));
}
