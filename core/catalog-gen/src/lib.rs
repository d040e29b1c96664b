//! What is known as data, in `core/spec`, and the files that are made from it.
//!
//! [`spec`] reads the documents of the services; each other module writes files, of which [`generated`] is the list.
//! Whoever adds one adds an entry there.

mod api;
mod errors;
mod go;
mod operations_page;
mod python;
pub mod spec;
mod tables;
mod types;
mod typescript;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

/// A file to write, relative to the workspace root.
#[derive(Debug)]
pub struct Generated {
    /// Where it goes, with slashes.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// Every generated file.
///
/// # Errors
/// A document that cannot be read or told, or generated code that `rustfmt` or `gofmt` refuses.
pub fn generated() -> io::Result<Vec<Generated>> {
    let folder = workspace_root().join("core/spec");
    let codes: errors::Spec = serde_json::from_str(&fs::read_to_string(folder.join("errors.json"))?)?;
    let spec = spec::Spec::read(&folder).map_err(io::Error::other)?;
    let mut files = vec![
        file("core/src/error/code.rs", format_rust(&errors::rust(&codes))?),
        file("docs/errors.md", errors::markdown(&codes)),
        file("docs/operations.md", operations_page::markdown(&spec)),
        file("bindings-python/python/trusted_profile/errors.py", errors::python(&codes)),
        file("bindings-ffi/c/src/error_code.rs", format_rust(&errors::c(&codes))?),
        file("bindings-ffi/uniffi/src/error_class.rs", format_rust(&errors::uniffi(&codes))?),
        file("bindings-ffi/go/codes.go", errors::go(&codes)),
        file("bindings-js/ts/errors.ts", errors::typescript(&codes)),
        file("bindings-js/ts/wasm/classes.ts", errors::typescript_classes(&codes)),
    ];
    for service in &spec.services {
        let text = tables::rust(service).map_err(io::Error::other)?;
        files.push(file(&format!("core/src/catalog/{}.rs", service.name), format_rust(&text)?));
        for (path, text) in types::rust(service).map_err(|e| io::Error::other(format!("{}: {e}", service.name)))? {
            files.push(file(&format!("core/src/types/{path}"), format_rust(&text)?));
        }
    }
    let python = python::files(&spec).map_err(io::Error::other)?;
    files.extend(python.into_iter().map(|(path, text)| file(&format!("bindings-python/{path}"), text)));
    let typescript = typescript::files(&spec).map_err(io::Error::other)?;
    files.extend(typescript.into_iter().map(|(path, text)| file(&format!("bindings-js/{path}"), text)));
    for (path, text) in go::files(&spec).map_err(io::Error::other)? {
        files.push(file(&format!("bindings-ffi/go/{path}"), format_go(&text)?));
    }
    let listed = types::listed(&spec).map_err(io::Error::other)?;
    files.push(file("core/tests/types/listed.rs", format_rust(&listed)?));
    let by_hand = types::by_hand(&spec).map_err(io::Error::other)?;
    files.push(file("core/benches/types/by_hand.rs", format_rust(&by_hand)?));
    Ok(files)
}

fn file(path: &str, text: String) -> Generated {
    Generated { path: path.to_owned(), text }
}

/// The folder that holds everything.
#[must_use]
pub fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Committed Rust is formatted like hand-written Rust, so that `cargo fmt --check` passes.
fn format_rust(text: &str) -> io::Result<String> {
    formatted(Command::new("rustfmt").args(["--edition", "2024", "--emit", "stdout"]), text)
}

/// Go likewise.
fn format_go(text: &str) -> io::Result<String> {
    formatted(&mut Command::new("gofmt"), text)
}

fn formatted(command: &mut Command, text: &str) -> io::Result<String> {
    use io::Write as _;
    let name = command.get_program().to_string_lossy().into_owned();
    let problem = |what: &dyn std::fmt::Display| io::Error::other(format!("{name}: {what}"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(|e| problem(&e))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(text.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err(problem(&"it refused the generated code"));
    }
    String::from_utf8(output.stdout).map_err(io::Error::other)
}
