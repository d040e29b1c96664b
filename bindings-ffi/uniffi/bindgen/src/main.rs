//! Writes the Kotlin and the Swift for a compiled library of `trusted-profile-uniffi`:
//!
//! `uniffi-bindgen LIBRARY FOLDER` writes to `FOLDER/kotlin` and `FOLDER/swift`.
//!
//! The program that UniFFI hands out under this name reads much more, and takes longer to compile for it.

use std::io::{self, Write as _};
use std::process::ExitCode;
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate_with_bindgen_paths};
use uniffi_bindgen::{BindgenPaths, BindgenPathsLayer};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.as_slice() {
        [library, folder] => write(library, folder).map_err(|error| format!("{error:#}")),
        _ => Err("expected LIBRARY FOLDER".to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            let _ = writeln!(io::stderr(), "uniffi-bindgen: {words}");
            ExitCode::FAILURE
        }
    }
}

fn write(library: &str, folder: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    for (language, name) in [(TargetLanguage::Kotlin, "kotlin"), (TargetLanguage::Swift, "swift")] {
        let mut paths = BindgenPaths::default();
        paths.add_layer(BesideThis);
        let out_dir = format!("{folder}/{name}").into();
        let options = GenerateOptions { languages: vec![language], source: library.into(), out_dir, ..GenerateOptions::default() };
        generate_with_bindgen_paths(options, paths)?;
    }
    Ok(())
}

/// The crate whose library it is.
struct BesideThis;

impl BindgenPathsLayer for BesideThis {
    fn get_crate_root(&self, _name: &str) -> Option<camino::Utf8PathBuf> {
        Some(concat!(env!("CARGO_MANIFEST_DIR"), "/..").into())
    }
}
