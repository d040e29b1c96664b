//! One exit code for each kind of failure, and the library's own words.

use crate::program::{on_instance, program, run, seeded};
use simulator::{Fault, FaultRule, Service};
use std::fs::OpenOptions;
use std::process::Stdio;

#[test]
fn each_kind_of_failure() {
    let simulator = seeded();
    let (metadata, iam) = (simulator.metadata_url(), simulator.iam_url());
    let fails = |arguments: &[&str], code: i32, words: &str| {
        let said = run(&mut program(arguments)).failed(code);
        assert!(said.starts_with("trusted-profile: ") && said.contains(words), "{arguments:?}: {said}");
        said
    };
    // Configuration.
    fails(&["token", "--source", "container"], 78, "invalid_argument: profile: expected one of profile_id");
    fails(&["token", "--source", "vpc_instance", "--endpoint", "http://example.com"], 78, "endpoint: expected");
    // This machine.
    let pod = ["token", "--source", "container", "--profile-id", "P", "--endpoint", &iam];
    fails(&[&pod[..], &["--cr-token-file", "/no/such/file"]].concat(), 66, "cr_token_unavailable");
    fails(&["token", "--source", "api_key", "--api-key-file", "/no/such/file", "--endpoint", &iam], 66, "/no/such/file");
    // The service says no, and its causes are ranked.
    let profile = simulator.create_profile("lonely").id;
    let said = fails(&on_instance(&["token", "--profile-id", &profile], &metadata), 77, "profile_not_linked");
    assert!(said.contains("\n  1. ") && said.contains("Fix: "), "{said}");
    // The service fails.
    let fault = Fault::Status { status: 503, retry_after: None, code: None, message: None };
    simulator.inject(FaultRule::on(Service::Metadata, fault));
    fails(&on_instance(&["token"], &metadata), 75, "service_failed");
    simulator.clear_faults();
    // The network between.
    simulator.inject(FaultRule::on(Service::Metadata, Fault::NotListening {}));
    fails(&on_instance(&["token"], &metadata), 69, "metadata_unreachable");
    simulator.clear_faults();
    simulator.inject(FaultRule::on(Service::Metadata, Fault::Hang {}));
    fails(&on_instance(&["token", "--timeout", "200ms"], &metadata), 69, "nothing within the 200ms that --timeout allows");
    simulator.clear_faults();
    // Files of our own.
    fails(&on_instance(&["write-file", "/no/such/folder/token"], &metadata), 73, "/no/such/folder/token");
    fails(&on_instance(&["write-file", "/no/such/folder/token", "--once"], &metadata), 73, "/no/such/folder/token");
    fails(&on_instance(&["token", "--ca-bundle", "/no/such/file"], &metadata), 78, "ca_bundle: expected a PEM file");
}

#[test]
fn the_environment_configures_what_no_option_does() {
    let simulator = seeded();
    let from = |service: &[&str], settings: &[(&str, &str)]| {
        run(program(&[&["token", "--json"], service].concat()).envs(settings.iter().copied()))
    };
    let metadata = simulator.metadata_url();
    let settings = |prefix: &str| [(format!("{prefix}_AUTH_TYPE"), "vpc".to_owned()), (format!("{prefix}_AUTH_URL"), metadata.clone())];
    for (prefix, service) in [("TRUSTED_PROFILE", &[][..]), ("MY_SERVICE", &["--service", "my-service"])] {
        let found = settings(prefix);
        let found: Vec<_> = found.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert!(from(service, &found).printed().contains("\"source\":\"vpc_instance\""), "{prefix}");
    }
    let said = from(&[], &[("TRUSTED_PROFILE_AUTH_TYPE", "nonsense")]).failed(78);
    assert!(said.contains("TRUSTED_PROFILE_AUTH_TYPE"), "{said}");
    // A pod without settings is never its node.
    let said = from(&[], &[("KUBERNETES_SERVICE_HOST", "10.0.0.1")]).failed(78);
    assert!(said.contains("profile: expected one of") && said.contains("KUBERNETES_SERVICE_HOST is set"), "{said}");
}

#[test]
fn standard_output_that_is_closed_or_full() {
    let simulator = seeded();
    let metadata = simulator.metadata_url();
    for arguments in [on_instance(&["token"], &metadata), vec!["man"], vec!["completions", "bash"], on_instance(&["metadata"], &metadata)] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = program(&arguments).stdout(writer).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(141), &b""[..]), "{arguments:?}");
    }
    #[cfg(target_os = "linux")]
    {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = program(&["man"]).stdout(full).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(74));
        assert!(String::from_utf8(output.stderr).unwrap().contains("standard output cannot be written"));
    }
}

#[test]
fn help_that_nobody_reads_is_no_panic() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = program(&["--help"]).stdout(writer).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
    assert!(!String::from_utf8(output.stderr).unwrap().contains("panicked"));
}

#[test]
fn the_table_is_in_the_help() {
    let help = run(&mut program(&["--help"])).printed();
    for code in ["2", "65", "66", "69", "70", "71", "73", "74", "75", "77", "78", "126", "127", "128+N", "141"] {
        assert!(help.contains(&format!("\n  {code} ")), "{code}: {help}");
    }
    assert_eq!(run(&mut program(&[])).code, Some(2));
}
