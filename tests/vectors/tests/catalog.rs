//! Plays the corpus of the catalog.
#![expect(clippy::print_stdout, reason = "a test says what it ran")]

use boon::{Compiler, Schemas};
use vectors::catalog::{Cases, play};
use vectors::corpus;

#[test]
fn every_case_of_the_catalog_plays() {
    let files = corpus::catalog().unwrap();
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let schema = compiler.compile(corpus::root().join("catalog.schema.json").to_str().unwrap(), &mut schemas).unwrap();
    let (mut failures, mut played) = (Vec::new(), 0);
    for file in &files {
        schemas.validate(&file.json, schema).unwrap_or_else(|problems| panic!("{}: {problems}", file.path));
        let cases: Cases = serde_json::from_value(file.json.clone()).unwrap();
        assert_eq!(format!("catalog/{}.json", cases.name), file.path);
        match play(&cases) {
            Ok(count) => played += count,
            Err(difference) => failures.push(format!("{}: {difference}", file.path)),
        }
    }
    assert!(failures.is_empty(), "{} of {} failed:\n{}", failures.len(), files.len(), failures.join("\n"));
    println!("catalog: {} run, 0 skipped", files.len());
    println!("{played} cases played");
}
