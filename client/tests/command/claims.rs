//! `claims`.

use crate::program::{on_instance, program, run, run_with, seeded};
use serde_json::Value;
use simulator::Service;

#[test]
fn of_a_token_that_is_fetched() {
    let simulator = seeded();
    let outcome = run(&mut program(&on_instance(&["claims"], &simulator.metadata_url())));
    assert!(outcome.stderr.contains("nothing was verified"), "{outcome:?}");
    let shown: Value = serde_json::from_str(&outcome.printed()).unwrap();
    assert_eq!(
        (&shown["header"]["alg"], &shown["payload"]["iam_id"]),
        (&"RS256".into(), &simulator.seed().unwrap().instance_profile.iam_id.into())
    );
}

#[test]
fn of_a_token_that_is_handed_over() {
    let simulator = seeded();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let token = run(&mut program(&on_instance(&["token"], &simulator.metadata_url()))).printed();
    let asked = simulator.journal().count(Service::Metadata, "PUT", "/identity/v1/token");
    std::fs::write(&path, format!("Authorization: Bearer {token}")).unwrap();
    let shown = run(&mut program(&["claims", "--token-file", path.to_str().unwrap()])).printed();
    assert!(shown.contains("\"iam_id\""), "{shown}");
    assert_eq!(run_with(&mut program(&["claims", "--token-file", "-"]), &token).printed(), shown);
    assert_eq!(simulator.journal().count(Service::Metadata, "PUT", "/identity/v1/token"), asked);
}

#[test]
fn what_is_no_jwt_is_refused_and_not_quoted() {
    for input in ["hunter2", "hunter2.hunter2.hunter2", "aHVudGVyMg.e30.x", "e30.e30", "e30.e30.x.y", "e30.W10.x"] {
        let said = run_with(&mut program(&["claims", "--token-file", "-"]), input).failed(65);
        assert!(said.contains("standard input: expected a JWT") && !said.contains("hunter2"), "{input}: {said}");
    }
    assert!(run_with(&mut program(&["claims", "--token-file", "-"]), &"a".repeat(70_000)).failed(65).contains("at most"));
    assert!(run(&mut program(&["claims", "--token-file", "/no/such/file"])).failed(66).contains("/no/such/file"));
}
