//! A request on its way: what a machine hands to its driver.

use http::{Request, header};
use std::fmt;
use std::time::Duration;

/// Names one request of one machine. Never used twice, not even across a fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExchangeId(pub u64);

/// A request to send, and the limits it is sent under.
pub struct Exchange {
    /// Goes back with the outcome.
    pub id: ExchangeId,
    /// The request, credentials included.
    pub request: Request<Vec<u8>>,
    /// To connect, TLS not included.
    pub connect_timeout: Duration,
    /// To the last byte of the body.
    pub timeout: Duration,
    /// After decoding; stop reading past it and report `TooLarge`.
    pub max_response_bytes: usize,
    /// Which proxies are allowed.
    pub network: Network,
}

/// What lies between this machine and the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Network {
    /// The machine's own link, or the machine itself: never a proxy.
    LinkLocal,
    /// IBM Cloud's private network: no proxy from the environment, one that was named to the
    /// program is used.
    Private,
    /// The internet: proxies of the environment are used.
    Public,
}

impl Network {
    /// The name used in vectors and across languages: `link_local`, `private` or `public`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LinkLocal => "link_local",
            Self::Private => "private",
            Self::Public => "public",
        }
    }
}

impl fmt::Debug for Exchange {
    /// Headers and body may hold credentials, so only the request line is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("id", &self.id.0)
            .field("request", &format_args!("{} {}", self.request.method(), self.request.uri()))
            .field("accept", &self.request.headers().get(header::ACCEPT))
            .field("timeout", &self.timeout)
            .field("network", &self.network)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_shows_its_request_line_and_no_secret() {
        let request = Request::post("https://iam.cloud.ibm.com/identity/token")
            .header(header::AUTHORIZATION, "Basic c2VjcmV0")
            .header(header::ACCEPT, "application/json")
            .body(b"apikey=secret".to_vec())
            .unwrap();
        let second = Duration::from_secs(1);
        let exchange = Exchange {
            id: ExchangeId(7),
            request,
            connect_timeout: second,
            timeout: second,
            max_response_bytes: 1,
            network: Network::Public,
        };
        let shown = format!("{exchange:?}");
        assert!(shown.contains("id: 7, request: POST https://iam.cloud.ibm.com/identity/token"), "{shown}");
        assert!(!shown.contains("secret") && !shown.contains("c2VjcmV0"), "{shown}");
    }
}
