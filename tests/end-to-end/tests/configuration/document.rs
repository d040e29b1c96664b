//! `docs/configuration.md` says what the code does: every name that is read, every difference, and examples that
//! choose what they say they choose.

use super::differences::{DEFAULTS, DIFFERENCES};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use trusted_profile_core::Secret;
use trusted_profile_core::config::{CredentialFile, DEFAULT_SERVICE, Place, Surroundings, choose};

const DOCUMENT: &str = include_str!("../../../../docs/configuration.md");

/// Where names of settings and variables stand.
const SOURCES: [&str; 3] = ["core/src/config", "client/src/facts.rs", "client/src/transport/tls.rs"];

/// Variables that libraries below this one read.
const OF_LIBRARIES: [&str; 3] = ["SSL_CERT_FILE", "SSL_CERT_DIR", "NO_PROXY"];

/// The code in `path`, without comments and unit tests.
fn code(path: &Path) -> Vec<String> {
    if path.is_dir() {
        return fs::read_dir(path).unwrap().flat_map(|entry| code(&entry.unwrap().path())).collect();
    }
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap().lines();
    vec![code.filter(|line| !line.trim_start().starts_with("//")).collect()]
}

fn is_name(text: &str) -> bool {
    text.len() >= 3 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// Every name that the code holds as a text.
fn names_that_are_read() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let code: Vec<String> = SOURCES.iter().flat_map(|source| code(&root.join(source))).collect();
    let texts = code.iter().flat_map(|text| text.split('"')).chain(OF_LIBRARIES);
    texts.filter(|text| is_name(text)).map(str::to_owned).collect()
}

/// The rows of every table whose header begins so, without the outer bars.
fn rows(header: &str) -> Vec<&'static str> {
    let tables = DOCUMENT.split("\n\n").filter(|block| block.starts_with(header));
    let rows: Vec<&str> = tables.flat_map(|table| table.lines().skip(2)).collect();
    rows.into_iter().map(|row| row.strip_prefix("| ").unwrap().strip_suffix(" |").unwrap()).collect()
}

#[test]
fn every_name_is_explained_and_every_explained_name_is_read() {
    let cells = rows("| name |").into_iter().flat_map(|row| row.split(" |").next().unwrap().split(", "));
    let explained: Vec<String> = cells.map(|name| name.trim_matches('`').to_owned()).collect();
    let unique: BTreeSet<String> = explained.iter().cloned().collect();
    assert_eq!(unique.len(), explained.len(), "a name is explained twice");
    assert_eq!(unique, names_that_are_read());
}

#[test]
fn every_difference_has_its_row() {
    let defaults = DEFAULTS.iter().map(|default| (default.theirs, default.because));
    let differences = DIFFERENCES.iter().map(|difference| (difference.theirs, difference.because));
    let listed: BTreeSet<String> = defaults.chain(differences).map(|(theirs, because)| format!("{theirs} | {because}")).collect();
    let told: BTreeSet<String> = rows("| IBM's Python core |").into_iter().map(str::to_owned).collect();
    assert_eq!(told, listed);
}

/// What the example chooses: `export` lines are variables, other lines a file in the home directory.
fn chosen(example: &str) -> String {
    let exports = example.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
    let variables: BTreeMap<String, Secret> = exports.map(|(name, value)| (name.to_owned(), Secret::new(value))).collect();
    let file = CredentialFile { place: Place::Home, path: "file".to_owned(), content: Ok(Secret::new(example)), owner: None };
    let files = if variables.is_empty() { vec![file] } else { Vec::new() };
    let service = if example.contains("MY_SERVICE_") { "my-service" } else { DEFAULT_SERVICE };
    let configuration = choose(service, &Surroundings { variables, files, ..Surroundings::default() }).unwrap();
    assert!(configuration.passed_over.is_empty(), "{:?}", configuration.passed_over);
    configuration.into_source().unwrap().to_string()
}

#[test]
fn every_example_chooses_what_it_says() {
    let mut blocks = DOCUMENT.split("\n```").skip(1);
    let mut examples = 0;
    while let (Some(example), Some(after)) = (blocks.next(), blocks.next()) {
        let (_language, example) = example.split_once('\n').unwrap();
        let promised = after.trim_start().strip_prefix("This is `").unwrap().split('`').next().unwrap();
        assert_eq!(chosen(example), promised);
        examples += 1;
    }
    assert_eq!(examples, 6);
}
