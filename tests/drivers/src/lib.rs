//! Proof that the contract between the token machine and its drivers can be kept in every
//! concurrency model the wrappers need, and that breaking it is noticed. See `README.md`.

pub mod host;
pub mod judge;
pub mod machine;
pub mod scenario;
pub mod stage;
pub mod subprocess;
pub mod tasks;
pub mod threads;
pub mod unit;
