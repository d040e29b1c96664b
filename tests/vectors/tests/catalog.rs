//! Plays the corpus of the catalog.
#![expect(clippy::print_stdout, reason = "a test says what it ran")]

use boon::{Compiler, Schemas};
use vectors::catalog::{Cases, play};
use vectors::{canary, corpus};

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

/// Every expectation, turned round one at a time: the player notices.
#[test]
fn expectations_of_the_catalog_can_fail() {
    let (mut flipped, mut unnoticed) = (0, Vec::new());
    for file in corpus::catalog().unwrap() {
        let flips = canary::flips(&file);
        assert!(!flips.is_empty(), "{} expects nothing", file.path);
        flipped += flips.len();
        let is_unnoticed = |json| serde_json::from_value::<Cases>(json).is_ok_and(|cases| play(&cases).is_ok());
        unnoticed
            .extend(flips.into_iter().filter(|flip| is_unnoticed(flip.json.clone())).map(|flip| format!("{} {}", flip.path, flip.pointer)));
    }
    assert!(unnoticed.is_empty(), "not noticed:\n{}", unnoticed.join("\n"));
    assert!(flipped > 120, "only {flipped} were found");
    println!("catalog canary: {flipped} flipped, {flipped} caught");
}
