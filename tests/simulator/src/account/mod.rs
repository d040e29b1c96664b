//! The simulated account: profiles, compute resources, keys, and who may read what.

pub(crate) mod access;
mod api_key;
pub(crate) mod cluster;
mod condition;
pub(crate) mod instance;
mod link;
mod profile;
pub(crate) mod resource;
mod rule;
pub(crate) mod seed;
mod state;

pub use access::Role;
pub use api_key::{ApiKey, ApiKeyState, NewApiKey};
pub use cluster::{Cluster, ClusterKind, NewCluster, ServiceAccountToken};
pub use condition::Condition;
pub use instance::{DefaultTrustedProfile, Instance, InstanceKind, InstanceSettings, Protocol, SshKey, WhenDisabled};
pub use link::{Link, LinkTarget, NewLink};
pub use profile::{NewProfile, Profile};
pub use rule::{NewRule, Rule};
pub use seed::Seed;

pub(crate) use profile::ProfileRecord;
pub(crate) use state::{AccountState, RefreshToken, Subject};
