//! The services one simulator runs, each on a port of its own.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One of the simulated services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Instance metadata and VPC identity of an instance.
    Metadata,
    /// IAM: tokens, identities, access groups, policies.
    Iam,
    /// The VPC API.
    Vpc,
    /// The Kubernetes Service API for clusters.
    Containers,
    /// The IAM-enabled object store.
    ObjectStore,
    /// The API that lays out accounts and injects faults.
    Control,
}

impl Service {
    /// The name used in fault scripts and the journal.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Iam => "iam",
            Self::Vpc => "vpc",
            Self::Containers => "containers",
            Self::ObjectStore => "object_store",
            Self::Control => "control",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
