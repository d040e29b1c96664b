//! `completions`: prints what a shell needs to complete command lines.

use crate::exit::Failure;
use crate::print;
use clap::Args;
use clap_complete::{Shell, generate};

/// Print the completions of a shell
#[derive(Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let mut script = Vec::new();
        generate(self.shell, &mut crate::definition(), "trusted-profile", &mut script);
        print::result(&String::from_utf8_lossy(&script))
    }
}
