//! `doctor`: says what is wrong.

use crate::exit::{Exit, Failure};
use crate::print;
use crate::session::{AskingArguments, within};
use clap::Args;
use std::process::ExitCode;
use trusted_profile::Report;

/// Look at everything between this program and its token, and say what is wrong
///
/// Checks the surroundings, the chosen source, names, routes, ports, certificates, clocks, token files and what the services
/// answer, in that order. The requests that a fetch would send are sent, once each. A failed check comes with its likely causes and
/// their fixes, most likely first. No token is printed. It looks once, so that there is no --wait.
#[derive(Args)]
pub(crate) struct Doctor {
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    asking: AskingArguments,
}

impl Doctor {
    pub(super) async fn run(&self) -> Result<ExitCode, Failure> {
        let report = match self.asking.builder() {
            Ok(builder) => within(self.asking.timeout, async { Ok(builder.diagnose().await) }).await?.unwrap_or_else(Report::of_settings),
            Err(failure) => Report::of_settings(failure.into_error()?),
        };
        print::result(&if self.json { format!("{:#}", report.to_json()) } else { report.to_string() })?;
        Ok(match &report.error {
            Some(error) => Exit::of(error).into(),
            None if report.is_well() => ExitCode::SUCCESS,
            None => Exit::Unwell.into(),
        })
    }
}
