//! The token machine.

mod action;
#[cfg(feature = "environment")]
mod environment;
mod machine;
mod options;
mod origins;
mod token;
