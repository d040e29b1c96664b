//! A corpus that cannot fail shows nothing: here its expectations are falsified one by one.

use crate::corpus::{self, File};
use serde_json::{Value, json};

/// One falsified expectation.
#[derive(Clone, Debug)]
pub struct Flip {
    /// The file it is in.
    pub path: String,
    /// Where in the file (RFC 6901).
    pub pointer: String,
    /// The whole file, falsified in that one place.
    pub json: Value,
}

/// What a file expects, apart from what happens: the members below which expectations stand.
const EXPECTATIONS: [&str; 10] = ["error", "expect", "events", "status", "request", "reply", "value", "shown", "query", "numbers"];

/// Every expectation of a file, falsified, one at a time.
#[must_use]
pub fn flips(file: &File) -> Vec<Flip> {
    let mut pointers = Vec::new();
    let lists = ["/steps", "/build", "/parse", "/read", "/encode", "/redact", "/random"];
    let parts = lists.iter().flat_map(|list| {
        let items = file.json.pointer(list).and_then(Value::as_array).map_or(0, Vec::len);
        (0..items).map(move |index| format!("{list}/{index}"))
    });
    for part in std::iter::once(String::new()).chain(parts) {
        let Some(Value::Object(members)) = file.json.pointer(&part) else { continue };
        for (name, member) in members {
            // The status of an answer and the failure of a callback happen; they are not expected.
            let is_expected = EXPECTATIONS.contains(&name.as_str()) && !(name == "status" && member.is_number());
            if is_expected {
                leaves(member, &format!("{part}/{name}"), &mut pointers);
            }
        }
    }
    pointers.into_iter().filter_map(|pointer| flip(file, pointer)).collect()
}

/// One flip for every rule: the last expectation of the first file of its own folder, or of the
/// first file that covers it where it has none.
#[must_use]
pub fn one_per_rule(files: &[File]) -> Vec<(String, Flip)> {
    let mut chosen: Vec<(String, Flip)> = Vec::new();
    for rule in crate::coverage::RULES {
        let folder = format!("scripts/{}/", rule.to_ascii_lowercase());
        let mut covering: Vec<&File> = files.iter().filter(|file| corpus::rules(&file.json).iter().any(|r| r == rule)).collect();
        covering.sort_by_key(|file| !file.path.starts_with(&folder));
        let flips = covering.into_iter().filter_map(|file| flips(file).pop());
        let last = flips.into_iter().find(|flip| chosen.iter().all(|(_, other)| other.path != flip.path));
        chosen.extend(last.map(|flip| (rule.to_owned(), flip)));
    }
    chosen
}

/// The flips that the runner does not notice.
#[must_use]
pub fn unnoticed(flips: &[Flip]) -> Vec<&Flip> {
    flips.iter().filter(|flip| corpus::run(&flip.path, &flip.json).is_ok()).collect()
}

fn leaves(value: &Value, pointer: &str, pointers: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                // Names bind; they expect nothing. Those of a body do.
                if !matches!(name.as_str(), "as" | "name") || pointer.contains("/json") {
                    leaves(member, &format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")), pointers);
                }
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                leaves(item, &format!("{pointer}/{index}"), pointers);
            }
        }
        Value::Array(_) if !pointer.ends_with("/events") => {}
        _ => pointers.push(pointer.to_owned()),
    }
}

fn flip(file: &File, pointer: String) -> Option<Flip> {
    let mut json = file.json.clone();
    let leaf = json.pointer_mut(&pointer)?;
    *leaf = match leaf {
        // What every error and every request holds.
        Value::String(_) if pointer.contains("/not_contains/") => json!(""),
        Value::String(_) if pointer.contains("/absent_headers/") => json!("accept"),
        Value::String(text) => json!(format!("{text}~")),
        Value::Number(number) => number.as_u64().map_or_else(|| json!(0), |number| json!(number.saturating_add(1))),
        Value::Bool(is) => json!(!*is),
        Value::Array(_) => json!([{ "clock_skew": { "seconds": 1 } }]),
        Value::Null | Value::Object(_) => return None,
    };
    Some(Flip { path: file.path.clone(), pointer, json })
}
