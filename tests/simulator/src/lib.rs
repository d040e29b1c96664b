//! The services behind trusted profiles, in one process: instance metadata and VPC identity, IAM, VPC,
//! clusters, and an object store that verifies tokens. With faults, a journal, and a CR-token file that
//! rotates as the kubelet does it.
//!
//! ```
//! use simulator::{Config, Simulator};
//!
//! let simulator = Simulator::start_blocking(Config::seeded())?;
//! println!("metadata service: {}", simulator.metadata_url());
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Everything a running simulator can be told is a method of [`Controls`], which a [`Simulator`]
//! dereferences to, and the same over HTTP: see the crate's README.

mod account;
mod api;
mod clock;
pub mod command;
mod config;
mod control;
mod controls;
mod cr_token_file;
pub mod elsewhere;
mod exchange;
mod faults;
mod gzip;
mod iam;
mod identifiers;
mod journal;
mod metadata;
mod object_store;
pub mod proxy;
mod recorder;
mod redact;
mod refusals;
mod resources;
mod runtime;
mod serve;
mod service;
mod simulator;
mod spec;
mod tls;
mod tokens;
mod world;

pub use account::{
    ApiKey, ApiKeyState, Cluster, ClusterKind, Condition, DefaultTrustedProfile, Instance, InstanceKind, InstanceSettings, Link,
    LinkTarget, NewApiKey, NewCluster, NewLink, NewProfile, NewRule, Profile, Protocol, Role, Rule, Seed, ServiceAccountToken, SshKey,
    WhenDisabled,
};
pub use config::{Account, Config, Ports};
pub use controls::{Controls, Error};
pub use cr_token_file::CrTokenFile;
pub use faults::{Fault, FaultId, FaultRule, RetryAfter};
pub use journal::{Entry, Journal};
pub use service::Service;
pub use simulator::Simulator;
pub use tls::ServerCertificate;
