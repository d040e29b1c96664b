//! Writes the files that are generated from `core/spec`, or checks them.
//!
//! `catalog-gen` writes; `catalog-gen --check` writes nothing and fails when a committed file
//! differs from what would be written.
#![expect(clippy::print_stderr, reason = "a command line tool reports on stderr")]

use catalog_gen::{generated, workspace_root};
use std::process::ExitCode;
use std::{fs, io};

fn main() -> ExitCode {
    let check = std::env::args().any(|argument| argument == "--check");
    match run(check) {
        Ok(stale) if stale.is_empty() => ExitCode::SUCCESS,
        Ok(stale) => {
            for path in stale {
                eprintln!("out of date: {path} (run `make generate`)");
            }
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("catalog-gen: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(check: bool) -> io::Result<Vec<String>> {
    let root = workspace_root();
    let mut stale = Vec::new();
    for file in generated()? {
        let path = root.join(&file.path);
        if fs::read_to_string(&path).is_ok_and(|text| text == file.text) {
            continue;
        }
        if check {
            stale.push(file.path);
        } else {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&path, &file.text)?;
            eprintln!("wrote {}", file.path);
        }
    }
    Ok(stale)
}
