//! The committed files.

use crate::Failure;
use crate::script::Scenario;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// A file of the corpus.
pub struct File {
    /// Its name, without the folder.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Its content.
    pub scenario: Scenario,
}

/// All files, by name.
///
/// # Errors
/// A file that cannot be read or is not a scenario.
pub fn corpus() -> Result<Vec<File>, Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    let entries = fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Result<File, Failure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let text = fs::read_to_string(path).map_err(|e| format!("{name}: {e}"))?;
    let scenario: Scenario = serde_json::from_str(&text).map_err(|e| format!("{name}: {e}"))?;
    match scenario.problem() {
        Some(problem) => Err(format!("{name}: {problem}")),
        None => Ok(File { name, text, scenario }),
    }
}

/// Every scenario has a simulator of its own; a few at a time keep two cores busy.
const AT_ONCE: usize = 6;

/// Checks every file, a few at a time, and returns the failures with the names of their files.
#[must_use]
pub fn for_each(files: &[File], check: impl Fn(&File) -> Result<(), Failure> + Sync) -> Vec<Failure> {
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(failure) = check(file) {
                        failures.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{}: {failure}", file.name));
                    }
                }
            });
        }
    });
    failures.into_inner().unwrap_or_else(PoisonError::into_inner)
}
