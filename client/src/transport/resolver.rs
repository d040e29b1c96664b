//! Names, by the system's resolver, with failures that can be told apart.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::fmt;
use std::net::SocketAddr;

/// The system's resolver.
pub(super) struct SystemResolver;

/// A name that did not resolve. reqwest's own resolver hides this in an unnamed error.
#[derive(Debug)]
pub(super) struct NameNotResolved(String);

impl fmt::Display for NameNotResolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NameNotResolved {}

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let host = name.as_str();
            match tokio::net::lookup_host((host, 0)).await {
                Ok(addresses) => Ok(Box::new(addresses.collect::<Vec<SocketAddr>>().into_iter()) as Addrs),
                Err(error) => Err(NameNotResolved(format!("{host}: {error}")).into()),
            }
        })
    }
}
