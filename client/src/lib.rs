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
//! Every operation of the metadata service, IAM and the VPC API is a call by its name, with the features `metadata`,
//! `iam`, `vpc` and `containers`, or `catalog` for all of them:
//!
//! ```no_run
//! # #[cfg(feature = "vpc")]
//! # async fn example(tokens: trusted_profile::TokenProvider) -> Result<(), trusted_profile::Error> {
//! use serde_json::json;
//! use trusted_profile::Vpc;
//!
//! let vpc = Vpc::new(&tokens).region("us-south");
//! let mut instances = vpc.items("list_instances", json!({"limit": 100}));
//! while let Some(instance) = instances.next().await {
//!     println!("{}", instance?.text("name").unwrap_or_default());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! With the features `types-metadata`, `types-iam`, `types-vpc` and `types-containers`, or `types`, they are Rust structs as
//! well, and so is what they are answered with:
//!
//! ```no_run
//! # #[cfg(feature = "types-vpc")]
//! # async fn example(vpc: trusted_profile::Vpc) -> Result<(), trusted_profile::Error> {
//! use trusted_profile::types::vpc::ListInstances;
//!
//! let page = vpc.send(ListInstances { limit: Some(100), ..ListInstances::default() }).await?.value;
//! for instance in page.instances.unwrap_or_default() {
//!     println!("{:?} is {:?}", instance.name, instance.status);
//! }
//! # Ok(())
//! # }
//! ```
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
#[cfg(feature = "operations")]
mod operations;
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
#[cfg(feature = "containers")]
pub use operations::Containers;
#[cfg(feature = "iam")]
pub use operations::Iam;
#[cfg(feature = "metadata")]
pub use operations::Metadata;
#[cfg(feature = "vpc")]
pub use operations::Vpc;
#[cfg(feature = "operations")]
pub use operations::{Client, Items, Pages, service};
pub use provider::TokenProvider;
pub use surroundings::detect;
#[cfg(feature = "operations")]
pub use trusted_profile_core::call::{ItemStatus, Limits, Until};
#[cfg(feature = "operations")]
pub use trusted_profile_core::catalog;
pub use trusted_profile_core::config::{DEFAULT_SERVICE, Detected, Setting};
#[cfg(feature = "doctor")]
pub use trusted_profile_core::doctor::{Check, Remedy, Report, Verdict};
pub use trusted_profile_core::error::{Cause, ErrorKind, ServiceError};
#[cfg(feature = "operations")]
pub use trusted_profile_core::operation::{Content, Entry};
pub use trusted_profile_core::operation::{Operation, Reply};
pub use trusted_profile_core::token::{Event, ExternalToken, SlotStatus, SourceOptions, Status, Timeouts, UnverifiedClaims};
#[cfg(feature = "typed")]
pub use trusted_profile_core::types;
pub use trusted_profile_core::wire::Json;
pub use trusted_profile_core::{AccessToken, Error, ErrorCode, Now, Policy, Secret, Slot, services};
