//! Runs the simulator until it is told to stop.

use std::io;

use clap::Parser;
use simulator::command::Arguments;

/// Simulates instance metadata, VPC identity, IAM, VPC, clusters and an object store on this machine.
#[derive(Parser)]
#[command(name = "simulator", version)]
struct Program {
    #[command(flatten)]
    arguments: Arguments,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    Program::parse().arguments.run().await
}
