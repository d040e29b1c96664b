//! Runs every scenario in both manners.
#![expect(clippy::print_stdout, reason = "a test reports its counts")]

use boon::{Compiler, Schemas};
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
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let schema = compiler.compile(concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json"), &mut schemas).unwrap();
    for file in corpus().unwrap() {
        let value = serde_json::from_str(&file.text).unwrap();
        schemas.validate(&value, schema).unwrap_or_else(|problems| panic!("{}: {problems}", file.name));
    }
    assert!(schemas.validate(&serde_json::json!({ "name": "no steps" }), schema).is_err());
}
