//! The program `wasm-bindgen` with the options that wasm-pack gives it. The one that is handed out as
//! `wasm-bindgen-cli` brings a test runner with an HTTP server and a client along, which take minutes to compile;
//! this one has the version that `Cargo.lock` pins, as it must.

use clap::Parser;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use wasm_bindgen_cli_support::Bindgen;

/// Makes JavaScript for a WebAssembly module.
#[derive(Parser)]
#[command(name = "wasm-bindgen", version = wasm_bindgen_shared::version())]
struct Arguments {
    /// What rustc made.
    input: PathBuf,
    /// The folder to write to.
    #[arg(long)]
    out_dir: PathBuf,
    /// The name of what is written; without it that of the input.
    #[arg(long)]
    out_name: Option<String>,
    /// How its module is to be loaded.
    #[arg(long, value_parser = ["bundler"])]
    target: String,
    /// Write no type declarations.
    #[arg(long)]
    no_typescript: bool,
    /// Write type declarations; the default.
    #[arg(long)]
    typescript: bool,
    /// Leave the names of functions as they are.
    #[arg(long)]
    no_demangle: bool,
}

fn main() -> ExitCode {
    let Arguments { input, out_dir, out_name, no_typescript, no_demangle, .. } = Arguments::parse();
    let mut bindgen = Bindgen::new();
    bindgen.input_path(input).typescript(!no_typescript).demangle(!no_demangle);
    if let Some(name) = &out_name {
        bindgen.out_name(name);
    }
    match bindgen.bundler(true).and_then(|bindgen| bindgen.generate(out_dir)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // As `Result` of `main` would show it, without a backtrace.
            let _ = writeln!(io::stderr(), "wasm-bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}
