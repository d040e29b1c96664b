//! Names, by the system's resolver, with failures that can be told apart.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::timeout;

/// The system's resolver. A name server that is silent is told apart from a host that is.
pub(super) struct SystemResolver {
    patience: Duration,
}

impl SystemResolver {
    /// One for connections that may take `connect_timeout`. It gives up a little before that, since
    /// reqwest does not say what a connection that took too long was waiting for.
    pub(super) fn within(connect_timeout: Duration) -> Self {
        Self { patience: connect_timeout.saturating_mul(9).checked_div(10).unwrap_or_default() }
    }
}

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
        let patience = self.patience;
        Box::pin(async move {
            let host = name.as_str();
            match timeout(patience, tokio::net::lookup_host((host, 0))).await {
                Ok(Ok(addresses)) => Ok(Box::new(addresses.collect::<Vec<SocketAddr>>().into_iter()) as Addrs),
                Ok(Err(error)) => Err(NameNotResolved(format!("{host}: {error}")).into()),
                Err(_) => Err(NameNotResolved(format!("{host}: no name server answered within {:.2} s", patience.as_secs_f64())).into()),
            }
        })
    }
}
