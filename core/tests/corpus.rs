//! Replays the committed corpus of every fuzz target, with the very code that the fuzzer runs.
#![expect(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "a test reads files and may panic")]

#[path = "../fuzz/bodies/base_url.rs"]
mod base_url;
#[path = "../fuzz/bodies/configuration.rs"]
mod configuration;
#[path = "../fuzz/bodies/parsers.rs"]
mod parsers;
#[path = "../fuzz/bodies/redactor.rs"]
mod redactor;
#[path = "../fuzz/bodies/scripts.rs"]
mod scripts;
mod world;

use std::fs;
use std::path::Path;

fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 5, "the corpus of {target} is gone");
    for file in files {
        let data = fs::read(&file).unwrap();
        let result = std::panic::catch_unwind(|| run(&data));
        assert!(result.is_ok(), "{}", file.display());
    }
}

#[test]
fn parsers_take_anything() {
    replay("parsers", parsers::run);
}

#[test]
fn scripts_break_no_rule() {
    replay("scripts", scripts::run);
}

#[test]
fn every_parser_reads_a_base_url_alike() {
    replay("base_url", base_url::run);
}

#[test]
fn settings_are_a_source_or_an_error() {
    replay("configuration", configuration::run);
}

#[test]
fn known_secrets_are_never_shown() {
    replay("redactor", redactor::run);
}
