//! A small listener that records what it is sent and answers with something fixed.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::runtime::RuntimeThread;

/// A request that reached a place it should not have reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The method; `CONNECT` for tunnels.
    pub method: String,
    /// The request target as sent: a path, an absolute URL, or `host:port` for tunnels.
    pub target: String,
    /// Names in lower case, in the order received.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

pub(crate) type Answerer = fn(&Recorded) -> Response<Full<Bytes>>;

/// Runs on a runtime of its own, so that it works whatever the test runs on.
pub(crate) struct Recorder {
    pub(crate) address: SocketAddr,
    recorded: Arc<Mutex<Vec<Recorded>>>,
    _runtime: RuntimeThread,
}

impl Recorder {
    pub(crate) fn start(address: IpAddr, answer: Answerer) -> io::Result<Self> {
        let runtime = RuntimeThread::start()?;
        let listener = std::net::TcpListener::bind((address, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let _context = runtime.handle.enter();
        let listener = TcpListener::from_std(listener)?;
        let recorded = Arc::default();
        runtime.handle.spawn(accept(listener, Arc::clone(&recorded), answer));
        Ok(Self { address, recorded, _runtime: runtime })
    }

    pub(crate) fn recorded(&self) -> Vec<Recorded> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn accept(listener: TcpListener, recorded: Arc<Mutex<Vec<Recorded>>>, answer: Answerer) {
    while let Ok((stream, _)) = listener.accept().await {
        let recorded = Arc::clone(&recorded);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let recorded = Arc::clone(&recorded);
                async move { record(request, &recorded, answer).await }
            });
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // A client that goes away is not worth a word.
            let _ = connection.await;
        });
    }
}

async fn record(
    request: Request<Incoming>,
    recorded: &Mutex<Vec<Recorded>>,
    answer: Answerer,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (parts, body) = request.into_parts();
    let entry = Recorded {
        method: parts.method.as_str().to_owned(),
        target: parts.uri.to_string(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            })
            .collect(),
        body: body.collect().await?.to_bytes().to_vec(),
    };
    let response = answer(&entry);
    recorded.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    Ok(response)
}
