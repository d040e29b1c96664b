//! Which rule and which trap is covered by which file, and which cannot be.

use crate::corpus::{self, File};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use trusted_profile_core::ErrorCode;

/// The rules of the token machine that the core can show.
pub const RULES: [&str; 23] = [
    "R1", "R2", "R3", "R4", "R5", "R6", "R6a", "R7", "R8", "R9", "R10", "R12", "R13", "R14", "R15", "R16", "R17", "R18", "R19", "R20",
    "R21", "R22", "R23",
];

/// Rules and traps that the core cannot show, each with the reason. `README.md` repeats them.
pub const NOT_SHOWN: [(&str, &str); 17] = [
    ("R11", "no process globals: a property of the source text"),
    ("T2", "netrc and other implicit credentials are the transport's"),
    ("T33", "there is no lock in the core; each machine is a value of its own"),
    ("T47", "instance properties belong to the catalog"),
    ("T48", "paging belongs to calls"),
    ("T49", "paging belongs to calls"),
    ("T50", "paging belongs to calls"),
    ("T52", "instance properties belong to the catalog"),
    ("T57", "the subject and the extensions of a certificate request are not parsed"),
    ("T61", "nothing is verified in this part of the core"),
    ("T62", "nothing is verified in this part of the core"),
    ("T65", "claim rules belong to the catalog"),
    ("T66", "If-Match belongs to calls"),
    ("T67", "identity changes belong to calls"),
    ("T76", "the core keeps no metadata"),
    ("T77", "instance templates belong to the catalog"),
    ("T78", "a property of the service; the profile is sent with every request"),
];

/// The number of traps in the protocol's table.
pub const TRAPS: u32 = 78;

/// The files of every rule and trap.
///
/// # Errors
/// The rules and traps without a file, those with a file that are said not to be shown, and those
/// that do not exist.
pub fn table(files: &[File]) -> Result<BTreeMap<String, Vec<String>>, String> {
    let mut table: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files {
        for rule in corpus::rules(&file.json) {
            table.entry(rule).or_default().push(file.path.clone());
        }
    }
    let traps = (1..=TRAPS).map(|number| format!("T{number}"));
    let all: BTreeSet<String> = RULES.iter().map(|rule| (*rule).to_owned()).chain(traps).collect();
    let not_shown: BTreeSet<&str> = NOT_SHOWN.iter().map(|(rule, _)| *rule).collect();
    let mut wrong = Vec::new();
    for rule in &all {
        match (table.contains_key(rule), not_shown.contains(rule.as_str())) {
            (false, false) => wrong.push(format!("{rule} has no file")),
            (true, true) => wrong.push(format!("{rule} has a file, but is said not to be shown")),
            _ => {}
        }
    }
    wrong.extend(table.keys().filter(|rule| !all.contains(*rule)).map(|rule| format!("there is no {rule}")));
    if wrong.is_empty() { Ok(table) } else { Err(wrong.join("\n")) }
}

/// Error codes that never come out of the core, each with the reason.
pub const NOT_EMITTED: [(&str, &str); 3] = [
    ("closed", "wrappers end providers"),
    ("internal", "a state that the machine's rules exclude"),
    ("token_not_trusted", "wrappers verify tokens: signatures need cryptography"),
];

/// Error codes, sources and transport failures that no file shows.
#[must_use]
pub fn missing_values(files: &[File]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for file in files {
        collect(&file.json, &mut found);
    }
    let codes = ErrorCode::ALL.iter().map(|code| code.as_str()).filter(|code| NOT_EMITTED.iter().all(|(name, _)| name != code));
    let sources = ["vpc_instance", "bare_metal", "container", "api_key", "assume", "external", "bearer"];
    let failures = [
        "dns",
        "refused",
        "unreachable",
        "connect_timeout",
        "read_timeout",
        "proxy",
        "tls_expired",
        "tls_name",
        "tls_unknown_issuer",
        "tls",
        "redirect",
        "interrupted",
        "too_large",
        "other",
    ];
    let wanted =
        codes.map(|code| ("code", code)).chain(sources.map(|source| ("source", source))).chain(failures.map(|kind| ("kind", kind)));
    wanted.filter(|(name, value)| !found.contains(&format!("{name}={value}"))).map(|(name, value)| format!("{name} {value}")).collect()
}

/// Every text member, as `name=value`.
fn collect(json: &Value, found: &mut BTreeSet<String>) {
    match json {
        Value::Object(members) => {
            for (name, member) in members {
                if let Value::String(text) = member {
                    found.insert(format!("{name}={text}"));
                }
                collect(member, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}
