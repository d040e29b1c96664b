//! Writes the files that are generated from `core/spec`, or checks them.
//!
//! `catalog-gen` writes; `catalog-gen --check` writes nothing and fails when a committed file
//! differs from what would be written.
#![expect(clippy::print_stderr, reason = "a command line tool reports on stderr")]

mod errors;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{fs, io};

/// A file to write, relative to the workspace root.
struct Generated {
    path: &'static str,
    text: String,
}

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

fn run(check: bool) -> io::Result<Vec<&'static str>> {
    let root = workspace_root();
    let spec = fs::read_to_string(root.join("core/spec/errors.json"))?;
    let spec: errors::Spec = serde_json::from_str(&spec)?;
    let files = [
        Generated { path: "core/src/error/code.rs", text: format_rust(&errors::rust(&spec))? },
        Generated { path: "docs/errors.md", text: errors::markdown(&spec) },
        Generated { path: "bindings-python/python/trusted_profile/errors.py", text: errors::python(&spec) },
        Generated { path: "bindings-ffi/c/src/error_code.rs", text: format_rust(&errors::c(&spec))? },
        Generated { path: "bindings-js/ts/errors.ts", text: errors::typescript(&spec) },
        Generated { path: "bindings-ffi/go/codes.go", text: errors::go(&spec) },
    ];
    let mut stale = Vec::new();
    for file in files {
        let path = root.join(file.path);
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

fn workspace_root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.join("../..")
}

/// Committed Rust is formatted like hand-written Rust, so that `cargo fmt --check` passes.
fn format_rust(text: &str) -> io::Result<String> {
    use io::Write as _;
    let mut child =
        Command::new("rustfmt").args(["--edition", "2024", "--emit", "stdout"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(text.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err(io::Error::other("rustfmt refused the generated code"));
    }
    String::from_utf8(output.stdout).map_err(io::Error::other)
}
