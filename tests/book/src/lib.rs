//! What `docs/book` keeps to. Every code block of a page is an `{{#include}}` of a file that a test runs, and every link of
//! the book, once it is built, leads somewhere.

pub mod page;
pub mod program;
mod promise;
pub mod rendered;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every file with one of these extensions in `folder` and below it, sorted.
///
/// # Errors
/// If a folder cannot be read.
pub fn files(folder: &Path, extension: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, extension)?);
        } else if path.extension().is_some_and(|name| name == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
