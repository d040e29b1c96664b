//! No secret on standard error or in a command line, however talkative the program is told to be.

use crate::program::{Running, eventually, on_instance, pod_token, program, run, run_with, seeded};
use rustix::process::Signal;
use simulator::{Fault, FaultRule, Service};
use std::fs;

#[test]
fn verbose_runs_show_none() {
    let simulator = seeded();
    let seed = simulator.seed().unwrap();
    let (metadata, iam) = (simulator.metadata_url(), simulator.iam_url());
    let folder = tempfile::tempdir().unwrap();
    let file = pod_token(&simulator, folder.path());
    let instance = on_instance(&["token", "-v"], &metadata);
    let document = on_instance(&["metadata", "initialization", "-v"], &metadata);
    let pod = ["token", "-v", "--source", "container", "--profile-id", &seed.pod_profile.id, "--cr-token-file", &file, "--endpoint", &iam];
    let key = ["token", "-v", "--source", "api_key", "--api-key-file", "-", "--endpoint", &iam];
    let mut hidden = vec![seed.api_key.value.clone(), fs::read_to_string(&file).unwrap(), "packages:".to_owned()];
    let mut said = String::new();
    for fault in [
        None,
        Some(Fault::TruncatedJson {}),
        Some(Fault::ExpiredOnArrival {}),
        Some(Fault::Status { status: 400, retry_after: None, code: None, message: None }),
    ] {
        for service in [Service::Metadata, Service::Iam] {
            if let Some(fault) = &fault {
                simulator.inject(FaultRule::on(service, fault.clone()));
            }
        }
        for arguments in [&instance[..], &document, &pod, &key] {
            let outcome = run_with(&mut program(arguments), &seed.api_key.value);
            assert_eq!(outcome.code == Some(0), fault.is_none(), "{outcome:?}");
            assert!(outcome.stderr.contains("request"), "{outcome:?}");
            said.push_str(&outcome.stderr);
            hidden.extend((arguments != document).then(|| outcome.stdout.trim().to_owned()).filter(|token| !token.is_empty()));
        }
        simulator.clear_faults();
    }
    // Every token of the run, issued or given, begins like this.
    hidden.push("eyJ".to_owned());
    for secret in hidden {
        assert!(!said.contains(&secret), "{secret} in {said}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn the_list_of_processes_shows_none() {
    let simulator = seeded();
    let metadata = simulator.metadata_url();
    let script = "echo $$; echo $IC_IAM_TOKEN; exec sleep 60";
    let mut running =
        Running::start(&mut program(&[&on_instance(&["exec", "--token-file"], &metadata)[..], &["--", "sh", "-c", script]].concat()));
    let (child, token) = (running.line(), running.line());
    for process in [running.id().to_string(), child] {
        // It is empty while the shell becomes what it runs.
        let line = || Some(fs::read_to_string(format!("/proc/{process}/cmdline")).unwrap()).filter(|line| !line.is_empty());
        assert!(!eventually("a command line", line).contains(&token));
    }
    running.signal(Signal::TERM);
    assert_eq!(running.end(), (Some(143), String::new()));
}

#[test]
fn without_verbose_a_success_says_nothing() {
    let simulator = seeded();
    let outcome = run(&mut program(&on_instance(&["token"], &simulator.metadata_url())));
    assert_eq!(outcome.stderr, "");
}
