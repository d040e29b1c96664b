//! The sans-IO core of **trusted-profile**: an IAM access token for a program on IBM Cloud compute,
//! without a stored secret.
//!
//! The core builds every request, parses every answer and decides when to fetch, retry, refresh and
//! give up. It has no clock, socket, file, thread or async of its own: a *driver* supplies them. See
//! [`token`] for the contract between the two.

pub mod call;
pub mod catalog;
pub mod config;
pub mod doctor;
pub mod error;
pub mod operation;
mod random;
mod retry;
pub mod secret;
pub mod services;
pub mod time;
pub mod token;
pub mod types;
pub mod wire;

pub use error::{Error, ErrorCode, ErrorKind, Facts, TransportError, TransportErrorKind};
pub use secret::Secret;
pub use time::Now;
pub use token::{AccessToken, Action, Exchange, Policy, Slot, Source, Ticket, TokenManager};
