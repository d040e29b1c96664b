//! IAM access tokens for programs on IBM Cloud compute, through trusted profiles: no stored secret,
//! the platform vouches for the machine.
//!
//! ```no_run
//! use trusted_profile::TokenProvider;
//!
//! # async fn example() -> Result<(), trusted_profile::Error> {
//! let tokens = TokenProvider::vpc_instance().build()?;
//! let token = tokens.token().await?;
//! let authorization = token.authorization(); // `Bearer ...`, for the request to the service
//! # let _ = authorization;
//! # Ok(())
//! # }
//! ```
//!
//! In a pod: `TokenProvider::container().profile_id("Profile-...")`. In programs that block:
//! [`blocking::TokenProvider`].
//!
//! Ask for the token before every request: it is cached, refreshed before it ends, and kept in use
//! while a refresh fails. Errors name their likely causes, most likely first.

pub mod blocking;
mod builder;
mod callback;
mod clocks;
mod description;
#[cfg(feature = "doctor")]
mod doctor;
pub mod driver;
mod facts;
mod files;
mod log;
mod outbox;
mod per_process;
mod provider;
mod seed;
mod shared;
mod sources;
mod surroundings;
mod transport;
mod units;
#[cfg(feature = "verify")]
pub mod verify;

pub use builder::Builder;
pub use callback::CallbackError;
pub use clocks::now;
pub use description::Description;
pub use provider::TokenProvider;
pub use surroundings::detect;
pub use trusted_profile_core::config::{DEFAULT_SERVICE, Detected, Setting};
#[cfg(feature = "doctor")]
pub use trusted_profile_core::doctor::{Check, Remedy, Report, Verdict};
pub use trusted_profile_core::error::{Cause, ErrorKind, ServiceError};
pub use trusted_profile_core::operation::{Operation, Reply};
pub use trusted_profile_core::token::{Event, ExternalToken, SlotStatus, SourceOptions, Status, Timeouts, UnverifiedClaims};
pub use trusted_profile_core::wire::Json;
pub use trusted_profile_core::{AccessToken, Error, ErrorCode, Now, Policy, Secret, Slot, services};
