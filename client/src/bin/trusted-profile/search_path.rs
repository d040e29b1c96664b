//! Whether a command exists, as `execvp` looks for it.

use crate::exit::{Exit, Failure};
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Refuses a command that is not there, or that nobody may execute, before anything is done for it.
/// What the kernel refuses beyond that is told when it is run.
pub(crate) fn check(command: &OsStr) -> Result<(), Failure> {
    if command.as_bytes().contains(&b'/') {
        return is_executable(Path::new(command)).map_err(|error| refusal(command, &error));
    }
    // Without PATH the system has a default of its own.
    let Some(path) = env::var_os("PATH") else { return Ok(()) };
    let mut outcome = Err(io::Error::from(ErrorKind::NotFound));
    for folder in env::split_paths(&path) {
        match is_executable(&folder.join(command)) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => outcome = Err(error),
            Err(_) => {}
        }
    }
    outcome.map_err(|error| refusal(command, &error))
}

fn is_executable(path: &Path) -> io::Result<()> {
    let metadata = fs::metadata(path)?;
    if metadata.is_file() && metadata.permissions().mode() & 0o111 != 0 { Ok(()) } else { Err(ErrorKind::PermissionDenied.into()) }
}

/// The failure of a command that could not be run, with the codes of env(1).
pub(crate) fn refusal(command: &OsStr, error: &io::Error) -> Failure {
    match error.kind() {
        ErrorKind::NotFound => Failure::new(Exit::NotFound, format!("{}: the command was not found", command.display())),
        _ => Failure::new(Exit::CannotRun, format!("{}: the command cannot be run: {error}", command.display())),
    }
}
