//! Every case of `tests/vectors/operations/configuration.json`, given to IBM's Python SDK core as well: the same
//! settings choose the same, but for the differences that are listed.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

mod choice;
mod differences;
mod document;
mod machine;

use choice::{Choice, Outcome, ours, theirs};
use differences::{DEFAULTS, DIFFERENCES};
use end_to_end::{Program, python};
use machine::Case;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use vectors::configuration::Given;

const CORPUS: &str = include_str!("../../../vectors/operations/configuration.json");

fn corpus() -> (Vec<Case>, Vec<String>) {
    let file: Value = serde_json::from_str(CORPUS).unwrap();
    let texts = |name: &str| file[name].as_array().unwrap().clone();
    let case = |case: Value| Case { why: case["why"].as_str().unwrap().to_owned(), given: Given::read(&case["given"]).unwrap() };
    let cases: Vec<Case> = texts("read").into_iter().map(case).collect();
    let names: BTreeSet<&str> = cases.iter().map(|case| case.why.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "two cases have the same name");
    (cases, texts("secrets").iter().map(|secret| secret.as_str().unwrap().to_owned()).collect())
}

/// What IBM's core comes to in each case. Nothing that it says holds a secret.
fn ask_ibm(cases: &[Case], secrets: &[String]) -> Vec<Outcome> {
    let folder = tempfile::tempdir().unwrap();
    let machines: Vec<Value> = cases.iter().enumerate().map(|(n, case)| machine::make(case, &folder.path().join(n.to_string()))).collect();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/python/ibm_configuration.py");
    let outcome = Program::new(python(), &[script.as_ref()]).input(json!(machines).to_string()).run();
    assert!(outcome.succeeded, "{}", outcome.stderr);
    let printed = format!("{}{}", outcome.stdout, outcome.stderr);
    assert!(secrets.iter().all(|secret| !printed.contains(secret)), "{printed}");
    let answer: Value = serde_json::from_str(&outcome.stdout).unwrap();
    answer.as_array().unwrap().iter().map(theirs).collect()
}

/// How IBM's outcome differs from ours, if it does.
fn difference(ours: &Outcome, theirs: &Outcome, defaults: &mut BTreeSet<&str>) -> Option<String> {
    match (ours, theirs) {
        (Err(_), Err(_)) => None,
        (Ok(Some(ours)), Ok(Some(theirs))) if ours.kind == theirs.kind => {
            let options: BTreeSet<&String> = ours.options.keys().chain(theirs.options.keys()).collect();
            let other: Vec<&str> =
                options.into_iter().map(String::as_str).filter(|option| !agree(option, ours, theirs, defaults)).collect();
            (!other.is_empty()).then(|| format!("chooses {} with another {}", theirs.kind, other.join(", ")))
        }
        (_, Ok(Some(theirs))) if theirs.options.contains_key("verification") => {
            Some(format!("chooses {} without verification", theirs.kind))
        }
        (_, Ok(Some(theirs))) => Some(format!("chooses {}", theirs.kind)),
        (_, Ok(None)) => Some("chooses nothing".to_owned()),
        (_, Err(exception)) => Some(format!("raises {exception}")),
    }
}

/// Whether an option is the same, or nothing was said of it and each has its own default.
fn agree(option: &str, ours: &Choice, theirs: &Choice, defaults: &mut BTreeSet<&str>) -> bool {
    let (our, their) = (ours.options.get(option), theirs.options.get(option));
    let says = |value: Option<&String>, text: &str| value.is_some_and(|value| value == text);
    let is_configured = ours.configured.iter().any(|name| *name == option || (option == "url" && matches!(*name, "endpoint" | "protocol")));
    let default = DEFAULTS.iter().find(|default| default.option == option && says(our, default.in_ours) && says(their, default.in_theirs));
    let is_default = default.filter(|_| ours.kind == "vpc" && !is_configured);
    defaults.extend(is_default.map(|default| default.option));
    our == their || is_default.is_some()
}

#[test]
fn the_same_settings_choose_the_same() {
    let (cases, secrets) = corpus();
    let ibm = ask_ibm(&cases, &secrets);
    assert_eq!(ibm.len(), cases.len());
    let mut defaults = BTreeSet::new();
    let found =
        cases.iter().zip(&ibm).filter_map(|(case, theirs)| Some((case.why.as_str(), difference(&ours(case), theirs, &mut defaults)?)));
    let found: BTreeMap<&str, String> = found.collect();
    let listed: Vec<(&str, &str)> = DIFFERENCES.iter().flat_map(|difference| difference.cases.iter().copied()).collect();
    let known: BTreeMap<&str, String> = listed.iter().map(|(why, theirs)| (*why, (*theirs).to_owned())).collect();
    assert_eq!(known.len(), listed.len(), "a case is listed twice");
    let line = |(why, theirs): (&&str, &String)| format!("{why}: {theirs}");
    let unlisted: Vec<String> = found.iter().filter(|(why, theirs)| known.get(*why) != Some(theirs)).map(line).collect();
    let gone: Vec<String> = known.iter().filter(|(why, theirs)| found.get(*why) != Some(theirs)).map(line).collect();
    assert!(unlisted.is_empty() && gone.is_empty(), "not listed:\n{}\nlisted, but not so:\n{}", unlisted.join("\n"), gone.join("\n"));
    assert_eq!(defaults.len(), DEFAULTS.len(), "a default was never seen");
}
