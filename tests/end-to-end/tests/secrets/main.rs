//! No secret of a run shows in anything that a program prints, logs, traces or dies with.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

mod canary;
mod faults;
#[cfg(target_os = "linux")]
mod memory;
mod names;
mod runs;
mod types;
