//! Runs every scenario in both manners, and proves that a wrong expectation is noticed.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic, and reports its counts")]

use scenarios::{Asynchronous, Blocking, Expected, File, Scenario, Step, corpus, run};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Every scenario has a simulator of its own; a few at a time keep two cores busy.
const AT_ONCE: usize = 6;

fn for_each(files: &[File], check: impl Fn(&File) -> Result<(), String> + Sync) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(failure) = check(file) {
                        failures.lock().unwrap().push(format!("{}: {failure}", file.name));
                    }
                }
            });
        }
    });
    failures.into_inner().unwrap()
}

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

/// The same scenario with its last expectation turned into another one.
fn flipped(scenario: &Scenario) -> Option<Scenario> {
    let mut wrong = scenario.clone();
    let step =
        wrong.steps.iter_mut().rev().find(|step| matches!(step, Step::Call(_) | Step::Journal(_) | Step::Use(_) | Step::Events(_)))?;
    match step {
        Step::Call(call) => {
            call.expect = match &call.expect {
                Expected::Error(_) => Expected::NewToken,
                Expected::NewToken | Expected::TokenOf(_) => Expected::TokenOf("nobody's".to_owned()),
            }
        }
        Step::Journal(all) => all.first_mut()?.count += 1,
        Step::Use(with) => with.status += 1,
        Step::Events(names) => *names.first_mut()? = "other".to_owned(),
        _ => return None,
    }
    Some(wrong)
}

#[test]
fn a_wrong_expectation_is_noticed() {
    let mut rules = Vec::new();
    let mut files = corpus().unwrap();
    files.retain(|file| {
        let is_new = file.scenario.rules.iter().any(|rule| !rules.contains(rule));
        rules.extend(file.scenario.rules.iter().cloned());
        is_new
    });
    let missed = for_each(&files, |file| {
        let wrong = flipped(&file.scenario).unwrap_or_else(|| panic!("{} expects nothing", file.name));
        let is_noticed = run::<Asynchronous>(&wrong).is_err() && run::<Blocking>(&wrong).is_err();
        if is_noticed { Ok(()) } else { Err("a wrong expectation passed".to_owned()) }
    });
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    println!("scenarios canary: {} flipped, {} caught", files.len(), files.len());
}
