//! The faults, what is expected of our client under each, and what IBM's SDK cores do.

use end_to_end::{brisk, calm};
use simulator::{Fault, RetryAfter};
use trusted_profile::{ErrorCode, Policy};

/// What a fault comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// No token, and this code.
    Refused(ErrorCode),
    /// No token, and the code of a service that cannot be reached.
    Unreachable,
    /// A token: the answer is odd, yet right.
    Token,
}

/// IBM's SDK core under the same fault: with an empty cache, at the next call once the service is
/// well, and with a token that is valid for ten more minutes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Peer(pub(crate) [&'static str; 3]);

/// One fault.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) fault: Fault,
    pub(crate) expected: Expected,
    pub(crate) python: Peer,
    pub(crate) node: Peer,
}

fn row(name: &'static str, fault: Fault, expected: Expected) -> Row {
    Row { name, fault, expected, python: Peer::default(), node: Peer::default() }
}

fn refused(name: &'static str, fault: Fault, code: ErrorCode) -> Row {
    row(name, fault, Expected::Refused(code))
}

impl Row {
    /// Under the others a policy with short times would only measure how busy this machine is.
    pub(crate) fn policy(&self) -> Policy {
        match &self.fault {
            Fault::Hang {} | Fault::Drip { .. } | Fault::Unreachable {} => brisk(),
            // Each further attempt costs the pause that the service asks for.
            Fault::Status { status: 429, .. } => Policy { max_attempts: 2, ..calm() },
            _ => calm(),
        }
    }

    fn peers(mut self, python: [&'static str; 3], node: [&'static str; 3]) -> Self {
        (self.python, self.node) = (Peer(python), Peer(node));
        self
    }
}

fn status(status: u16, retry_after: Option<&str>) -> Fault {
    let retry_after = retry_after.map(|text| RetryAfter::Text(text.to_owned()));
    Fault::Status { status, retry_after, code: None, message: None }
}

/// All of them; redirects lead to `elsewhere`.
pub(crate) fn all(elsewhere: &str) -> Vec<Row> {
    let mut rows = statuses();
    rows.extend(silences());
    rows.extend(connections());
    rows.extend(bodies());
    rows.extend(tokens());
    rows.extend(redirects(elsewhere));
    rows.extend(oddities());
    rows
}

const NODE_ERROR: [&str; 3] = ["Error", "token", "cached token"];
const PYTHON_ERROR: [&str; 3] = ["ApiException", "blocks 60 s", "raises"];

fn statuses() -> Vec<Row> {
    vec![
        refused("429, `Retry-After: 2`", status(429, Some("2")), ErrorCode::RateLimited)
            .peers(["ApiException 429", "blocks 60 s", "raises"], ["Error, status 429", "token", "cached token"]),
        refused("500", status(500, None), ErrorCode::ServiceFailed).peers(PYTHON_ERROR, NODE_ERROR),
        refused("503", status(503, None), ErrorCode::ServiceFailed).peers(PYTHON_ERROR, NODE_ERROR),
        refused("501", status(501, None), ErrorCode::NotImplemented),
        refused("401", status(401, None), ErrorCode::Unauthenticated).peers(PYTHON_ERROR, NODE_ERROR),
        refused("403", status(403, None), ErrorCode::Forbidden),
        refused("404", status(404, None), ErrorCode::NotFound),
    ]
}

fn silences() -> Vec<Row> {
    const NODE: [&str; 3] = ["pending after 200 s: no timeout", "token", "cached token"];
    vec![
        row("never answers", Fault::Hang {}, Expected::Unreachable)
            .peers(["ReadTimeout after 60 s", "token", "blocks 60 s, then raises"], NODE),
        row("one byte per second", Fault::Drip { interval_ms: 1000 }, Expected::Unreachable)
            .peers(["blocked when killed at 560 s", "", ""], ["pending after 200 s: no timeout", "", "cached token"]),
    ]
}

fn connections() -> Vec<Row> {
    vec![
        row("nothing listens", Fault::NotListening {}, Expected::Unreachable),
        row("reset when accepted", Fault::Refuse {}, Expected::Unreachable),
        row("connection attempts unanswered", Fault::Unreachable {}, Expected::Unreachable),
        row("reset before the answer", Fault::Reset {}, Expected::Unreachable),
        row("closed before the answer", Fault::Close {}, Expected::Unreachable),
        row("closed in the body", Fault::CloseMidBody { after_bytes: None, reset: false }, Expected::Unreachable)
            .peers(["ChunkedEncodingError", "blocks 60 s", "raises"], ["Error \"OK\", status 200", "token", "cached token"]),
        row("reset in the body", Fault::CloseMidBody { after_bytes: None, reset: true }, Expected::Unreachable),
    ]
}

fn bodies() -> Vec<Row> {
    const NODE: [&str; 3] = ["Error", "token", "process exits 1"];
    let malformed = ErrorCode::MalformedResponse;
    vec![
        refused("invalid JSON", Fault::InvalidJson {}, malformed).peers(["JSONDecodeError", "blocks 60 s", "raises"], NODE_ERROR),
        refused("half the JSON", Fault::TruncatedJson {}, malformed),
        refused("200 `text/html`", Fault::Html { status: 200 }, malformed).peers(["JSONDecodeError", "blocks 60 s", "raises"], NODE),
        refused("503 `text/html`", Fault::Html { status: 503 }, ErrorCode::ServiceFailed),
        refused("`{}`", Fault::EmptyObject { status: 200 }, malformed)
            .peers(["KeyError or DecodeError", "blocks 60 s", "raises, then sends `Bearer None`"], NODE),
        refused("empty body", Fault::EmptyBody { status: 200 }, malformed),
        refused("10 MB body", Fault::HugeBody { bytes: 10_000_000, content_length: true }, ErrorCode::ResponseTooLarge)
            .peers(["token", "token", "token"], ["token", "token", "token"]),
        refused("2 MB body of unknown length", Fault::HugeBody { bytes: 2_000_000, content_length: false }, ErrorCode::ResponseTooLarge),
        refused("2 MB body, compressed", Fault::GzipBomb { bytes: 2_000_000 }, malformed),
    ]
}

fn tokens() -> Vec<Row> {
    vec![
        refused("expired on arrival", Fault::ExpiredOnArrival {}, ErrorCode::ExpiredOnArrival).peers(
            ["expired token, twice the requests", "fetches at each call", "replaced by the expired token"],
            ["expired token, twice the requests", "fetches at each call", "replaced by the expired token"],
        ),
        row("token is not a JWT", Fault::OpaqueToken {}, Expected::Token)
            .peers(["DecodeError", "blocks 59 s", "raises, then sends the new token"], ["Error", "token", "process exits 1"]),
    ]
}

fn redirects(elsewhere: &str) -> Vec<Row> {
    let to = |status| Fault::Redirect { status, location: format!("{elsewhere}/identity/token") };
    vec![
        refused("302 to another host", to(302), ErrorCode::RedirectRefused)
            .peers(["followed, answer taken as token", "", ""], ["followed, answer taken as token", "", ""]),
        refused("307 to another host", to(307), ErrorCode::RedirectRefused).peers(
            ["followed with the cr-token, answer taken as token", "", ""],
            ["followed with the cr-token, answer taken as token", "", ""],
        ),
        refused("308 to another host", to(308), ErrorCode::RedirectRefused),
    ]
}

fn oddities() -> Vec<Row> {
    let token = Expected::Token;
    vec![
        row("200 ms late", Fault::Latency { ms: 200 }, token),
        row("no `expires_in`", Fault::MissingExpiresIn {}, token),
        row("`expires_in` as text", Fault::ExpiresInString {}, token),
        row("the service's clock half an hour ahead", Fault::Skew { seconds: 1800 }, token),
        row("the service's clock half an hour behind", Fault::Skew { seconds: -1800 }, token),
        row("wrong content type", Fault::ContentType { value: "text/plain".to_owned() }, token),
        row("unknown properties", Fault::ExtraFields {}, token),
        row("`Connection: close`", Fault::ConnectionClose {}, token),
    ]
}
