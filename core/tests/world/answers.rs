//! From the answers of a script to what a transport, a callback or a file reader would report, each
//! with what it means for a token.

use super::script::{Answer, Broken, Files, Life, RetryAfter, Shape};
use super::sources::{ACCOUNT, PROFILE};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{Response, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::time::{Duration, UNIX_EPOCH};
use trusted_profile_core::error::{TlsFailure, TransportError, TransportErrorKind as Kind};
use trusted_profile_core::token::{ExternalToken, FileProblem, FileRead};
use trusted_profile_core::{Secret, Slot};

pub(crate) type Outcome = Result<Response<Vec<u8>>, TransportError>;

/// What an answer is worth to the machine that gets it in time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Meaning {
    Token {
        text: String,
        life: Duration,
        ours: bool,
    },
    /// The service says that the token it was shown is not good.
    CredentialRefused,
    /// No connection was made.
    NotConnected,
    Failure,
}

/// The service's own clock, which the machine must never compare with its own.
const SERVER_TIME: i64 = 1_767_225_600;

const STATUSES: [u16; 20] = [400, 401, 403, 404, 407, 408, 409, 429, 500, 501, 502, 503, 504, 301, 302, 307, 418, 100, 600, 999];
const CODES: [&str; 9] = [
    "",
    "unauthenticated",
    "BXNIM0407E",
    "BXNIM0408E",
    "BXNIM0398E",
    "profile_not_linked",
    "missing_field",
    "invalid_version_range",
    "BXNIM0415E",
];
pub(crate) const KINDS: [Kind; 14] = [
    Kind::Dns,
    Kind::Refused,
    Kind::Unreachable,
    Kind::ConnectTimeout,
    Kind::ReadTimeout,
    Kind::Proxy,
    Kind::Tls(TlsFailure::Expired),
    Kind::Tls(TlsFailure::NameMismatch),
    Kind::Tls(TlsFailure::UnknownIssuer),
    Kind::Tls(TlsFailure::Other),
    Kind::Redirect,
    Kind::Interrupted,
    Kind::TooLarge,
    Kind::Other,
];

fn pick<T: Copy>(from: &[T], which: u8) -> T {
    from[usize::from(which) % from.len()]
}

/// A token text that was never issued before, as a JWT of the right or of another identity.
pub(crate) fn token_text(number: u64, is_jwt: bool, ours: bool) -> String {
    if !is_jwt {
        return format!("opaque-token-number-{number:06}-of-this-world");
    }
    let (account, profile) = if ours { (ACCOUNT, PROFILE) } else { ("account-of-somebody", "Profile-of-somebody") };
    let claims = json!({ "iam_id": format!("iam-{profile}"), "account": { "bss": account }, "number": number });
    format!("eyJhbGciOiJub25lIn0.{}.c2lnbmF0dXJl", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// The texts by which a transport or service could quote what it was shown.
fn echo(presented: &[String]) -> String {
    let spellings = presented.iter().flat_map(|secret| {
        let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
        let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        [secret.clone(), percent, form, STANDARD.encode(secret)]
    });
    spellings.collect::<Vec<_>>().join(" , ")
}

/// `presented` is what the exchange carried; `limit` is the largest response allowed.
pub(crate) fn outcome(answer: &Answer, number: u64, presented: &[String], limit: usize) -> (Outcome, Meaning) {
    match answer {
        Answer::Token { life, shape, ours } => token(*life, *shape, *ours, number),
        Answer::Refusal { status, code, retry_after, echoes } => {
            let said = if *echoes { echo(presented) } else { "no".to_owned() };
            refusal(pick(&STATUSES, *status), pick(&CODES, *code), *retry_after, &said)
        }
        Answer::Broken(broken) => (Ok(broken_body(*broken, number, presented, limit)), Meaning::Failure),
        Answer::Transport { kind, reused, detail_echoes } => {
            let kind = pick(&KINDS, *kind);
            let detail = if *detail_echoes { echo(presented) } else { "detail".to_owned() };
            let error = TransportError { kind, reused_connection: *reused, detail };
            (Err(error), if kind.is_before_connection() { Meaning::NotConnected } else { Meaning::Failure })
        }
    }
}

/// Whether a refusal is in the service's own words.
pub(crate) fn has_code(code: u8) -> bool {
    !pick(&CODES, code).is_empty()
}

fn seconds(life: Life) -> i64 {
    match life {
        Life::Zero => 0,
        Life::Negative => -5,
        Life::One => 1,
        Life::Five => 5,
        Life::Minutes(n) => 60 * i64::from(n),
        Life::Hour => 3600,
        Life::Month => 30 * 86_400,
        Life::Largest => i64::MAX,
    }
}

fn token(life: Life, shape: Shape, ours: bool, number: u64) -> (Outcome, Meaning) {
    let text = token_text(number, !matches!(shape, Shape::Opaque), ours);
    let mut told = seconds(life);
    let body = match shape {
        Shape::Number | Shape::Opaque if matches!(life, Life::Largest) => json!({ "access_token": text, "expires_in": u64::MAX }),
        Shape::Number | Shape::Opaque => json!({ "access_token": text, "expires_in": told, "token_type": "Bearer" }),
        Shape::Text => json!({ "access_token": text, "expires_in": told.to_string() }),
        Shape::Expiration => {
            let end = SERVER_TIME.saturating_add(told);
            told = end - SERVER_TIME;
            json!({ "access_token": text, "expires_in": told.saturating_add(1000), "expiration": end })
        }
        Shape::MetadataTimes => {
            told = told.min(1_000_000_000);
            json!({ "access_token": text, "expires_in": 3_000_000_000_i64,
                "created_at": rfc3339(SERVER_TIME), "expires_at": rfc3339(SERVER_TIME + told) })
        }
    };
    let life = Duration::from_secs(u64::try_from(told).unwrap_or(0));
    let ours = ours && !matches!(shape, Shape::Opaque);
    (Ok(response(200, None, body.to_string().into_bytes())), Meaning::Token { text, life, ours })
}

fn rfc3339(unix: i64) -> String {
    let t = time::OffsetDateTime::from_unix_timestamp(unix).unwrap();
    let month = u8::from(t.month());
    format!("{:04}-{month:02}-{:02}T{:02}:{:02}:{:02}.25Z", t.year(), t.day(), t.hour(), t.minute(), t.second())
}

fn http_date(unix: i64) -> String {
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(u64::try_from(unix).unwrap()))
}

fn response(status: u16, retry_after: Option<String>, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut builder = Response::builder().status(status).header(header::DATE, http_date(SERVER_TIME));
    if let Some(value) = retry_after {
        builder = builder.header(header::RETRY_AFTER, value);
    }
    builder.body(body).unwrap()
}

fn refusal(status: u16, code: &str, retry_after: RetryAfter, said: &str) -> (Outcome, Meaning) {
    let body: Value = if code.starts_with("BXN") {
        json!({ "errorCode": code, "errorMessage": said, "context": { "requestId": "r" } })
    } else if code.is_empty() {
        json!(said)
    } else {
        json!({ "errors": [{ "code": code, "message": said }], "trace": "t" })
    };
    let retry_after = match retry_after {
        RetryAfter::None => None,
        RetryAfter::Seconds(seconds) => Some(seconds.to_string()),
        RetryAfter::Huge => Some("99999999999".to_owned()),
        RetryAfter::Date(seconds) => Some(http_date(SERVER_TIME + i64::from(seconds))),
        RetryAfter::Garbage => Some("soon".to_owned()),
    };
    let says_so = matches!(code, "unauthenticated" | "BXNIM0407E" | "BXNIM0408E") && status < 500;
    let meaning = if says_so || status == 401 { Meaning::CredentialRefused } else { Meaning::Failure };
    (Ok(response(status, retry_after, body.to_string().into_bytes())), meaning)
}

fn broken_body(broken: Broken, number: u64, presented: &[String], limit: usize) -> Response<Vec<u8>> {
    let text = token_text(number, true, true);
    let body = match broken {
        Broken::Html { echoes } => {
            let said = if echoes { echo(presented) } else { String::new() };
            format!("<html><title>log in</title>{said}</html>").into_bytes()
        }
        Broken::EmptyObject => b"{}".to_vec(),
        Broken::Truncated => format!(r#"{{"expires_in":3600,"access_token":"{text}""#).into_bytes(),
        Broken::Oversized => {
            let mut body = json!({ "access_token": text, "expires_in": 3600 }).to_string().into_bytes();
            body.resize(limit + 1, b' ');
            body
        }
        Broken::Nothing => Vec::new(),
        Broken::BlankInToken => json!({ "access_token": format!("{text} {text}"), "expires_in": 3600 }).to_string().into_bytes(),
        Broken::NotUtf8 => vec![0xff; 40],
    };
    response(200, None, body)
}

/// The same answer from a program's own callback.
pub(crate) fn external(answer: &Answer, number: u64) -> (Result<ExternalToken, String>, Meaning) {
    let Answer::Token { life, shape, ours } = answer else {
        return (Err("the callback threw".to_owned()), Meaning::Failure);
    };
    let is_jwt = !matches!(shape, Shape::Opaque);
    let text = token_text(number, is_jwt, *ours);
    let life = match life {
        Life::Largest => Duration::MAX,
        other => Duration::from_secs(u64::try_from(seconds(*other)).unwrap_or(0)),
    };
    let shown = if matches!(shape, Shape::Text) { format!("Bearer {text}") } else { text.clone() };
    (Ok(ExternalToken { access_token: Secret::new(shown), expires_in: life }), Meaning::Token { text, life, ours: *ours && is_jwt })
}

pub(crate) fn cr_token_text(number: u8) -> String {
    format!("cr-token-{number}-of-this-pod-which-is-no-jwt")
}

/// What a driver reports of `paths`, and the token it found.
pub(crate) fn files(files: Files, paths: &[String]) -> (Vec<FileRead>, Option<String>) {
    let read = |path: &String, result| FileRead { path: path.clone(), result };
    let all = |problem: FileProblem| paths.iter().map(|path| read(path, Err(problem))).collect();
    match files {
        Files::Token { token, at } => {
            let text = cr_token_text(token % 3);
            let at = usize::from(at) % paths.len();
            let mut reads: Vec<FileRead> = paths[..at].iter().map(|path| read(path, Err(FileProblem::NotFound))).collect();
            reads.push(read(&paths[at], Ok(Secret::new(format!("  {text}\n")))));
            (reads, Some(text))
        }
        Files::Empty => (all(FileProblem::Empty), None),
        Files::NotFound => (all(FileProblem::NotFound), None),
        Files::Denied => (all(FileProblem::Denied), None),
        Files::TooLarge => (all(FileProblem::TooLarge), None),
        Files::TwoLines => (paths.iter().map(|path| read(path, Ok(Secret::new("two\nlines")))).collect(), None),
        Files::NoneTried => (Vec::new(), None),
    }
}

/// The slot that a request fills.
pub(crate) fn slot_of(request: &http::Request<Vec<u8>>) -> Slot {
    let body = String::from_utf8_lossy(request.body());
    match request.uri().path() {
        "/identity/v1/token" => Slot::Identity,
        "/identity/token" if body.contains("grant-type%3Aassume") => Slot::Assumed,
        _ => Slot::Iam,
    }
}
