//! trusted-profile for Kotlin, Java and Swift, by UniFFI.
//!
//! What is exported here is what these languages see, in their own spelling: `token_blocking` is
//! `tokenBlocking`, a [`std::time::Duration`] is a `java.time.Duration` or a `TimeInterval`, a
//! [`TrustedProfileError`] is thrown. Programs in Rust use the crate `trusted-profile`.
//!
//! Numbers are signed, since Java has no others.

mod action;
mod callback;
mod callers;
mod client;
mod description;
mod error;
mod error_class;
mod event;
mod exchange;
mod herd;
mod machine;
mod numbers;
mod options;
mod origins;
mod policy;
mod provider;
mod reply;
mod source;
mod time;
mod token;

pub use action::{Action, Ticket};
pub use callback::{CallbackError, EventListener, ExternalToken, TokenCallback};
pub use client::{Client, ClientOptions, Pages};
pub use description::{Description, LastFailure, Setting, SlotStatus, Status};
pub use error::{Cause, Failure, ServiceFailure};
pub use error_class::TrustedProfileError;
pub use event::TokenEvent;
pub use exchange::{Exchange, FailureKind, FileProblem, FileRead, Header, Network, Response};
pub use machine::{Facts, TokenManager};
pub use options::{AssumeOptions, ContainerOptions, IamOptions, MetadataOptions, ProviderOptions};
pub use origins::AllowedOrigins;
pub use policy::{Policy, Timeouts, policy_from_json};
pub use provider::TokenProvider;
pub use reply::{Reply, Request};
pub use source::{SourceOptions, source_from_json};
pub use time::{Now, read_clocks};
pub use token::{AccessToken, Slot};

uniffi::setup_scaffolding!();
