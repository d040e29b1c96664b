//! What a simulator is started with.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use crate::tls::ServerCertificate;

/// How to start a [`Simulator`](crate::Simulator).
///
/// The default listens on free ports of 127.0.0.1, without TLS, with an empty account and one
/// instance that has no default trusted profile.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address every listener binds to.
    pub address: IpAddr,
    /// The address of the metadata service, if it has one of its own, as the real one does.
    pub metadata_address: Option<IpAddr>,
    /// Fixed ports; 0 means any free one.
    pub ports: Ports,
    /// Whether the metadata and IAM services get an https listener each.
    pub tls: bool,
    /// The certificate the https listeners present.
    pub certificate: ServerCertificate,
    /// Origins that browsers may call from. Empty means none.
    pub cors_origins: Vec<String>,
    /// Further names a `Host` header may carry.
    pub allowed_hosts: Vec<String>,
    /// What the account holds at the start.
    pub account: Account,
    /// A folder that several processes of one test run share their signing keys in, since making
    /// them is what costs most. `None` makes new ones for this process.
    pub keys: Option<PathBuf>,
}

/// Ports of the listeners. Those of the metadata service are the first instance's.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ports {
    /// Instance metadata and VPC identity.
    pub metadata: u16,
    /// The same over https, if TLS is on.
    pub metadata_https: u16,
    /// IAM: tokens, identities, access groups, policies.
    pub iam: u16,
    /// The same over https, if TLS is on.
    pub iam_https: u16,
    /// The VPC API.
    pub vpc: u16,
    /// The Kubernetes Service API for clusters.
    pub containers: u16,
    /// The object store.
    pub object_store: u16,
    /// The control API.
    pub control: u16,
}

/// What the account holds at the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Account {
    /// One instance without a default trusted profile, nothing else.
    #[default]
    Empty,
    /// The account of IBM's two walk-throughs: an instance whose default trusted profile is linked
    /// to it, and a cluster whose service account is linked to another profile.
    Seed,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            metadata_address: None,
            ports: Ports::default(),
            tls: false,
            certificate: ServerCertificate::Valid,
            cors_origins: Vec::new(),
            allowed_hosts: Vec::new(),
            account: Account::Empty,
            keys: None,
        }
    }
}

impl Config {
    /// The default with the seeded account.
    #[must_use]
    pub fn seeded() -> Self {
        Self { account: Account::Seed, ..Self::default() }
    }

    /// The same with https listeners.
    #[must_use]
    pub fn with_tls(mut self) -> Self {
        self.tls = true;
        self
    }

    pub(crate) fn socket(&self, port: u16) -> SocketAddr {
        SocketAddr::new(self.address, port)
    }

    pub(crate) fn metadata_socket(&self, port: u16) -> SocketAddr {
        SocketAddr::new(self.metadata_address.unwrap_or(self.address), port)
    }

    pub(crate) fn warnings(&self) -> Vec<String> {
        let addresses = [Some(self.address), self.metadata_address].into_iter().flatten().filter(|address| !address.is_loopback());
        let warn =
            |address| format!("the simulator listens on {address}, which other machines may reach; it hands out tokens to anyone who asks");
        addresses.map(warn).collect()
    }
}
