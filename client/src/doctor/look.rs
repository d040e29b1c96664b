//! Names and connections, looked at one by one.

use super::certificate;
use crate::transport::{Transport, of_io};
use std::future::Future;
use std::io;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::timeout;
use trusted_profile_core::doctor::{Finding, Look};
use trusted_profile_core::{TransportError, TransportErrorKind as Kind};

/// Finds out what `look` asks for.
pub(super) async fn at(look: Look, transport: &Transport) -> Finding {
    match look {
        // The proxy resolves and connects; a request will show what comes of it.
        Look::Resolve { network, .. } | Look::Connect { network, .. } | Look::Certificate { network, .. }
            if transport.has_proxy(network) =>
        {
            Finding::Unable
        }
        Look::Resolve { host, timeout, .. } => resolve(&host, timeout).await,
        Look::Connect { host, port, timeout, .. } => {
            connect(&host, port, timeout).await.map_or_else(Finding::Failed, |_| Finding::Connected)
        }
        Look::Certificate { host, port, timeout, .. } => match connect(&host, port, timeout).await {
            Ok(stream) => certificate::of(&host, stream, timeout, transport.roots()).await,
            Err(failure) => Finding::Failed(failure),
        },
        _ => Finding::Unable,
    }
}

async fn resolve(host: &str, limit: Duration) -> Finding {
    let failed = |detail: String| Finding::Failed(TransportError::new(Kind::Dns, detail));
    match timeout(limit, lookup_host((host, 0))).await {
        Ok(Ok(addresses)) => {
            let mut addresses: Vec<String> = addresses.map(|address| address.ip().to_string()).collect();
            addresses.dedup();
            Finding::Addresses(addresses)
        }
        Ok(Err(error)) => failed(error.to_string()),
        Err(_) => failed(nothing_within(limit)),
    }
}

async fn connect(host: &str, port: u16, limit: Duration) -> Result<TcpStream, TransportError> {
    let connected = within(limit, first_connection(host, port)).await;
    connected.map_err(|e| of_io(&e).unwrap_or_else(|| TransportError::new(Kind::Other, e.to_string())))
}

/// To any of the host's addresses: one family may lead nowhere, and clients do not wait for it either.
async fn first_connection(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut attempts = JoinSet::new();
    for address in lookup_host((host, port)).await? {
        attempts.spawn(TcpStream::connect(address));
    }
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    while let Some(Ok(attempt)) = attempts.join_next().await {
        match attempt {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// A future of I/O with an end.
async fn within<T>(limit: Duration, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(limit, work).await.unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, nothing_within(limit))))
}

fn nothing_within(limit: Duration) -> String {
    format!("nothing within {:.2} s", limit.as_secs_f64())
}
