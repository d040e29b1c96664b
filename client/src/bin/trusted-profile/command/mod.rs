//! The commands, one file each. A new one is a file, a variant and an arm.

mod call;
mod claims;
mod completions;
mod doctor;
mod exec;
mod man;
mod metadata;
mod simulate;
mod supervise;
mod token;
mod write_file;

use crate::exit::Failure;
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Subcommand)]
pub(crate) enum Command {
    Token(token::Token),
    Exec(exec::Exec),
    WriteFile(write_file::WriteFile),
    Metadata(metadata::Metadata),
    Call(call::Call),
    Claims(claims::Claims),
    Doctor(doctor::Doctor),
    Simulate(simulate::Simulate),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Command {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Token(command) => command.run().await?,
            Self::Exec(command) => return command.run().await,
            Self::WriteFile(command) => command.run().await?,
            Self::Metadata(command) => command.run().await?,
            Self::Call(command) => command.run().await?,
            Self::Claims(command) => command.run().await?,
            Self::Doctor(command) => return command.run().await,
            Self::Simulate(command) => command.run().await?,
            Self::Completions(command) => command.run()?,
            Self::Man(command) => command.run()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
