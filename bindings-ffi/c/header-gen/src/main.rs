//! Writes `bindings-ffi/c/include/trusted_profile.h` from the source of the C library, or checks it.
//!
//! `header-gen` writes; `header-gen --check` writes nothing and fails when the committed header differs.
#![expect(clippy::print_stderr, reason = "a command line tool reports on stderr")]

use cbindgen::{Builder, Config, ExportConfig, Language, Style};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let check = std::env::args().any(|argument| argument == "--check");
    match run(check) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("out of date: {HEADER} (run `make generate`)");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("header-gen: {error}");
            ExitCode::FAILURE
        }
    }
}

const HEADER: &str = "bindings-ffi/c/include/trusted_profile.h";

/// Whether the header is now what it has to be.
fn run(check: bool) -> Result<bool, Box<dyn Error>> {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut header = Vec::new();
    Builder::new().with_crate(&library).with_config(config()).generate()?.write(&mut header);
    let path = library.join("include/trusted_profile.h");
    let is_current = fs::read(&path).is_ok_and(|committed| committed == header);
    if !is_current && !check {
        fs::write(&path, &header)?;
        eprintln!("wrote {HEADER}");
    }
    Ok(is_current || !check)
}

fn config() -> Config {
    Config {
        language: Language::C,
        style: Style::Type,
        cpp_compat: true,
        usize_is_size_t: true,
        include_guard: Some("TRUSTED_PROFILE_H".to_owned()),
        header: Some(include_str!("preface.h").trim_end().to_owned()),
        after_includes: Some(include_str!("macros.h").trim_end().to_owned()),
        defines: [("feature = operations", "TP_OPERATIONS"), ("feature = transport", "TP_TRANSPORT"), ("target_family = wasm", "TP_GUEST")]
            .map(|(condition, define)| (condition.to_owned(), define.to_owned()))
            .into(),
        line_length: 140,
        no_includes: true,
        sys_includes: ["stdbool.h", "stddef.h", "stdint.h"].map(str::to_owned).into(),
        export: ExportConfig { include: NUMBERS.map(str::to_owned).into(), ..ExportConfig::default() },
        ..Config::default()
    }
}

/// Enumerations that no function takes as such, since C could hand over any other number.
const NUMBERS: [&str; 7] = ["tp_kind", "tp_content", "tp_slot", "tp_network", "tp_failure", "tp_file", "tp_error"];
