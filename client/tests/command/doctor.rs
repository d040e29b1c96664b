//! `doctor`: the report, its JSON, and the exit codes.

use crate::program::{on_instance, program, run, seeded};
use serde_json::Value;
use simulator::{Fault, FaultRule, Service};

#[test]
fn all_is_well() {
    let simulator = seeded();
    let url = simulator.metadata_url();
    let shown = run(&mut program(&on_instance(&["doctor"], &url))).printed();
    assert!(shown.contains("pass  iam_token") && shown.contains("All is well"), "{shown}");
    assert!(!shown.contains("eyJ"), "no token is shown: {shown}");
    let json: Value = serde_json::from_str(&run(&mut program(&on_instance(&["doctor", "--json"], &url))).printed()).unwrap();
    assert_eq!(json["well"], true);
    assert!(json["checks"].as_array().unwrap().iter().all(|check| check["verdict"] != "fail"), "{json}");
}

#[test]
fn what_is_wrong_decides_the_exit_code() {
    let simulator = seeded();
    let url = simulator.metadata_url();
    simulator.set_clock_skew(Service::Metadata, 600);
    let outcome = run(&mut program(&on_instance(&["doctor"], &url)));
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(outcome.stdout.contains("FAIL  clock") && outcome.stdout.contains("gets its token, but"), "{outcome:?}");
    simulator.set_clock_skew(Service::Metadata, 0);
    let wrong = "Profile-00000000-0000-4000-8000-000000000000";
    let outcome = run(&mut program(&[&on_instance(&["doctor"], &url)[..], &["--profile-id", wrong]].concat()));
    assert_eq!(outcome.code, Some(77), "{outcome:?}");
    assert!(outcome.stdout.contains("FAIL  iam_token") && outcome.stdout.contains("Fix: compare"), "{outcome:?}");
    let unlinked = simulator.seed().unwrap().pod_profile.id;
    let outcome = run(&mut program(&[&on_instance(&["doctor"], &url)[..], &["--profile-id", &unlinked]].concat()));
    assert!(
        outcome.code == Some(77) && outcome.stdout.contains("FAIL  link") && outcome.stdout.contains("Fix: create a link"),
        "{outcome:?}"
    );
    let outcome = run(&mut program(&on_instance(&["doctor"], "http://127.0.0.1:9")));
    assert_eq!(outcome.code, Some(69), "{outcome:?}");
    let outcome = run(&mut program(&["doctor", "--source", "container"]));
    assert!(outcome.code == Some(78) && outcome.stdout.contains("FAIL  source  profile: expected"), "{outcome:?}");
    let outcome = run(program(&["doctor", "--json"]).env("TRUSTED_PROFILE_AUTH_TYPE", "basic"));
    let json: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert!(outcome.code == Some(78) && json["checks"][0]["found"].as_str().unwrap().contains("AUTH_TYPE: expected"), "{outcome:?}");
}

#[test]
fn it_takes_no_longer_than_it_may() {
    let simulator = seeded();
    simulator.inject(FaultRule::on(Service::Metadata, Fault::Hang {}));
    let url = simulator.metadata_url();
    assert!(
        run(&mut program(&on_instance(&["doctor", "--timeout", "200ms"], &url)))
            .failed(69)
            .contains("nothing within the 200ms that --timeout allows")
    );
    assert!(run(&mut program(&["doctor", "--wait", "5m"])).failed(2).contains("--wait"));
}
