//! `token`.

use crate::program::{Outcome, on_instance, pod_token, program, run, run_with, seeded};
use serde_json::Value;
use std::time::{SystemTime, UNIX_EPOCH};

#[test]
fn a_plain_line_a_header_or_json() {
    let simulator = seeded();
    let metadata = simulator.metadata_url();
    let token = |more: &[&str]| run(&mut program(&on_instance(&[&["token"], more].concat(), &metadata)));
    let plain = token(&[]).printed();
    assert_eq!((plain.lines().count(), plain.matches('.').count()), (1, 2), "{plain}");
    let header = token(&["--header"]).printed();
    assert!(header.starts_with("Authorization: Bearer ey") && header.lines().count() == 1, "{header}");
    let json: Value = serde_json::from_str(&token(&["--json"]).printed()).unwrap();
    let seconds = |name: &str| json[name].as_u64().unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    assert!((3500..=3600).contains(&seconds("expires_in")), "{json}");
    assert!(now.abs_diff(seconds("expiration") - seconds("expires_in")) < 60, "{json}");
    assert_eq!((&json["token_type"], &json["source"], &json["cached"]), (&"Bearer".into(), &"vpc_instance".into(), &false.into()));
    assert_eq!(json["access_token"].as_str().unwrap().matches('.').count(), 2);
    assert_eq!(token(&["--json", "--header"]).code, Some(2));
}

#[test]
fn a_token_of_unknown_life_has_no_end() {
    let settings = [("TRUSTED_PROFILE_AUTH_TYPE", "bearerToken"), ("TRUSTED_PROFILE_BEARER_TOKEN", "t0ken")];
    let json: Value = serde_json::from_str(&run(program(&["token", "--json"]).envs(settings)).printed()).unwrap();
    assert_eq!(json, serde_json::json!({"access_token": "t0ken", "token_type": "Bearer", "source": "bearer", "cached": false}));
}

#[test]
fn in_a_pod() {
    let simulator = seeded();
    let folder = tempfile::tempdir().unwrap();
    let (file, profile, iam) = (pod_token(&simulator, folder.path()), simulator.seed().unwrap().pod_profile.id, simulator.iam_url());
    let arguments = ["token", "--source", "container", "--profile-id", &profile, "--cr-token-file", &file, "--endpoint", &iam];
    assert!(run(&mut program(&arguments)).printed().starts_with("ey"));
}

#[test]
fn an_api_key_comes_from_a_file_from_standard_input_or_from_the_environment() {
    let simulator = seeded();
    let (key, iam) = (simulator.seed().unwrap().api_key.value, simulator.iam_url());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    std::fs::write(&file, format!("{{\"name\":\"n\",\"apikey\":\"{key}\"}}")).unwrap();
    let base = ["token", "--source", "api_key", "--endpoint", &iam];
    let with = |file: &str| program(&[&base[..], &["--api-key-file", file]].concat());
    assert!(run(&mut with(file.to_str().unwrap())).printed().starts_with("ey"));
    assert!(run_with(&mut with("-"), &format!("{key}\n")).printed().starts_with("ey"));
    assert!(run(program(&base).env("IBMCLOUD_API_KEY", &key)).printed().starts_with("ey"));
    assert!(run(&mut program(&base)).failed(78).contains("api_key: expected an API key"));
    let said = run(program(&base).env("IBMCLOUD_API_KEY", "@key.json")).failed(78);
    assert!(said.contains("IBMCLOUD_API_KEY") && said.contains("--api-key-file") && !said.contains("key.json"), "{said}");
    assert!(run_with(&mut with("-"), " \n").failed(65).contains("standard input: it is empty"));
    assert!(run(&mut program(&[&base[..], &["--api-key", &key]].concat())).failed(2).contains("--api-key-file"));
}

#[test]
fn another_profile_is_assumed() {
    let simulator = seeded();
    let (seed, iam) = (simulator.seed().unwrap(), simulator.iam_url());
    let arguments = ["--source", "assume", "--profile-id", &seed.pod_profile.id, "--endpoint", &iam, "--base", "api_key"];
    let claims = run(program(&[&["claims"], &arguments[..]].concat()).env("IBMCLOUD_API_KEY", &seed.api_key.value)).printed();
    let claims: Value = serde_json::from_str(&claims).unwrap();
    assert_eq!(claims["payload"]["iam_id"], seed.pod_profile.iam_id);
    assert!(run(&mut program(&["token", "--source", "assume", "--profile-id", "P"])).failed(78).contains("base: expected"));
}

#[test]
fn a_profile_without_a_source_is_of_what_this_machine_is() {
    let simulator = seeded();
    let (seed, metadata, iam) = (simulator.seed().unwrap(), simulator.metadata_url(), simulator.iam_url());
    let folder = tempfile::tempdir().unwrap();
    let file = pod_token(&simulator, folder.path());
    // Settings of the environment are another way, and never mixed in.
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = program(&[&["token", "--json"], arguments].concat());
        command.env("TRUSTED_PROFILE_AUTH_TYPE", "nonsense").env("IBMCLOUD_API_KEY", "k").envs(variables.iter().copied());
        run(&mut command)
    };
    let kubernetes = [("KUBERNETES_SERVICE_HOST", "10.0.0.1")];
    let shown = run(&["--profile-id", &seed.instance_profile.id, "--endpoint", &metadata], &[]).printed();
    assert!(shown.contains("\"source\":\"vpc_instance\""), "{shown}");
    let shown = run(&["--profile-name", &seed.pod_profile.name, "--endpoint", &iam, "--cr-token-file", &file], &kubernetes).printed();
    assert!(shown.contains("\"source\":\"container\""), "{shown}");
    // What does not fit what it is, is told with the reason.
    let said = run(&["--endpoint", &iam], &kubernetes).failed(78);
    assert!(said.contains("profile: expected one of") && said.contains("KUBERNETES_SERVICE_HOST is set"), "{said}");
    let said = run(&["--cr-token-file", &file], &[]).failed(78);
    assert!(said.contains("cr_token_file: expected nothing") && said.contains("nothing says that this is a pod"), "{said}");
}

#[test]
fn first_boot_is_waited_for() {
    let simulator = seeded();
    let (metadata, iam) = (simulator.metadata_url(), simulator.create_profile("late").id);
    let arguments = on_instance(&["token", "--profile-id", &iam], &metadata);
    assert!(run(&mut program(&arguments)).failed(77).contains("profile_not_linked"));
    let mut waiting = program(&[&arguments[..], &["--wait", "5m"]].concat());
    let waiting = std::thread::spawn(move || run(&mut waiting));
    let refused = || simulator.journal().count(simulator::Service::Metadata, "POST", "/identity/v1/iam_tokens") >= 2;
    crate::program::eventually("a refusal", || refused().then_some(()));
    let instance = simulator.primary_instance();
    simulator.create_link(&iam, simulator::NewLink::instance(&instance)).unwrap();
    let Outcome { code, stdout, stderr } = waiting.join().unwrap();
    assert!(code == Some(0) && stdout.starts_with("ey"), "{stderr}");
    // Two attempts have one cause, which is told once.
    assert!(stderr.starts_with("trusted-profile: not ready yet, trying again for up to "), "{stderr}");
    assert!(stderr.contains(" s: profile_not_linked: ") && stderr.lines().count() == 1, "{stderr}");
}

#[test]
fn a_source_is_one_thing() {
    for (arguments, words) in [
        (&["token", "--account-id", "A"][..], "--source"),
        (&["token", "--profile-id", "P", "--service", "iam"], "--service"),
        (&["claims", "--token-file", "-", "--profile-id", "P"], "--profile-id"),
        (&["token", "--source", "vpc_instance", "--service", "iam"], "--service"),
        (&["token", "--source", "vpc"], "vpc_instance"),
        (&["token", "--source", "vpc_instance", "--wait", "soon"], "--wait"),
        (&["token", "--source", "vpc_instance", "--base-profile-id", "P"], "--base"),
    ] {
        let said = run(&mut program(arguments)).failed(2);
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
}
