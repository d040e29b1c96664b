//! The rooms of the core import only what stands below them (ARCHITECTURE.md, "Rooms").
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test reads the source tree and may panic")]

use std::fs;
use std::path::Path;

/// Each room with the rooms it may import.
const ROOMS: [(&str, &[&str]); 14] = [
    ("doctor", &["token", "error", "wire", "secret", "time"]),
    ("call", &["catalog", "operation", "retry", "error", "wire", "secret", "time", "random"]),
    ("catalog", &["operation", "error", "wire"]),
    ("types", &["operation", "error", "wire", "secret", "time"]),
    ("config", &["token", "error", "wire", "secret"]),
    ("token", &["services", "operation", "retry", "error", "wire", "secret", "time", "random"]),
    ("services", &["operation", "error", "wire", "secret", "time"]),
    ("operation", &["wire", "error", "time", "retry", "secret"]),
    ("retry", &["error", "time", "random"]),
    ("error", &["wire", "time"]),
    ("wire", &["secret"]),
    ("time", &[]),
    ("secret", &[]),
    ("random", &[]),
];

fn sources(path: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The rooms that a text names as `crate::room`, in a `use` or in passing.
fn imports(text: &str) -> Vec<&str> {
    let named = text.split("crate::").skip(1);
    named.map(|rest| rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or_default()).collect()
}

#[test]
fn rooms_import_only_what_stands_below_them() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut edges = 0;
    for (room, allowed) in ROOMS {
        let mut files = Vec::new();
        match src.join(room) {
            folder if folder.is_dir() => sources(&folder, &mut files),
            _ => files.push((format!("{room}.rs"), fs::read_to_string(src.join(format!("{room}.rs"))).unwrap())),
        }
        for (file, text) in files {
            // Unit tests may look sideways: they are not part of the library.
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for import in imports(code) {
                edges += 1;
                if import != room && !allowed.contains(&import) {
                    wrong.push(format!("{file}: {room} must not import {import}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(edges > 50, "only {edges} imports were seen: the reader is broken");
}

#[test]
fn every_room_is_listed() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(src).unwrap() {
        let name = entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
        assert!(name == "lib" || ROOMS.iter().any(|(room, _)| *room == name), "{name} is not in the table");
    }
}

#[test]
fn a_wrong_edge_would_be_seen() {
    assert_eq!(imports("use crate::token::Slot; let x = crate::wire::form;"), ["token", "wire"]);
}
