//! `trusted-profile`: IAM access tokens on the command line, in place of curl and jq.

#[cfg(not(unix))]
compile_error!("the command line program is for Unix systems; the library is not so limited");

mod atomic_file;
mod cache;
mod command;
mod exit;
mod input;
mod keep_fresh;
mod operation;
mod print;
mod readiness;
mod runtime_folder;
mod search_path;
mod session;
mod signals;
mod source;
mod token;

use clap::{CommandFactory as _, Parser};
use command::Command;
use exit::{Exit, Failure};
use std::process::ExitCode;
use tokio::runtime;

/// IAM access tokens for programs on IBM Cloud compute, through trusted profiles.
#[derive(Parser)]
#[command(name = "trusted-profile", version, after_help = exit::help(), arg_required_else_help = true, subcommand_value_name = "COMMAND")]
#[command(long_about = "IAM access tokens for programs on IBM Cloud compute, through trusted profiles: no stored secret, the platform \
    vouches for the machine. Without options about the source the environment's configuration decides.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    let runtime = match runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::new(Exit::System, format!("no runtime: {error}")).report(),
    };
    let outcome = runtime.block_on(command.run());
    // A name lookup that is stuck must not hold up the end.
    runtime.shutdown_background();
    outcome.unwrap_or_else(|failure| failure.report())
}

/// The whole command line, for completions and the manual page.
fn definition() -> clap::Command {
    Arguments::command()
}
