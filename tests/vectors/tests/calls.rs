//! Plays the corpus of calls.
#![expect(clippy::print_stdout, reason = "a test says what it ran")]

use boon::{Compiler, Schemas};
use serde_json::Value;
use vectors::call_script::Calls;
use vectors::calls::play;
use vectors::corpus;

#[test]
fn every_call_plays() {
    let files = corpus::calls().unwrap();
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let schema = compiler.compile(corpus::root().join("calls.schema.json").to_str().unwrap(), &mut schemas).unwrap();
    let mut failures = Vec::new();
    let mut played = 0;
    for file in &files {
        schemas.validate(&file.json, schema).unwrap_or_else(|problems| panic!("{}: {problems}", file.path));
        let calls: Calls = serde_json::from_value(file.json.clone()).unwrap();
        assert_eq!(format!("calls/{}.json", calls.name), file.path);
        played += calls.calls.len();
        failures.extend(play(&calls).err().map(|difference| format!("{}: {difference}", file.path)));
    }
    assert!(failures.is_empty(), "{} of {} failed:\n{}", failures.len(), files.len(), failures.join("\n"));
    println!("calls: {} run, 0 skipped", files.len());
    println!("{played} calls played");
}

/// Every expectation, turned round one at a time: the player notices.
#[test]
fn expectations_of_calls_can_fail() {
    let (mut flipped, mut unnoticed) = (0, Vec::new());
    for file in corpus::calls().unwrap() {
        for pointer in expectations(&file.json) {
            let mut json = file.json.clone();
            let leaf = json.pointer_mut(&pointer).unwrap();
            *leaf = match leaf {
                Value::Bool(flag) => Value::Bool(!*flag),
                Value::Number(number) => (number.as_u64().unwrap() + 1).into(),
                Value::String(text) => format!("{text}~").into(),
                other => panic!("{pointer}: {other}"),
            };
            flipped += 1;
            if serde_json::from_value::<Calls>(json).is_ok_and(|calls| play(&calls).is_ok()) {
                unnoticed.push(format!("{} {pointer}", file.path));
            }
        }
    }
    assert!(unnoticed.is_empty(), "not noticed:\n{}", unnoticed.join("\n"));
    assert!(flipped > 300, "only {flipped} were found");
    println!("calls canary: {flipped} flipped, {flipped} caught");
}

/// The leaves below `expect`, `left` and `error`, but for the one that has one value only, and for what comes and goes.
fn expectations(json: &Value) -> Vec<String> {
    let mut found = Vec::new();
    leaves(json, "", &mut found);
    let is_expectation = |pointer: &String| {
        pointer.contains("/expect/") || pointer.ends_with("/left") || (pointer.contains("/error/") && !pointer.contains("/steps/"))
    };
    found.retain(|pointer| is_expectation(pointer) && !pointer.ends_with("/end") && !pointer.contains("/absent_headers/"));
    found
}

fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members
                .iter()
                .for_each(|(name, member)| leaves(member, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found));
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| leaves(item, &format!("{at}/{index}"), found)),
        Value::Null => {}
        _ => found.push(at.to_owned()),
    }
}
