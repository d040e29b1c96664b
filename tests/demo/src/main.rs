//! `make demo`: a program gets IAM tokens through trusted profiles, on a VPC instance and in a pod.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

fn main() -> ExitCode {
    let stdout = io::stdout();
    let is_coloured = stdout.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    match demo::run(&mut stdout.lock(), is_coloured) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = demo::complain(&mut io::stderr(), error.as_ref());
            ExitCode::FAILURE
        }
    }
}
