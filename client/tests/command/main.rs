//! The command line program, as its users run it, against the simulator.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod cache;
mod call;
mod claims;
mod deploy;
mod doctor;
mod exec;
mod exit_codes;
mod metadata;
mod program;
mod samples;
mod secrets;
mod shells;
mod simulate;
mod terminal;
mod token;
mod token_file;
mod write_file;
