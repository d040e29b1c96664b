//! A wrong expectation is noticed: one scenario of each rule, with one expectation turned round.
#![expect(clippy::print_stdout, reason = "a test reports its counts")]

use scenarios::{Asynchronous, Blocking, Expected, Scenario, Step, corpus, for_each, run};

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
