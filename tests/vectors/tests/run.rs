//! Plays the whole corpus, and checks that it is whole.
#![expect(clippy::print_stdout, reason = "a test says what it ran")]

use boon::{Compiler, Schemas};
use std::collections::BTreeSet;
use vectors::{canary, corpus, coverage};

#[test]
fn every_file_fits_its_schema() {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let mut schema = |name: &str| compiler.compile(corpus::root().join(name).to_str().unwrap(), &mut schemas).unwrap();
    let (scripts, operations) = (schema("schema.json"), schema("operations.schema.json"));
    for file in corpus::files().unwrap() {
        let schema = if file.path.starts_with("scripts/") { scripts } else { operations };
        schemas.validate(&file.json, schema).unwrap_or_else(|problems| panic!("{}: {problems}", file.path));
        assert!(schemas.validate(&serde_json::json!({ "name": "nothing else" }), schema).is_err());
    }
}

#[test]
fn every_file_plays() {
    let files = corpus::files().unwrap();
    let failures: Vec<String> = files.iter().filter_map(|file| corpus::run(&file.path, &file.json).err()).collect();
    assert!(failures.is_empty(), "{} of {} failed:\n{}", failures.len(), files.len(), failures.join("\n"));
    println!("vectors: {} run, 0 skipped", files.len());
    println!("corpus: sha256 {}", corpus::hash(&files));
}

#[test]
fn every_rule_and_trap_is_covered() {
    let files = corpus::files().unwrap();
    let table = coverage::table(&files).unwrap_or_else(|wrong| panic!("{wrong}"));
    for (rule, files) in table {
        println!("{rule}: {}", files.join(" "));
    }
    let readme = std::fs::read_to_string(corpus::root().join("README.md")).unwrap();
    for (rule, reason) in coverage::NOT_SHOWN {
        assert!(readme.contains(&format!("| {rule} | {reason} |")), "README.md does not say why {rule} is not shown");
    }
}

#[test]
fn every_code_source_and_transport_failure_occurs() {
    assert_eq!(coverage::missing_values(&corpus::files().unwrap()), Vec::<String>::new());
}

#[test]
fn every_name_is_its_own() {
    let files = corpus::files().unwrap();
    let names: BTreeSet<String> = files.iter().map(|file| file.path.to_ascii_lowercase()).collect();
    assert_eq!(names.len(), files.len(), "two names differ in case only, which some file systems cannot hold");
}

/// Every expectation of every file is falsified by `cargo run -p vectors -- --all`; here the first
/// and the last of each file are, and one for every rule.
#[test]
fn expectations_can_fail() {
    let files = corpus::files().unwrap();
    let per_rule = canary::one_per_rule(&files);
    assert_eq!(per_rule.len(), coverage::RULES.len(), "some rule has no expectation to flip");
    let mut flips: Vec<canary::Flip> = per_rule.into_iter().map(|(_, flip)| flip).collect();
    for file in &files {
        let mut all = canary::flips(file);
        assert!(!all.is_empty(), "{} expects nothing", file.path);
        flips.extend(all.pop());
        flips.extend(all.into_iter().next());
    }
    let unnoticed: Vec<String> = canary::unnoticed(&flips).iter().map(|flip| format!("{} {}", flip.path, flip.pointer)).collect();
    assert!(unnoticed.is_empty(), "not noticed:\n{}", unnoticed.join("\n"));
    println!("canary: {} flipped, {} caught", flips.len(), flips.len());
}
