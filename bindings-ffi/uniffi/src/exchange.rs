//! Requests and answers as transports see them. As text, none of these shows a header's value or a body.

use crate::error::invalid;
use crate::error_class::TrustedProfileError;
use crate::numbers::signed;
use crate::time::bounded;
use http::{HeaderName, HeaderValue, StatusCode};
use std::fmt;
use std::time::Duration;
use trusted_profile_core::token;
use trusted_profile_core::wire::read_header;
use trusted_profile_core::{Secret, TransportErrorKind};

/// A request to send, and the limits it is sent under.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Exchange {
    /// Goes back to the machine with the outcome.
    pub id: i64,
    /// The HTTP method.
    pub method: String,
    /// The whole address. Holds no secret.
    pub url: String,
    /// To be sent in this order. They hold credentials.
    pub headers: Vec<Header>,
    /// The body; empty means none. It may hold credentials.
    pub body: Vec<u8>,
    /// To connect, TLS not included.
    pub connect_timeout: Duration,
    /// To the last byte of the answer.
    pub timeout: Duration,
    /// The longest answer, after decoding; stop reading past it and report `TooLarge`.
    pub max_response_bytes: i64,
    /// Which proxies are allowed.
    pub network: Network,
}

/// A header.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Header {
    /// In lower case.
    pub name: String,
    /// May be a credential.
    pub value: String,
}

/// An answer.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Response {
    /// The HTTP status, 100 to 999.
    pub status: i32,
    /// The headers; names in capitals or not.
    pub headers: Vec<Header>,
    /// The whole body, decoded.
    pub body: Vec<u8>,
}

/// What lies between this machine and the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Network {
    /// The machine's own link: never a proxy.
    LinkLocal,
    /// IBM Cloud's private network: no proxy of the environment.
    Private,
    /// The internet: the proxies of the environment.
    Public,
}

/// Why no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum FailureKind {
    /// The name has no address.
    Dns,
    /// Nobody listens.
    Refused,
    /// There is no route.
    Unreachable,
    /// Connecting took too long.
    ConnectTimeout,
    /// The answer took too long.
    ReadTimeout,
    /// The proxy refused.
    Proxy,
    /// The certificate has expired, or is not valid yet.
    TlsExpired,
    /// The certificate is for another name.
    TlsName,
    /// The certificate's issuer is not trusted.
    TlsUnknownIssuer,
    /// Another failure of TLS.
    Tls,
    /// The answer was a redirect, which is never followed.
    Redirect,
    /// The connection broke.
    Interrupted,
    /// The answer was longer than allowed.
    TooLarge,
    /// Anything else.
    Other,
}

/// What came of reading one file. As text, it does not show what the file holds.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Display)]
pub struct FileRead {
    /// The file.
    pub path: String,
    /// What it holds; or else there is a problem.
    pub text: Option<String>,
    /// Why it did not serve.
    pub problem: Option<FileProblem>,
}

/// Why a file did not serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum FileProblem {
    /// It does not exist.
    NotFound,
    /// It holds nothing but blanks.
    Empty,
    /// It may not be read, or is no file.
    Denied,
    /// It is longer than allowed.
    TooLarge,
    /// It is not UTF-8 text.
    NotText,
}

impl From<token::Exchange> for Exchange {
    fn from(exchange: token::Exchange) -> Self {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let (parts, body) = exchange.request.into_parts();
        let headers = parts.headers.iter().map(|(name, value)| Header { name: name.to_string(), value: text(value) });
        Self {
            id: signed(exchange.id.0),
            method: parts.method.to_string(),
            url: parts.uri.to_string(),
            headers: headers.collect(),
            body,
            connect_timeout: bounded(exchange.connect_timeout),
            timeout: bounded(exchange.timeout),
            max_response_bytes: signed(exchange.max_response_bytes),
            network: match exchange.network {
                token::Network::LinkLocal => Network::LinkLocal,
                token::Network::Private => Network::Private,
                token::Network::Public => Network::Public,
            },
        }
    }
}

impl Response {
    /// The answer as the machine takes it. It reads few headers, and no others need be well-formed.
    pub(crate) fn into_http(self) -> Result<http::Response<Vec<u8>>, TrustedProfileError> {
        self.with_headers(read_header)
    }

    /// The answer with every header, which is the caller's to see.
    pub(crate) fn whole(self) -> Result<http::Response<Vec<u8>>, TrustedProfileError> {
        self.with_headers(|name| HeaderName::from_bytes(name.as_bytes()).ok())
    }

    fn with_headers(self, read_name: impl Fn(&str) -> Option<HeaderName>) -> Result<http::Response<Vec<u8>>, TrustedProfileError> {
        let status = u16::try_from(self.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
        let status = status.ok_or_else(|| invalid(format!("status: expected a number from 100 to 999, got {}", self.status)))?;
        let mut response = http::Response::new(self.body);
        *response.status_mut() = status;
        for Header { name, value } in self.headers {
            if let (Some(name), Ok(value)) = (read_name(&name), HeaderValue::from_bytes(value.as_bytes())) {
                response.headers_mut().append(name, value);
            }
        }
        Ok(response)
    }
}

impl FailureKind {
    pub(crate) const fn into_core(self) -> TransportErrorKind {
        use trusted_profile_core::error::TlsFailure;
        match self {
            Self::Dns => TransportErrorKind::Dns,
            Self::Refused => TransportErrorKind::Refused,
            Self::Unreachable => TransportErrorKind::Unreachable,
            Self::ConnectTimeout => TransportErrorKind::ConnectTimeout,
            Self::ReadTimeout => TransportErrorKind::ReadTimeout,
            Self::Proxy => TransportErrorKind::Proxy,
            Self::TlsExpired => TransportErrorKind::Tls(TlsFailure::Expired),
            Self::TlsName => TransportErrorKind::Tls(TlsFailure::NameMismatch),
            Self::TlsUnknownIssuer => TransportErrorKind::Tls(TlsFailure::UnknownIssuer),
            Self::Tls => TransportErrorKind::Tls(TlsFailure::Other),
            Self::Redirect => TransportErrorKind::Redirect,
            Self::Interrupted => TransportErrorKind::Interrupted,
            Self::TooLarge => TransportErrorKind::TooLarge,
            Self::Other => TransportErrorKind::Other,
        }
    }
}

impl FileRead {
    pub(crate) fn into_core(self) -> Result<token::FileRead, TrustedProfileError> {
        let result = match (self.text, self.problem) {
            (Some(text), None) => Ok(Secret::new(text)),
            (None, Some(problem)) => Err(problem.into()),
            _ => return Err(invalid(format!("reads: expected either a text or a problem for {}", self.path))),
        };
        Ok(token::FileRead { path: self.path, result })
    }
}

impl From<FileProblem> for token::FileProblem {
    fn from(problem: FileProblem) -> Self {
        match problem {
            FileProblem::NotFound => Self::NotFound,
            FileProblem::Empty => Self::Empty,
            FileProblem::Denied => Self::Denied,
            FileProblem::TooLarge => Self::TooLarge,
            FileProblem::NotText => Self::NotText,
        }
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Exchange({}, {} {})", self.id, self.method, self.url)
    }
}

impl fmt::Display for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Header({}, {} bytes)", self.name, self.value.len())
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({}, {} bytes)", self.status, self.body.len())
    }
}

impl fmt::Display for FileRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problem {
            Some(problem) => write!(f, "FileRead({}, {problem:?})", self.path),
            None => write!(f, "FileRead({})", self.path),
        }
    }
}
