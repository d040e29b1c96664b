//! Runs every scenario in both manners.
#![expect(clippy::print_stdout, reason = "a test reports its counts")]

use scenarios::{Asynchronous, Blocking, corpus, for_each, run};

#[test]
fn every_scenario_holds_for_tasks_and_threads() {
    let files = corpus().unwrap();
    let failures = for_each(&files, |file| run::<Asynchronous>(&file.scenario).and_then(|()| run::<Blocking>(&file.scenario)));
    assert!(failures.is_empty(), "{} of {} failed:\n{}", failures.len(), files.len(), failures.join("\n"));
    println!("scenarios: {} run, 0 skipped", files.len());
}

#[test]
fn every_file_fits_the_schema() {
    let schema = serde_json::from_str(include_str!("../schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for file in corpus().unwrap() {
        let value = serde_json::from_str(&file.text).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {}", file.name, errors.join("; "));
    }
    assert!(!validator.is_valid(&serde_json::json!({ "name": "no steps" })));
}
