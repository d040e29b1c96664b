//! A request, as both sides record it, and the run of the Python side.

use crate::sets::Set;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What somebody would send.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path as it is on the wire.
    pub path: String,
    /// The query's pairs, decoded and sorted.
    pub query: Vec<(String, String)>,
    /// The headers by lower-case name, without those of connections and clients.
    pub headers: BTreeMap<String, String>,
    /// The body: JSON, a text, or null.
    pub body: Value,
}

/// What became of a set of arguments in IBM's client.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theirs {
    /// It has no such operation.
    Absent(bool),
    /// It would send this.
    Request(Request),
    /// It refuses, in these words.
    Refused(String),
}

/// What the pager of an operation did.
#[derive(Clone, Debug, Deserialize)]
pub struct Walk {
    /// The pager's name.
    pub pager: String,
    /// The service.
    pub service: String,
    /// The operation it calls.
    pub operation: String,
    /// The query of each request, decoded and sorted.
    pub queries: Vec<Vec<(String, String)>>,
    /// How many items it gave.
    pub items: usize,
    /// Why it broke, if it did.
    #[serde(default)]
    pub error: Option<String>,
}

/// A Python in which IBM's clients are installed, as pinned in `scripts/requirements/ibm-core.txt`.
///
/// # Errors
/// In one line, when it cannot be made.
pub fn python() -> Result<PathBuf, String> {
    if let Some(given) = std::env::var_os("TRUSTED_PROFILE_IBM_CORE_PYTHON") {
        return Ok(given.into());
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/venv.sh");
    let output = Command::new(&script).arg("ibm-core").output().map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(format!("scripts/venv.sh ibm-core: {}", String::from_utf8_lossy(&output.stderr).trim_end()));
    }
    Ok(Path::new(String::from_utf8_lossy(&output.stdout).trim_end()).join("python"))
}

/// Runs `python/record.py` with lines of JSON, and gives its lines.
fn run(mode: &str, lines: &str) -> Result<String, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/record.py");
    let mut child = Command::new(python()?)
        .args(["-I".as_ref(), script.as_os_str(), mode.as_ref()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| e.to_string())?;
    let mut stdin = child.stdin.take().ok_or("no standard input")?;
    let lines = lines.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output().map_err(|e| e.to_string())?;
    writer.join().map_err(|_| "the writer broke")?.map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(format!("record.py ended with {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|e| e.to_string())
}

/// What IBM's clients make of each set.
///
/// # Errors
/// Why the Python side broke.
pub fn requests(sets: &[Set]) -> Result<Vec<Theirs>, String> {
    let lines: Vec<String> = sets.iter().map(serde_json::to_string).collect::<Result<_, _>>().map_err(|e| e.to_string())?;
    let out = run("requests", &lines.join("\n"))?;
    out.lines().map(|line| serde_json::from_str(line).map_err(|e| format!("{line}: {e}"))).collect()
}

/// What IBM's pagers make of `pages`, by service and operation.
///
/// # Errors
/// Why the Python side broke.
pub fn walks(pages: &Value) -> Result<Vec<Walk>, String> {
    let out = run("pagers", &pages.to_string())?;
    out.lines().map(|line| serde_json::from_str(line).map_err(|e| format!("{line}: {e}"))).collect()
}
