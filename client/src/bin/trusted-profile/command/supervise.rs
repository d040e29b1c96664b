//! `exec --token-file`: stays as the parent of a command and keeps its token file fresh.

use super::exec::{TOKEN, TOKEN_FILE};
use crate::exit::{Exit, Failure};
use crate::keep_fresh::keep_fresh;
use crate::print::note;
use crate::session::Session;
use crate::signals::{self, Received};
use crate::token::Token;
use crate::{atomic_file, runtime_folder, search_path};
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use std::env;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::pin::pin;
use std::process::{self, ExitCode, ExitStatus};
use tempfile::TempDir;
use tokio::process::Child;

const PASSED_ON: [i32; 6] = [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2];

/// Runs `command` to its end, and gives its exit code.
pub(super) async fn run(session: &Session, mut command: process::Command) -> Result<ExitCode, Failure> {
    let mut signals = signals::listen(&PASSED_ON)?;
    let first = signals::unless_interrupted(&mut signals, session.fetch()).await?;
    // From here on a signal ends the command, not this program: the file has to be removed.
    let folder = private_folder()?;
    let path = folder.path().join("token");
    let write = |token: &Token| {
        let refuse = |error| Failure::new(Exit::CannotWrite, format!("{}: {error}", path.display()));
        atomic_file::write(&path, token.text.expose().as_bytes()).map_err(refuse)
    };
    write(&Token::from(&first))?;
    command.env(TOKEN, first.expose()).env(TOKEN_FILE, &path);
    let program = command.get_program().to_owned();
    let mut child = tokio::process::Command::from(command).spawn().map_err(|error| search_path::refusal(&program, &error))?;
    let mut fresh = pin!(keep_fresh(session, first.generation(), write));
    let status = loop {
        tokio::select! {
            status = child.wait() => break status,
            Some(signal) = signals.recv() => pass_on(&child, &signal),
            never = &mut fresh => match never {},
        }
    };
    if let Err(error) = folder.close() {
        note(format!("the token file could not be removed: {error}"));
    }
    status.map(code).map_err(|error| Failure::new(Exit::System, format!("{}: {error}", program.display())))
}

/// A folder of this run alone: in the user's runtime directory if there is one, else a temporary one.
fn private_folder() -> Result<TempDir, Failure> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("trusted-profile-").permissions(Permissions::from_mode(0o700));
    let make = |place: &Path| builder.tempdir_in(place);
    let made = runtime_folder::find().ok().map(|runtime| make(&runtime)).filter(Result::is_ok).unwrap_or_else(|| make(&env::temp_dir()));
    made.map_err(|error| Failure::new(Exit::CannotWrite, format!("there is no place for the token file: {error}")))
}

fn pass_on(child: &Child, signal: &Received) {
    // The command got these itself, and a second interrupt means something else to many programs.
    if !signal.is_from_process && matches!(signal.number, SIGINT | SIGQUIT) {
        return;
    }
    // One that has been waited for has no id any more, so no other process is hit.
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    if let (Some(pid), Some(number)) = (pid, Signal::from_named_raw(signal.number)) {
        // It may have ended meanwhile.
        let _ = kill_process(pid, number);
    }
}

/// The code of the command, or 128 and the signal that ended it.
fn code(status: ExitStatus) -> ExitCode {
    let code = status.code().or_else(|| status.signal().map(|signal| signal.saturating_add(128)));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(Exit::Internal as u8))
}
