//! Operations of the services through the client: every one of them, and what a client does around them.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may panic, and says what it ran"
)]

mod around;
mod every;
mod pages;
mod typed;
