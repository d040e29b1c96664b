//! The services that there are clients of.

use trusted_profile_core::catalog;

/// A service, or several that stand behind one address.
pub trait Service: sealed::Sealed {
    /// Their names in ids of operations.
    const NAMES: &'static [&'static str];
}

mod sealed {
    pub trait Sealed {}
}

/// Of the metadata service of an instance.
#[derive(Debug)]
pub struct Metadata;

/// Of IAM.
#[derive(Debug)]
pub struct Iam;

/// Of the VPC API.
#[derive(Debug)]
pub struct Vpc;

/// Of the Kubernetes Service.
#[derive(Debug)]
pub struct Containers;

impl sealed::Sealed for Metadata {}
impl Service for Metadata {
    const NAMES: &'static [&'static str] = catalog::METADATA;
}

impl sealed::Sealed for Iam {}
impl Service for Iam {
    const NAMES: &'static [&'static str] = catalog::IAM;
}

impl sealed::Sealed for Vpc {}
impl Service for Vpc {
    const NAMES: &'static [&'static str] = catalog::VPC;
}

impl sealed::Sealed for Containers {}
impl Service for Containers {
    const NAMES: &'static [&'static str] = catalog::CONTAINERS;
}
