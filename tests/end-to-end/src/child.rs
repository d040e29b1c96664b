//! Programs in processes of their own, with an environment of their own.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program about to be started. It inherits nothing but `PATH`.
pub struct Program {
    command: Command,
    input: Vec<u8>,
}

/// What a program left behind.
pub struct Outcome {
    /// Whether it exited with 0.
    pub succeeded: bool,
    /// Everything it printed.
    pub stdout: String,
    /// Everything it complained of.
    pub stderr: String,
}

impl Program {
    /// A program with its arguments.
    #[must_use]
    pub fn new(path: impl AsRef<OsStr>, arguments: &[&OsStr]) -> Self {
        let mut command = Command::new(path);
        command.args(arguments).env_clear();
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        Self { command, input: Vec::new() }
    }

    /// One variable of its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// What it reads from standard input.
    #[must_use]
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// Runs it to its end.
    #[must_use]
    pub fn run(mut self) -> Outcome {
        let pipes = self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = self.input;
        // In a thread: a program that prints before it has read everything must not be stuck.
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().unwrap();
        // One that ends without reading is judged by its status.
        let _ = writer.join().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Outcome { succeeded: output.status.success(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// A Python in which IBM's SDK core is installed, as pinned in `scripts/requirements/ibm-core.txt`.
///
/// # Panics
/// In one line, when Python 3.10 or pip is missing.
#[must_use]
pub fn python() -> PathBuf {
    if let Some(given) = std::env::var_os("TRUSTED_PROFILE_IBM_CORE_PYTHON") {
        return given.into();
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/venv.sh");
    let output = Command::new(&script).arg("ibm-core").output().unwrap();
    assert!(output.status.success(), "scripts/venv.sh ibm-core: {}", String::from_utf8_lossy(&output.stderr).trim_end());
    Path::new(String::from_utf8_lossy(&output.stdout).trim_end()).join("python")
}
