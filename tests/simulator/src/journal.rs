//! Every request received and what was answered.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::exchange::{Answer, Received};
use crate::redact::Redactor;
use crate::service::Service;

/// One request and its answer, secrets included. Its `Debug` form leaves them out.
#[derive(Clone)]
pub struct Entry {
    /// Counts all requests of a simulator, from 1.
    pub sequence: u64,
    /// The service that received it.
    pub service: Service,
    /// The instance, for the metadata service.
    pub instance: Option<String>,
    /// Whether it came over TLS.
    pub tls: bool,
    /// Counts all connections of a simulator, from 1.
    pub connection: u64,
    /// When it was received, since the simulator started.
    pub received: Duration,
    /// When the answer was ready to be sent; absent while there is none.
    pub answered: Option<Duration>,
    /// The method.
    pub method: String,
    /// The path as sent.
    pub path: String,
    /// The query as sent, without its question mark.
    pub query: Option<String>,
    /// Names in lower case, in the order received.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The status of the answer.
    pub status: Option<u16>,
    /// The first 64 KiB of the answer's body, before it was dripped or cut.
    pub response_body: Vec<u8>,
    /// The kind of the fault it met.
    pub fault: Option<String>,
}

impl Entry {
    /// The first header of that name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The fields of a form body, decoded.
    #[must_use]
    pub fn form(&self) -> BTreeMap<String, String> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    pub(crate) fn view(&self, redactor: Option<&Redactor>) -> Value {
        let show = |text: &str| redactor.map_or_else(|| text.to_owned(), |r| r.shorten(text));
        let headers: Vec<Value> = self
            .headers
            .iter()
            .map(|(name, value)| match redactor {
                Some(redactor) => json!([name, redactor.header(name, value)]),
                None => json!([name, value]),
            })
            .collect();
        json!({
            "sequence": self.sequence,
            "service": self.service,
            "instance": self.instance,
            "tls": self.tls,
            "connection": self.connection,
            "received_ms": milliseconds(self.received),
            "answered_ms": self.answered.map(milliseconds),
            "method": self.method,
            "path": self.path,
            "query": self.query.as_deref().map(show),
            "headers": headers,
            "body": show(&self.text()),
            "status": self.status,
            "response_body": show(&String::from_utf8_lossy(&self.response_body)),
            "fault": self.fault,
        })
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{} {} {} {} -> {:?}", self.sequence, self.service, self.method, self.path, self.status)
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Answers can be huge on purpose.
const KEPT: usize = 64 * 1024;

/// The journal of a simulator. Clones show the same journal.
#[derive(Clone)]
pub struct Journal {
    started: Instant,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    sequence: u64,
    connection: u64,
    entries: Vec<Entry>,
    connections: BTreeMap<Service, u64>,
}

impl Journal {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), inner: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All entries since the last [`clear`](Self::clear), the control API's own aside.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.lock().entries.clone()
    }

    /// The entries of one service, method and path. A `*` at the end of the path matches any rest.
    #[must_use]
    pub fn matching(&self, service: Service, method: &str, path: &str) -> Vec<Entry> {
        let wanted = |entry: &Entry| {
            entry.service == service
                && entry.method.eq_ignore_ascii_case(method)
                && match path.strip_suffix('*') {
                    Some(prefix) => entry.path.starts_with(prefix),
                    None => entry.path == path,
                }
        };
        let inner = self.lock();
        inner.entries.iter().filter(|entry| wanted(entry)).cloned().collect()
    }

    /// How many requests one service received for a method and path.
    #[must_use]
    pub fn count(&self, service: Service, method: &str, path: &str) -> usize {
        self.matching(service, method, path).len()
    }

    /// How many requests one service received.
    #[must_use]
    pub fn count_service(&self, service: Service) -> usize {
        let inner = self.lock();
        inner.entries.iter().filter(|entry| entry.service == service).count()
    }

    /// How many connections one service accepted, those it reset at once included.
    #[must_use]
    pub fn connections(&self, service: Service) -> u64 {
        self.lock().connections.get(&service).copied().unwrap_or(0)
    }

    /// Forgets all entries and connection counts; sequence numbers go on.
    pub fn clear(&self) {
        let mut inner = self.lock();
        inner.entries.clear();
        inner.connections.clear();
    }

    pub(crate) fn connected(&self, service: Service) -> u64 {
        let mut inner = self.lock();
        inner.connection += 1;
        *inner.connections.entry(service).or_default() += 1;
        inner.connection
    }

    pub(crate) fn received(&self, request: &Received, connection: u64) -> u64 {
        let received = self.started.elapsed();
        let mut inner = self.lock();
        inner.sequence += 1;
        let sequence = inner.sequence;
        inner.entries.push(Entry {
            sequence,
            service: request.service,
            instance: request.instance.clone(),
            tls: request.tls,
            connection,
            received,
            answered: None,
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            headers: request.headers.clone(),
            body: request.body.clone(),
            status: None,
            response_body: Vec::new(),
            fault: None,
        });
        sequence
    }

    pub(crate) fn struck(&self, sequence: u64, fault: &str) {
        self.update(sequence, |entry| entry.fault = Some(fault.to_owned()));
    }

    pub(crate) fn answered(&self, sequence: u64, answer: &Answer) {
        let at = self.started.elapsed();
        self.update(sequence, |entry| {
            entry.answered = Some(at);
            entry.status = Some(answer.status.as_u16());
            entry.response_body = answer.body.iter().copied().take(KEPT).collect();
        });
    }

    fn update(&self, sequence: u64, change: impl FnOnce(&mut Entry)) {
        let mut inner = self.lock();
        if let Some(entry) = inner.entries.iter_mut().rev().find(|entry| entry.sequence == sequence) {
            change(entry);
        }
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries()).finish()
    }
}
