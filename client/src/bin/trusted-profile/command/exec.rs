//! `exec`: runs a command with the token in its environment.

use super::supervise;
use crate::exit::Failure;
use crate::search_path;
use crate::session::{CacheArguments, Session, SessionArguments};
use clap::Args;
use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::{self, ExitCode};

/// Where the command finds the token, under the names that Terraform's provider and others know.
pub(super) const TOKEN: &str = "IC_IAM_TOKEN";
/// Where it finds the file that is kept fresh.
pub(super) const TOKEN_FILE: &str = "IC_IAM_TOKEN_FILE";

/// Run a command with the token in IC_IAM_TOKEN
///
/// The command takes this program's place: no file and no process is left behind. A token lives for an
/// hour at most; for a command that runs longer there is --token-file. As process 1 of a container it waits for
/// its command alone: if that leaves processes behind, let an init collect them, such as that of a pod with
/// shareProcessNamespace: true.
#[derive(Args)]
pub(crate) struct Exec {
    /// Stay as the parent, and keep a private file fresh that IC_IAM_TOKEN_FILE names; signals are passed on
    #[arg(long, conflicts_with = "cache")]
    token_file: bool,
    #[command(flatten)]
    cache: CacheArguments,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
    #[command(flatten)]
    session: SessionArguments,
}

impl Exec {
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let mut words = self.command.iter();
        // clap sees to it that there is one.
        let program = words.next().cloned().unwrap_or_default();
        search_path::check(&program)?;
        let session = Session::with_cache(&self.session, &self.cache)?;
        let mut command = process::Command::new(&program);
        command.args(words);
        if self.token_file {
            return supervise::run(&session, command).await;
        }
        let token = session.token().await?;
        // A file of an outer run would go stale, or hold another identity's token.
        let error = command.env(TOKEN, token.text.expose()).env_remove(TOKEN_FILE).exec();
        Err(search_path::refusal(&program, &error))
    }
}
