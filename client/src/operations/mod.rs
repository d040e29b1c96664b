//! Clients of the services: any operation by its name.

pub(crate) mod blocking;
mod caller;
mod client;
mod pages;
pub mod service;
mod setup;
#[cfg(feature = "typed")]
mod typed;

pub(crate) use caller::only;
pub use client::Client;
pub use pages::{Items, Pages};

/// The metadata service of this instance, with its identity token. A profile that is not linked is none of its business.
///
/// It is called where and as the provider asks for its tokens: address, protocol and version date are the provider's.
/// A bare metal server has identity operations alone; a read there fails with `NotFound` and a note that says so.
#[cfg(feature = "metadata")]
pub type Metadata = Client<service::Metadata>;

/// IAM: identities, policies, access groups and tokens. An operation is named by its id, such as
/// `iam_identity.create_profile`, or by its name alone where only one of the four services has it.
#[cfg(feature = "iam")]
pub type Iam = Client<service::Iam>;

/// The VPC API of a region: name it with [`Client::region`].
#[cfg(feature = "vpc")]
pub type Vpc = Client<service::Vpc>;

/// The Kubernetes Service's API for clusters.
#[cfg(feature = "containers")]
pub type Containers = Client<service::Containers>;
