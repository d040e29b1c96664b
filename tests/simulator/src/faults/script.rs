//! The fault script: what to do, to which requests, how often.

use serde::{Deserialize, Serialize};

use crate::service::Service;

/// Names one injected fault, so that it can be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultId(pub u64);

/// A fault and the requests it hits. Of several rules that match, the oldest wins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// The service it is attached to.
    pub service: Service,
    /// Only requests with this method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Only requests with this path; a `*` at the end matches any rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What happens.
    pub fault: Fault,
    /// How many requests it hits; until removed if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// How many matching requests pass untouched before it begins.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub after: u64,
    /// Milliseconds to wait before the fault shows.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub delay_ms: u64,
}

fn is_zero(value: &u64) -> bool {
    *value == 0
}

impl FaultRule {
    /// A fault on every request to a service.
    #[must_use]
    pub fn on(service: Service, fault: Fault) -> Self {
        Self { service, method: None, path: None, fault, times: None, after: 0, delay_ms: 0 }
    }

    /// Only requests with this method and path.
    #[must_use]
    pub fn at(mut self, method: &str, path: &str) -> Self {
        self.method = Some(method.to_owned());
        self.path = Some(path.to_owned());
        self
    }

    /// Only the next `count` matching requests.
    #[must_use]
    pub fn times(mut self, count: u64) -> Self {
        self.times = Some(count);
        self
    }

    /// Lets `count` matching requests pass first.
    #[must_use]
    pub fn after(mut self, count: u64) -> Self {
        self.after = count;
        self
    }

    /// Waits before the fault shows.
    #[must_use]
    pub fn delayed(mut self, milliseconds: u64) -> Self {
        self.delay_ms = milliseconds;
        self
    }
}

/// What `Retry-After` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RetryAfter {
    /// The header's value as it is: seconds, an HTTP date, or nonsense.
    Text(String),
    /// An HTTP date this many seconds after the answer's `Date`.
    DateIn {
        /// Seconds after the answer's `Date`.
        date_in: i64,
    },
}

/// One kind of fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// The right answer, late.
    Latency {
        /// Milliseconds before the answer.
        ms: u64,
    },
    /// The request is read and never answered.
    Hang {},
    /// The listener closes each connection with a reset as soon as it accepts it.
    Refuse {},
    /// Nothing listens on the port, as long as the rule stands (`times` has no effect).
    NotListening {},
    /// Connection attempts are not answered and time out, as long as the rule stands (`times` has no
    /// effect). Linux only; elsewhere connections are accepted and never answered.
    Unreachable {},
    /// The connection is reset after the request was read, before any answer.
    Reset {},
    /// The connection is closed after the request was read, before any answer.
    Close {},
    /// The connection is closed in the middle of the right answer's body.
    CloseMidBody {
        /// Bytes of the body that are sent; half if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_bytes: Option<usize>,
        /// Reset instead of an orderly close.
        #[serde(default)]
        reset: bool,
    },
    /// The right answer's body, one byte at a time.
    Drip {
        /// Milliseconds between two bytes.
        interval_ms: u64,
    },
    /// Another status, with an error body in the service's own shape.
    Status {
        /// The status code.
        status: u16,
        /// The `Retry-After` header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<RetryAfter>,
        /// The service's error code in the body.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// The message in the body.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// An HTML page, as captive portals and gateways send.
    Html {
        /// The status code.
        #[serde(default = "ok")]
        status: u16,
    },
    /// No body at all.
    EmptyBody {
        /// The status code.
        #[serde(default = "ok")]
        status: u16,
    },
    /// The body `{}`.
    EmptyObject {
        /// The status code.
        #[serde(default = "ok")]
        status: u16,
    },
    /// The first half of the right JSON, as if that were all.
    TruncatedJson {},
    /// A body that is labelled JSON and is not.
    InvalidJson {},
    /// A token that is not a JWT, yet valid in every other way.
    OpaqueToken {},
    /// The right answer without `expires_in`.
    MissingExpiresIn {},
    /// The right answer with `expires_in` as a JSON string.
    ExpiresInString {},
    /// The right answer, padded until it is huge.
    HugeBody {
        /// Size of the padding.
        #[serde(default = "ten_megabytes")]
        bytes: usize,
        /// Whether the answer tells its length.
        #[serde(default = "yes")]
        content_length: bool,
    },
    /// The right answer, compressed, with padding that is huge once unpacked.
    GzipBomb {
        /// Size of the padding once unpacked.
        #[serde(default = "hundred_megabytes")]
        bytes: usize,
    },
    /// A redirect.
    Redirect {
        /// The status code: 301, 302, 303, 307 or 308.
        status: u16,
        /// The `Location` header.
        location: String,
    },
    /// The service's clock is off, in `Date` and in every time in body and token.
    Skew {
        /// Seconds the clock is ahead; negative if it is behind.
        seconds: i64,
    },
    /// A token that has expired already: `expires_in` 0, times in the past.
    ExpiredOnArrival {},
    /// The right answer with a wrong `Content-Type`.
    ContentType {
        /// The value sent.
        value: String,
    },
    /// The right answer with properties nobody has heard of.
    ExtraFields {},
    /// The right answer, after which the connection is closed.
    ConnectionClose {},
}

impl Fault {
    /// Whether it strikes before there is any request.
    pub(crate) fn is_about_connections(&self) -> bool {
        matches!(self, Self::Refuse {} | Self::NotListening {} | Self::Unreachable {})
    }
}

fn ok() -> u16 {
    200
}

fn yes() -> bool {
    true
}

fn ten_megabytes() -> usize {
    10_000_000
}

fn hundred_megabytes() -> usize {
    100_000_000
}
