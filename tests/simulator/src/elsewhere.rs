//! Another host, for redirects: it records who came and answers with an invented token.

use std::io;
use std::net::{IpAddr, Ipv4Addr};

use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;
use serde_json::json;

pub use crate::recorder::Recorded;
use crate::recorder::Recorder;

/// The token this host invents. Whoever shows it has followed a redirect.
pub const INVENTED_TOKEN: &str = "invented-elsewhere";

/// A running host on 127.0.0.2. It stops when it is dropped.
pub struct Elsewhere {
    recorder: Recorder,
}

impl Elsewhere {
    /// Starts on a free port of 127.0.0.2; where only 127.0.0.1 exists, of that.
    ///
    /// # Errors
    /// If no port can be bound.
    pub fn start() -> io::Result<Self> {
        let second = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
        let recorder = Recorder::start(second, answer).or_else(|_| Recorder::start(IpAddr::V4(Ipv4Addr::LOCALHOST), answer))?;
        Ok(Self { recorder })
    }

    /// The base URL, for `Location`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.recorder.address)
    }

    /// What was sent here, in order.
    #[must_use]
    pub fn recorded(&self) -> Vec<Recorded> {
        self.recorder.recorded()
    }
}

fn answer(_request: &Recorded) -> Response<Full<Bytes>> {
    let body = json!({
        "access_token": INVENTED_TOKEN,
        "token_type": "Bearer",
        "created_at": "2026-01-01T00:00:00Z",
        "expires_at": "2099-01-01T00:00:00Z",
        "expires_in": 3600,
        "expiration": 4_070_908_800_i64,
    });
    Response::new(Full::new(Bytes::from(body.to_string())))
}
