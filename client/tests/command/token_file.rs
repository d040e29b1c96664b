//! `exec --token-file`: the parent of a command, with a file that stays fresh.

use crate::program::{Running, changed, eventually, on_instance, private_folder, program, run, seeded};
use rustix::process::{Pid, Signal, kill_process};
use simulator::{Fault, FaultRule, Service};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

fn exec(metadata: &str, script: &str, runtime: &Path) -> Command {
    let mut command = program(&[&on_instance(&["exec", "--token-file"], metadata)[..], &["--", "sh", "-c", script]].concat());
    command.env("XDG_RUNTIME_DIR", runtime);
    command
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn the_file_is_private_and_gone_at_the_end() {
    let simulator = seeded();
    let runtime = private_folder();
    let script = "echo $IC_IAM_TOKEN_FILE; test \"$(cat $IC_IAM_TOKEN_FILE)\" = \"$IC_IAM_TOKEN\" && echo same; stat -c %a $IC_IAM_TOKEN_FILE \
        $(dirname $IC_IAM_TOKEN_FILE); exit 7";
    let outcome = run(&mut exec(&simulator.metadata_url(), script, runtime.path()));
    assert_eq!(outcome.code, Some(7), "{outcome:?}");
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert!(Path::new(lines[0]).starts_with(runtime.path()), "{outcome:?}");
    assert_eq!(lines[1..], ["same", "600", "700"]);
    assert!(is_empty(runtime.path()));
}

#[test]
fn without_a_runtime_folder_a_temporary_one_serves() {
    let simulator = seeded();
    let (temporary, none) = (tempfile::tempdir().unwrap(), Path::new("/no/such/folder"));
    let outcome = run(exec(&simulator.metadata_url(), "echo $IC_IAM_TOKEN_FILE", none).env("TMPDIR", temporary.path()));
    assert!(Path::new(outcome.printed().trim()).starts_with(temporary.path()));
    assert!(is_empty(temporary.path()));
    let nowhere = run(exec(&simulator.metadata_url(), "true", none).env("TMPDIR", none));
    assert!(nowhere.failed(73).contains("no place for the token file"));
    // One that others can write in is none.
    let open = private_folder();
    std::fs::set_permissions(open.path(), std::fs::Permissions::from_mode(0o770)).unwrap();
    let outcome = run(exec(&simulator.metadata_url(), "echo $IC_IAM_TOKEN_FILE", open.path()).env("TMPDIR", temporary.path()));
    assert!(Path::new(outcome.printed().trim()).starts_with(temporary.path()));
}

#[test]
fn waiting_for_the_first_token_ends_with_the_signal() {
    let simulator = seeded();
    simulator.inject(FaultRule::on(Service::Metadata, Fault::Hang {}));
    let (runtime, metadata) = (private_folder(), simulator.metadata_url());
    let file = runtime.path().join("token").display().to_string();
    let asked = || simulator.journal().count(Service::Metadata, "PUT", "/identity/v1/token");
    let exec = [&on_instance(&["exec", "--token-file"], &metadata)[..], &["--", "true"]].concat();
    let write = on_instance(&["write-file", &file], &metadata);
    for arguments in [exec, write] {
        for (signal, number) in [(Signal::TERM, 15), (Signal::INT, 2)] {
            let before = asked();
            let running = Running::start(program(&arguments).env("XDG_RUNTIME_DIR", runtime.path()));
            eventually("a first request", || (asked() > before).then_some(()));
            running.signal(signal);
            assert_eq!(running.end(), (Some(128 + number), String::new()), "{arguments:?}");
            assert!(is_empty(runtime.path()));
        }
    }
}

/// As process 1, which only gets the signals that it listens for.
#[test]
#[cfg(target_os = "linux")]
fn as_process_1_it_ends_too() {
    let simulator = seeded();
    simulator.inject(FaultRule::on(Service::Metadata, Fault::Hang {}));
    let metadata = simulator.metadata_url();
    let mut first = Command::new("unshare");
    first.args(["--user", "--map-root-user", "--pid", "--fork", "--kill-child", env!("CARGO_BIN_EXE_trusted-profile")]);
    first.args(on_instance(&["exec", "--token-file", "--wait", "2m"], &metadata)).args(["--", "true"]);
    let running = Running::start(&mut first);
    let asked = || simulator.journal().count(Service::Metadata, "PUT", "/identity/v1/token");
    eventually("a first request", || (asked() > 0).then_some(()));
    let id = running.id();
    let child = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
    kill_process(Pid::from_raw(child.trim().parse().unwrap()).unwrap(), Signal::TERM).unwrap();
    assert_eq!(running.end(), (Some(128 + 15), String::new()));
}

#[test]
fn signals_are_passed_on_and_the_commands_code_is_kept() {
    let simulator = seeded();
    let runtime = private_folder();
    let all = [
        (Signal::TERM, "TERM"),
        (Signal::INT, "INT"),
        (Signal::HUP, "HUP"),
        (Signal::QUIT, "QUIT"),
        (Signal::USR1, "USR1"),
        (Signal::USR2, "USR2"),
    ];
    for (signal, name) in all {
        let script = format!("trap 'echo got {name}; exit 9' {name}; echo ready; while :; do sleep 0.05; done");
        let mut running = Running::start(&mut exec(&simulator.metadata_url(), &script, runtime.path()));
        assert_eq!(running.line(), "ready");
        running.signal(signal);
        assert_eq!(running.line(), format!("got {name}"));
        assert_eq!(running.end(), (Some(9), String::new()));
    }
    let mut running = Running::start(&mut exec(&simulator.metadata_url(), "echo ready; exec sleep 60", runtime.path()));
    assert_eq!(running.line(), "ready");
    running.signal(Signal::TERM);
    assert_eq!(running.end().0, Some(128 + 15));
    assert!(is_empty(runtime.path()));
}

#[test]
#[cfg(target_os = "linux")]
fn what_was_ignored_at_the_start_stays_ignored() {
    let simulator = seeded();
    let runtime = private_folder();
    let mut ignoring = Command::new("sh");
    ignoring.args(["-c", "trap '' HUP INT; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_trusted-profile"), "exec", "--token-file"]);
    ignoring.args(["--source", "vpc_instance", "--endpoint", &simulator.metadata_url()]);
    ignoring.args(["--", "sh", "-c", "echo $$; exec sleep 60"]).env("XDG_RUNTIME_DIR", runtime.path());
    let mut running = Running::start(&mut ignoring);
    let child: i32 = running.line().parse().unwrap();
    let ignored = |id: &str| {
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let set = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
        u64::from_str_radix(set.trim(), 16).unwrap() & 0b11
    };
    running.signal(Signal::HUP);
    running.signal(Signal::INT);
    // HUP and INT are the first two; what ignores them was not ended by them.
    assert_eq!((ignored(&running.id().to_string()), ignored(&child.to_string())), (0b11, 0b11));
    kill_process(Pid::from_raw(child).unwrap(), Signal::HUP).unwrap();
    // It arrives after those two, and is heeded.
    running.signal(Signal::TERM);
    assert_eq!(running.end(), (Some(128 + 15), String::new()));
}

#[test]
fn the_file_stays_fresh_and_a_failing_refresh_ends_nothing() {
    let simulator = seeded();
    simulator.set_iam_token_lifetime(5);
    let runtime = private_folder();
    let script = "echo $IC_IAM_TOKEN_FILE; cat $IC_IAM_TOKEN_FILE; echo; exec sleep 60";
    let mut running = Running::start(&mut exec(&simulator.metadata_url(), script, runtime.path()));
    let (file, first) = (running.line(), running.line());
    let second = changed(&file, &first);
    assert_eq!(second.matches('.').count(), 2);
    // It lasts for as long as this looks, however long that is.
    let fault = Fault::Status { status: 503, retry_after: None, code: None, message: None };
    simulator.inject(FaultRule::on(Service::Metadata, fault));
    running.fails_to_refresh("service_failed");
    let before = std::fs::read_to_string(&file).unwrap();
    assert_eq!(before.matches('.').count(), 2, "{before}");
    simulator.clear_faults();
    changed(&file, &before);
    running.signal(Signal::TERM);
    assert_eq!(running.end().0, Some(143));
    assert!(is_empty(runtime.path()));
}
