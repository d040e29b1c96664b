//! A forward proxy that forwards nothing: it records each request and answers with an invented token.
//!
//! A client that lets `http_proxy` apply to the metadata service hands its identity token to the
//! proxy and believes the token the proxy makes up. With this a test can show that it does not.

use std::io;
use std::net::{IpAddr, Ipv4Addr};

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Response, StatusCode};
use serde_json::json;

pub use crate::recorder::Recorded;
use crate::recorder::Recorder;

/// The token the proxy invents. Whoever shows it has believed a proxy.
pub const INVENTED_TOKEN: &str = "invented-by-the-proxy";

/// A running proxy on 127.0.0.1. It stops when it is dropped.
pub struct RecordingProxy {
    recorder: Recorder,
}

impl RecordingProxy {
    /// Starts on a free port.
    ///
    /// # Errors
    /// If no port can be bound.
    pub fn start() -> io::Result<Self> {
        let recorder = Recorder::start(IpAddr::V4(Ipv4Addr::LOCALHOST), answer)?;
        Ok(Self { recorder })
    }

    /// What `http_proxy` has to be set to.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.recorder.address)
    }

    /// What reached the proxy, in order.
    #[must_use]
    pub fn recorded(&self) -> Vec<Recorded> {
        self.recorder.recorded()
    }
}

fn answer(request: &Recorded) -> Response<Full<Bytes>> {
    if request.method == "CONNECT" {
        // No tunnel: what matters is that it was asked for.
        let mut refused = Response::new(Full::new(Bytes::new()));
        *refused.status_mut() = StatusCode::BAD_GATEWAY;
        return refused;
    }
    let body = json!({
        "access_token": INVENTED_TOKEN,
        "refresh_token": "not_supported",
        "token_type": "Bearer",
        "created_at": "2026-01-01T00:00:00Z",
        "expires_at": "2099-01-01T00:00:00Z",
        "expires_in": 3600,
        "expiration": 4_070_908_800_i64,
        "scope": "ibm openid",
    });
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    response.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static("application/json"));
    response
}
