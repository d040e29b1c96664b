//! A look at the way to a service: its name, a connection, its certificate.

use super::LONGEST_LOOKUP;
use crate::error::TransportError;
use crate::token::{Exchange, Network};
use std::net::IpAddr;
use std::time::Duration;

/// What a driver is asked to find out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Look {
    /// The addresses of `host`, by the system's resolver.
    Resolve {
        /// A host name.
        host: String,
        /// How long it may take.
        timeout: Duration,
        /// What lies between. Where a request would take a proxy, there is nothing to see.
        network: Network,
    },
    /// Whether a TCP connection can be made; it is closed at once.
    Connect {
        /// A host name or address.
        host: String,
        /// The port.
        port: u16,
        /// How long it may take.
        timeout: Duration,
        /// What lies between. Where a request would take a proxy, there is nothing to see.
        network: Network,
    },
    /// Which certificate is presented, and whether it is accepted; nothing is sent after the handshake.
    Certificate {
        /// The host name that it has to be for.
        host: String,
        /// The port.
        port: u16,
        /// How long it may take.
        timeout: Duration,
        /// What lies between. Where a request would take a proxy, there is nothing to see.
        network: Network,
    },
}

/// What was found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Finding {
    /// The addresses of a name.
    Addresses(Vec<String>),
    /// A connection was made.
    Connected,
    /// A certificate was presented and accepted.
    Certificate(Presented),
    /// A certificate was presented and not accepted.
    Refused {
        /// The certificate.
        presented: Presented,
        /// Why it was not accepted.
        failure: TransportError,
    },
    /// It failed, in the words of a transport.
    Failed(TransportError),
    /// This driver cannot look. The exchange will show.
    Unable,
}

/// A server's certificate, as far as people ask for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    /// Who issued it.
    pub issuer: String,
    /// The names it is for.
    pub names: Vec<String>,
    /// From when it is valid, in seconds since 1970.
    pub not_before: i64,
    /// Until when it is valid, in seconds since 1970.
    pub not_after: i64,
}

/// What is known of one way to a service.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    pub(super) is_tls: bool,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) is_metadata: bool,
    network: Network,
    /// How long connecting may take, and the whole exchange.
    times: (Duration, Duration),
    pub(super) addresses: Option<Vec<String>>,
    pub(super) is_connected: bool,
    pub(super) certificate: Option<Presented>,
    failure: Option<TransportError>,
    /// Looked at only to tell why another way failed; no request wanted it.
    pub(super) is_elsewhere: bool,
    /// How far the look got.
    next: Next,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Resolve,
    Connect,
    Certificate,
    Nothing,
}

impl Probe {
    /// The way of an exchange with the metadata service, or with IAM.
    pub(super) fn of(exchange: &Exchange, is_metadata: bool) -> Self {
        let uri = exchange.request.uri();
        let is_tls = uri.scheme_str() == Some("https");
        let host = uri.host().unwrap_or_default();
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        Self::new((is_tls, host, port), is_metadata, exchange.network, (exchange.connect_timeout, exchange.timeout))
    }

    fn new((is_tls, host, port): (bool, &str, u16), is_metadata: bool, network: Network, times: (Duration, Duration)) -> Self {
        let host = host.trim_matches(['[', ']']).to_owned();
        let next = if host.parse::<IpAddr>().is_ok() { Next::Connect } else { Next::Resolve };
        Self {
            is_tls,
            host,
            port,
            is_metadata,
            network,
            times,
            addresses: None,
            is_connected: false,
            certificate: None,
            failure: None,
            is_elsewhere: false,
            next,
        }
    }

    pub(super) fn is_same_way(&self, other: &Self) -> bool {
        (self.is_tls, &self.host, self.port) == (other.is_tls, &other.host, other.port)
    }

    pub(super) fn shown(&self) -> String {
        format!("{}://{}:{}", if self.is_tls { "https" } else { "http" }, self.host, self.port)
    }

    /// Whether the host is an address, which needs no resolver.
    pub(super) fn is_address(&self) -> bool {
        self.host.parse::<IpAddr>().is_ok()
    }

    pub(super) const fn failure(&self) -> Option<&TransportError> {
        self.failure.as_ref()
    }

    pub(super) fn next_look(&self) -> Option<Look> {
        let (host, port, network) = (self.host.clone(), self.port, self.network);
        let (connect, whole) = self.times;
        // The machine connects within a quarter of a second where another protocol may follow. What takes a
        // little longer is still worth knowing.
        let connect = connect.max(Duration::from_secs(1));
        match self.next {
            Next::Resolve => Some(Look::Resolve { host, timeout: connect.max(LONGEST_LOOKUP), network }),
            Next::Connect => Some(Look::Connect { host, port, timeout: connect, network }),
            Next::Certificate => Some(Look::Certificate { host, port, timeout: whole, network }),
            Next::Nothing => None,
        }
    }

    pub(super) fn found(&mut self, finding: Finding) {
        self.next = match (self.next, finding) {
            (_, Finding::Failed(failure)) => {
                self.failure = Some(failure);
                Next::Nothing
            }
            (Next::Resolve, Finding::Addresses(addresses)) => {
                self.addresses = Some(addresses);
                Next::Connect
            }
            (Next::Resolve, _) => Next::Connect,
            (Next::Connect, finding) => {
                self.is_connected = matches!(finding, Finding::Connected);
                if self.is_tls { Next::Certificate } else { Next::Nothing }
            }
            (Next::Certificate, Finding::Certificate(presented)) => {
                self.certificate = Some(presented);
                Next::Nothing
            }
            (Next::Certificate, Finding::Refused { presented, failure }) => {
                self.certificate = Some(presented);
                self.failure = Some(failure);
                Next::Nothing
            }
            (Next::Certificate | Next::Nothing, _) => Next::Nothing,
        };
    }

    /// The service by its other protocol, or by its other endpoint.
    pub(super) fn elsewhere(&self) -> Option<Self> {
        let (is_tls, host, network) = match (self.is_metadata, self.host.as_str()) {
            (true, "169.254.169.254") => (true, "api.metadata.cloud.ibm.com", Network::LinkLocal),
            (true, "api.metadata.cloud.ibm.com") => (false, "169.254.169.254", Network::LinkLocal),
            (false, "iam.cloud.ibm.com") => (true, "private.iam.cloud.ibm.com", Network::Private),
            (false, host) if host.starts_with("private.") && host.ends_with("iam.cloud.ibm.com") => {
                (true, "iam.cloud.ibm.com", Network::Public)
            }
            _ => return None,
        };
        let second = Duration::from_secs(1);
        let other = Self::new((is_tls, host, if is_tls { 443 } else { 80 }), self.is_metadata, network, (second, second));
        Some(Self { is_elsewhere: true, ..other })
    }
}
