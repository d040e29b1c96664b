//! HTTP by `reqwest`, one kind of client for each [`Network`].

mod failure;
mod resolver;
mod tls;

pub(crate) use failure::of_io;
pub(crate) use tls::Roots;

use crate::per_process::PerProcess;
use failure::classify;
use http::Response;
use reqwest::redirect::Policy as Redirects;
use reqwest::{Client, ClientBuilder, Proxy};
use resolver::SystemResolver;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use trusted_profile_core::error::{Error, ErrorCode};
use trusted_profile_core::token::{Exchange, Network};
use trusted_profile_core::{TransportError, TransportErrorKind};

/// Sends exchanges. Nothing is shared between networks but the trusted roots, and no connection is
/// kept: tokens are fetched an hour apart. A child of `fork` makes clients of its own, as another
/// thread may have held the lock of its parent's; it also reads the system's roots anew.
pub(crate) struct Transport {
    roots: Roots,
    /// Used for the private network; the environment's proxies are not.
    private_proxy: Option<Proxy>,
    clients: PerProcess<Mutex<HashMap<Kind, Client>>>,
}

/// Later than any attempt ends, so that its end is what is reported.
const AFTER_THE_ATTEMPT: Duration = Duration::from_secs(1);

/// What a client is made for. reqwest sets the time to connect per client.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Kind {
    network: Network,
    is_tls: bool,
    connect_timeout: Duration,
}

impl Transport {
    pub(crate) fn new(roots: Roots, private_proxy: Option<&str>) -> Result<Self, Error> {
        let refuse = |_| Error::new(ErrorCode::InvalidArgument, "private_proxy: expected the address of a proxy");
        let private_proxy = private_proxy.map(Proxy::all).transpose().map_err(refuse)?;
        Ok(Self { roots, private_proxy, clients: PerProcess::default() })
    }

    /// Whether requests surely take a proxy. Those of the environment depend on the host.
    #[cfg(feature = "doctor")]
    pub(crate) fn has_proxy(&self, network: Network) -> bool {
        network == Network::Private && self.private_proxy.is_some()
    }

    #[cfg(feature = "doctor")]
    pub(crate) const fn roots(&self) -> &Roots {
        &self.roots
    }

    /// Sends one exchange within its limits.
    pub(crate) async fn send(&self, exchange: Exchange) -> Result<Response<Vec<u8>>, TransportError> {
        let limit = exchange.timeout;
        let cap = exchange.max_response_bytes;
        let attempt = async {
            let mut connect_timeout = exchange.connect_timeout;
            if exchange.network == Network::LinkLocal && is_https(&exchange) {
                knock(&exchange).await?;
                // Somebody listens; a slow handshake is now a slow answer, and ends with the attempt.
                connect_timeout = limit.saturating_add(AFTER_THE_ATTEMPT);
            }
            let client = self.client(&exchange, connect_timeout)?;
            let request = exchange.request.try_into().map_err(|e| classify(&e))?;
            let response = client.execute(request).await.map_err(|e| classify(&e))?;
            read_whole(response, cap).await
        };
        match timeout(limit, attempt).await {
            Ok(outcome) => outcome,
            Err(_) => Err(TransportError::new(TransportErrorKind::ReadTimeout, format!("{:.1} s", limit.as_secs_f64()))),
        }
    }

    fn client(&self, exchange: &Exchange, connect_timeout: Duration) -> Result<Client, TransportError> {
        let kind = Kind { network: exchange.network, is_tls: is_https(exchange), connect_timeout };
        let known = self.clients().get(&kind).cloned();
        if let Some(client) = known {
            return Ok(client);
        }
        // Not under the lock: the first TLS client reads the system's certificates.
        let client = self.build(kind).map_err(|e| TransportError::new(TransportErrorKind::Other, e))?;
        // Timeouts are cut to what a round has left, so there could be any number of kinds.
        let mut clients = self.clients();
        if clients.len() >= 16 {
            clients.clear();
        }
        clients.insert(kind, client.clone());
        Ok(client)
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<Kind, Client>> {
        self.clients.get().lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn build(&self, kind: Kind) -> Result<Client, String> {
        let builder = ClientBuilder::new()
            .user_agent(concat!("trusted-profile/", env!("CARGO_PKG_VERSION")))
            .redirect(Redirects::none())
            .http1_only()
            .pool_max_idle_per_host(0)
            .connect_timeout(kind.connect_timeout)
            .dns_resolver(SystemResolver::within(kind.connect_timeout))
            .tls_backend_preconfigured(self.roots.config(kind.is_tls)?);
        let builder = match (kind.network, &self.private_proxy) {
            (Network::LinkLocal, _) | (Network::Private, None) => builder.no_proxy(),
            (Network::Private, Some(proxy)) => builder.no_proxy().proxy(proxy.clone()),
            (Network::Public, _) => builder,
        };
        builder.build().map_err(|e| format!("the HTTP client could not be built: {e}"))
    }
}

fn is_https(exchange: &Exchange) -> bool {
    exchange.request.uri().scheme_str() == Some("https")
}

/// Whether anything accepts a connection there. reqwest counts the TLS handshake as connecting;
/// here the two must be told apart, since only a TCP failure may lead on to plain http.
async fn knock(exchange: &Exchange) -> Result<(), TransportError> {
    let uri = exchange.request.uri();
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let mut is_resolved = false;
    let connect = async {
        let addresses = tokio::net::lookup_host((host, uri.port_u16().unwrap_or(443))).await;
        let addresses: Vec<_> = addresses.map_err(|e| TransportError::new(TransportErrorKind::Dns, e.to_string()))?.collect();
        is_resolved = true;
        let connected = TcpStream::connect(addresses.as_slice()).await;
        connected.map(drop).map_err(|e| of_io(&e).unwrap_or_else(|| TransportError::new(TransportErrorKind::Other, e.to_string())))
    };
    match timeout(exchange.connect_timeout, connect).await {
        Ok(outcome) => outcome,
        Err(_) => {
            let kind = if is_resolved { TransportErrorKind::ConnectTimeout } else { TransportErrorKind::Dns };
            Err(TransportError::new(kind, format!("nothing within {:.2} s", exchange.connect_timeout.as_secs_f64())))
        }
    }
}

/// Reads the body, and stops as soon as it is longer than `cap`.
async fn read_whole(mut response: reqwest::Response, cap: usize) -> Result<Response<Vec<u8>>, TransportError> {
    let too_large = || TransportError::new(TransportErrorKind::TooLarge, format!("more than {cap} bytes"));
    let length = response.content_length().map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
    if length > cap {
        return Err(too_large());
    }
    // In one allocation: growing would leave copies behind, and they may hold a token.
    let mut body = Vec::with_capacity(length);
    loop {
        let chunk = response.chunk().await.map_err(|e| classify(&e))?;
        let Some(chunk) = chunk else { break };
        if body.len().saturating_add(chunk.len()) > cap {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    let mut whole = Response::new(body);
    *whole.status_mut() = response.status();
    *whole.headers_mut() = std::mem::take(response.headers_mut());
    Ok(whole)
}
