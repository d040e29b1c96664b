//! Falsifies one expectation of every rule (`--all`: every expectation) and checks that the runner
//! notices. `--write DIR` writes the falsified files for the runners of other languages.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command for people and CI")]

use serde_json::json;
use std::path::Path;
use std::process::ExitCode;
use vectors::canary::{Flip, flips, one_per_rule, unnoticed};
use vectors::corpus;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => per_rule(None),
        ["--all"] => all(),
        ["--write", folder] => per_rule(Some(Path::new(folder))),
        _ => Err("usage: canary [--all | --write DIR]".to_owned()),
    };
    match outcome {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn all() -> Result<String, String> {
    let all: Vec<Flip> = corpus::files()?.iter().flat_map(flips).collect();
    report(&all)
}

fn per_rule(folder: Option<&Path>) -> Result<String, String> {
    let files = corpus::files()?;
    let chosen = one_per_rule(&files);
    // Runners of other languages compare it with their own.
    println!("corpus: sha256 {}", corpus::hash(&files));
    println!("scenarios: sha256 {}", corpus::hash(&corpus::scenarios()?));
    if let Some(folder) = folder {
        write(folder, &chosen)?;
    }
    for (rule, flip) in &chosen {
        println!("{rule}: {} {}", flip.path, flip.pointer);
    }
    report(&chosen.into_iter().map(|(_, flip)| flip).collect::<Vec<_>>())
}

fn report(flips: &[Flip]) -> Result<String, String> {
    let unnoticed = unnoticed(flips);
    let line = format!("canary: {} flipped, {} caught", flips.len(), flips.len().saturating_sub(unnoticed.len()));
    if unnoticed.is_empty() {
        return Ok(line);
    }
    let places: Vec<String> = unnoticed.iter().map(|flip| format!("not noticed: {} {}", flip.path, flip.pointer)).collect();
    Err(format!("{}\n{line}", places.join("\n")))
}

/// `canary.json` lists the files; a runner has to fail on each of them.
fn write(folder: &Path, chosen: &[(String, Flip)]) -> Result<(), String> {
    let put = |name: String, json: &serde_json::Value| {
        std::fs::write(folder.join(&name), format!("{json:#}\n")).map_err(|e| format!("{name}: {e}"))
    };
    std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
    let mut list = Vec::new();
    for (rule, flip) in chosen {
        put(format!("{rule}.json"), &flip.json)?;
        list.push(json!({ "file": format!("{rule}.json"), "rule": rule, "from": flip.path, "pointer": flip.pointer }));
    }
    put("canary.json".to_owned(), &json!(list))
}
