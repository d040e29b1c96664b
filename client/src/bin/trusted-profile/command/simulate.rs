//! `simulate`: the services on this machine, for laptops and tests.

use crate::exit::{Exit, Failure};
use clap::Args;
use simulator::command::Arguments;

/// Run the services on this machine: metadata, IAM and an object store
///
/// For laptops and tests: nothing of it is known to IBM Cloud. It ends on SIGTERM or an interrupt.
#[derive(Args)]
pub(crate) struct Simulate {
    #[command(flatten)]
    arguments: Arguments,
}

impl Simulate {
    pub(super) async fn run(self) -> Result<(), Failure> {
        self.arguments.run().await.map_err(|error| Failure::new(Exit::System, error.to_string()))
    }
}
