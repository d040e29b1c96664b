//! The files of the corpus: found, read, checked against their schema, hashed.

use crate::operation::Operations;
use crate::script::Script;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// One file.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path below the folder of its corpus, with slashes.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it holds.
    pub json: Value,
}

/// Where the corpus is.
#[must_use]
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of `scripts/` and `operations/`, sorted by path.
///
/// # Errors
/// The file that cannot be read or is not JSON.
pub fn files() -> Result<Vec<File>, String> {
    found(&root(), &["operations", "scripts"])
}

/// Every file of `tests/scenarios`, which runners play against the simulator; paths are below that folder.
///
/// # Errors
/// The file that cannot be read or is not JSON.
pub fn scenarios() -> Result<Vec<File>, String> {
    found(&root().join("../scenarios"), &["scripts"])
}

/// Every file of `catalog/`, sorted by path.
///
/// # Errors
/// The file that cannot be read or is not JSON.
pub fn catalog() -> Result<Vec<File>, String> {
    found(&root(), &["catalog"])
}

/// Every file of `calls/`, sorted by path.
///
/// # Errors
/// The file that cannot be read or is not JSON.
pub fn calls() -> Result<Vec<File>, String> {
    found(&root(), &["calls"])
}

fn found(root: &Path, folders: &[&str]) -> Result<Vec<File>, String> {
    let mut paths = Vec::new();
    for folder in folders {
        collect(&root.join(folder), folder, &mut paths)?;
    }
    paths.sort();
    paths.into_iter().map(|path| read(root, path)).collect()
}

fn collect(folder: &Path, name: &str, paths: &mut Vec<String>) -> Result<(), String> {
    for entry in fs::read_dir(folder).map_err(|e| format!("{name}: {e}"))? {
        let path = entry.map_err(|e| format!("{name}: {e}"))?.path();
        let last = path.file_name().and_then(|last| last.to_str()).ok_or_else(|| format!("{name}: a file without a name"))?;
        let inner = format!("{name}/{last}");
        if path.is_dir() {
            collect(&path, &inner, paths)?;
        } else if inner.ends_with(".json") {
            paths.push(inner);
        } else {
            return Err(format!("{inner}: only JSON files belong here"));
        }
    }
    Ok(())
}

fn read(root: &Path, path: String) -> Result<File, String> {
    let bytes = fs::read(root.join(&path)).map_err(|e| format!("{path}: {e}"))?;
    let json = serde_json::from_slice(&bytes).map_err(|e| format!("{path}: {e}"))?;
    Ok(File { path, bytes, json })
}

/// SHA-256 over every file, sorted by path: the path, a zero byte, the bytes, a zero byte.
#[must_use]
pub fn hash(files: &[File]) -> String {
    let mut hasher = Sha256::new();
    for file in files {
        hasher.update(file.path.as_bytes());
        hasher.update([0]);
        hasher.update(&file.bytes);
        hasher.update([0]);
    }
    hasher.finalize().iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Runs one file, whichever kind it is.
///
/// # Errors
/// Its path and what went otherwise than expected.
pub fn run(path: &str, json: &Value) -> Result<(), String> {
    let outcome = if path.starts_with("scripts/") {
        serde_json::from_value::<Script>(json.clone())
            .map_err(|e| e.to_string())
            .and_then(|script| script.check(path).and_then(|()| crate::player::play(&script)))
    } else {
        serde_json::from_value::<Operations>(json.clone()).map_err(|e| e.to_string()).and_then(|operations| operations.run(path))
    };
    outcome.map_err(|difference| format!("{path}: {difference}"))
}

/// The rules and traps that a file says it covers.
#[must_use]
pub fn rules(json: &Value) -> Vec<String> {
    let rules = json.get("rules").and_then(Value::as_array);
    rules.into_iter().flatten().filter_map(|rule| rule.as_str().map(str::to_owned)).collect()
}
