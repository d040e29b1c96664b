//! The numbers that cross the border, and what they stand for.

use crate::border::invalid;
#[cfg(feature = "operations")]
use trusted_profile_core::ErrorCode;
#[cfg(feature = "operations")]
use trusted_profile_core::call::TokenKind;
use trusted_profile_core::error::TlsFailure;
use trusted_profile_core::token::{FileProblem, Network};
use trusted_profile_core::{Error, Slot, TransportErrorKind};

/// What a result is.
#[repr(u32)]
#[derive(Clone, Copy)]
pub enum tp_kind {
    /// It worked, and there is nothing to say. NULL is such a result.
    TP_DONE = 0,
    /// A token. Afterwards there may be work for `tp_machine_poll_refresh`.
    TP_READY = 1,
    /// Send this request, then report to `tp_machine_handle` or `tp_machine_handle_failure`.
    TP_SEND = 2,
    /// Read these files, then report to `tp_machine_provide_files`.
    TP_NEED_FILES = 3,
    /// Of a machine: get a token from the program's own source, then report to `tp_machine_provide_token` or
    /// `tp_machine_provide_failure`. Of a call: ask the machine for the token of `tp_result_slot`, then report to `tp_call_token`
    /// or `tp_call_no_token`.
    TP_NEED_TOKEN = 4,
    /// Wait to be woken by a report, but no longer than `tp_result_timeout` from the poll on; then poll again.
    TP_WAIT = 5,
    /// An error.
    TP_FAILED = 6,
    /// A text in JSON.
    TP_JSON = 7,
    /// The token of `tp_result_slot` and `tp_result_generation` was refused: tell the machine by `tp_machine_invalidate`, then
    /// poll the call again.
    TP_REJECTED = 8,
    /// The request of an operation, without credentials: nobody sends it.
    TP_REQUEST = 9,
    /// A page. Poll, or ask, again for the next one.
    TP_PAGE = 10,
    /// What an operation was answered with. A call that says so is over.
    TP_ANSWER = 11,
    /// There are no more pages. A call that says so is over.
    TP_END = 12,
}

/// What an answer or a page holds.
#[repr(u32)]
#[derive(Clone, Copy)]
pub enum tp_content {
    /// Nothing.
    TP_CONTENT_NOTHING = 0,
    /// JSON, as the service sent it. An operation that asks for yes or no is answered with `true` or `false`.
    TP_CONTENT_JSON = 1,
    /// Text, as the service sent it. It may be a secret.
    TP_CONTENT_TEXT = 2,
}

/// A step of the chain that leads to the token.
#[repr(u32)]
#[derive(Clone, Copy)]
pub enum tp_slot {
    /// The last one of the source: what a program wants.
    TP_SLOT_LAST = 0,
    /// The identity token of the instance or bare metal server, for reads of the metadata service.
    TP_SLOT_IDENTITY = 1,
    /// The IAM token of the source itself.
    TP_SLOT_IAM = 2,
    /// The IAM token of the profile assumed with the one before.
    TP_SLOT_ASSUMED = 3,
}

/// What lies between this machine and the service: which proxies a transport may use.
#[repr(u32)]
#[derive(Clone, Copy)]
pub enum tp_network {
    /// The machine's own link, or the machine itself: never a proxy.
    TP_NETWORK_LINK_LOCAL = 1,
    /// IBM Cloud's private network: no proxy from the environment; one that was named to the program is used.
    TP_NETWORK_PRIVATE = 2,
    /// The internet: proxies of the environment are used.
    TP_NETWORK_PUBLIC = 3,
}

/// Why no answer came.
#[repr(u32)]
#[derive(Clone, Copy)]
pub enum tp_failure {
    /// The host name did not resolve.
    TP_FAILURE_DNS = 1,
    /// The connection was refused.
    TP_FAILURE_REFUSED = 2,
    /// No route to the host or network.
    TP_FAILURE_UNREACHABLE = 3,
    /// The connection was not made within `tp_result_connect_timeout`.
    TP_FAILURE_CONNECT_TIMEOUT = 4,
    /// The answer was not complete within `tp_result_timeout`.
    TP_FAILURE_READ_TIMEOUT = 5,
    /// The proxy refused, or wants credentials.
    TP_FAILURE_PROXY = 6,
    /// The server's certificate is expired or not yet valid.
    TP_FAILURE_TLS_EXPIRED = 7,
    /// The server's certificate is for another name.
    TP_FAILURE_TLS_NAME = 8,
    /// The issuer of the server's certificate is not trusted.
    TP_FAILURE_TLS_UNKNOWN_ISSUER = 9,
    /// The TLS handshake failed for another reason.
    TP_FAILURE_TLS = 10,
    /// The transport met a redirect that it could not hand over as an answer.
    TP_FAILURE_REDIRECT = 11,
    /// The connection broke after it was made.
    TP_FAILURE_INTERRUPTED = 12,
    /// The body grew past `tp_result_max_bytes`.
    TP_FAILURE_TOO_LARGE = 13,
    /// Anything else, also of a unit of work that could not be started.
    TP_FAILURE_OTHER = 14,
}

/// What came of a token file.
#[repr(u32)]
#[derive(Clone, Copy)]
pub enum tp_file {
    /// Its content. What is not text is noticed.
    TP_FILE_READ = 0,
    /// There is no such file.
    TP_FILE_NOT_FOUND = 1,
    /// It holds nothing but white space.
    TP_FILE_EMPTY = 2,
    /// This process may not read it, or it is not a regular file.
    TP_FILE_DENIED = 3,
    /// It is longer than `tp_result_max_bytes`.
    TP_FILE_TOO_LARGE = 4,
    /// It is not one line of text.
    TP_FILE_NOT_TEXT = 5,
}

const SLOTS: [(tp_slot, Slot); 3] =
    [(tp_slot::TP_SLOT_IDENTITY, Slot::Identity), (tp_slot::TP_SLOT_IAM, Slot::Iam), (tp_slot::TP_SLOT_ASSUMED, Slot::Assumed)];

/// The slot of a number; `last` is what stands for 0.
pub(crate) fn read_slot(number: u32, last: Slot) -> Result<Slot, Error> {
    if number == tp_slot::TP_SLOT_LAST as u32 {
        return Ok(last);
    }
    let known = SLOTS.iter().find(|(named, _)| *named as u32 == number);
    known.map(|(_, slot)| *slot).ok_or_else(|| invalid(format!("slot: expected one of TP_SLOT_..., got {number}")))
}

pub(crate) fn slot_number(slot: Slot) -> u32 {
    SLOTS.iter().find(|(_, known)| *known == slot).map_or(0, |(named, _)| *named as u32)
}

/// The slot that a machine has to be asked for the token that a call wants.
#[cfg(feature = "operations")]
pub(crate) const fn token_slot(kind: TokenKind) -> u32 {
    (match kind {
        TokenKind::Identity => tp_slot::TP_SLOT_IDENTITY,
        TokenKind::Iam => tp_slot::TP_SLOT_LAST,
    }) as u32
}

/// The error of a number.
#[cfg(feature = "operations")]
pub(crate) fn read_error(number: u32) -> Result<ErrorCode, Error> {
    let known = ErrorCode::ALL.iter().find(|code| **code as u32 == number);
    known.copied().ok_or_else(|| invalid(format!("error: expected one of TP_ERROR_..., got {number}")))
}

pub(crate) const fn network_number(network: Network) -> u32 {
    (match network {
        Network::LinkLocal => tp_network::TP_NETWORK_LINK_LOCAL,
        Network::Private => tp_network::TP_NETWORK_PRIVATE,
        Network::Public => tp_network::TP_NETWORK_PUBLIC,
    }) as u32
}

pub(crate) fn read_failure(number: u32) -> Result<TransportErrorKind, Error> {
    const FAILURES: [(tp_failure, TransportErrorKind); 14] = [
        (tp_failure::TP_FAILURE_DNS, TransportErrorKind::Dns),
        (tp_failure::TP_FAILURE_REFUSED, TransportErrorKind::Refused),
        (tp_failure::TP_FAILURE_UNREACHABLE, TransportErrorKind::Unreachable),
        (tp_failure::TP_FAILURE_CONNECT_TIMEOUT, TransportErrorKind::ConnectTimeout),
        (tp_failure::TP_FAILURE_READ_TIMEOUT, TransportErrorKind::ReadTimeout),
        (tp_failure::TP_FAILURE_PROXY, TransportErrorKind::Proxy),
        (tp_failure::TP_FAILURE_TLS_EXPIRED, TransportErrorKind::Tls(TlsFailure::Expired)),
        (tp_failure::TP_FAILURE_TLS_NAME, TransportErrorKind::Tls(TlsFailure::NameMismatch)),
        (tp_failure::TP_FAILURE_TLS_UNKNOWN_ISSUER, TransportErrorKind::Tls(TlsFailure::UnknownIssuer)),
        (tp_failure::TP_FAILURE_TLS, TransportErrorKind::Tls(TlsFailure::Other)),
        (tp_failure::TP_FAILURE_REDIRECT, TransportErrorKind::Redirect),
        (tp_failure::TP_FAILURE_INTERRUPTED, TransportErrorKind::Interrupted),
        (tp_failure::TP_FAILURE_TOO_LARGE, TransportErrorKind::TooLarge),
        (tp_failure::TP_FAILURE_OTHER, TransportErrorKind::Other),
    ];
    let known = FAILURES.iter().find(|(named, _)| *named as u32 == number);
    known.map(|(_, kind)| *kind).ok_or_else(|| invalid(format!("failure: expected one of TP_FAILURE_..., got {number}")))
}

/// `None` for a file that was read.
pub(crate) fn read_problem(number: u32) -> Result<Option<FileProblem>, Error> {
    const FILES: [(tp_file, Option<FileProblem>); 6] = [
        (tp_file::TP_FILE_READ, None),
        (tp_file::TP_FILE_NOT_FOUND, Some(FileProblem::NotFound)),
        (tp_file::TP_FILE_EMPTY, Some(FileProblem::Empty)),
        (tp_file::TP_FILE_DENIED, Some(FileProblem::Denied)),
        (tp_file::TP_FILE_TOO_LARGE, Some(FileProblem::TooLarge)),
        (tp_file::TP_FILE_NOT_TEXT, Some(FileProblem::NotText)),
    ];
    let known = FILES.iter().find(|(named, _)| *named as u32 == number);
    known.map(|(_, problem)| *problem).ok_or_else(|| invalid(format!("problem: expected one of TP_FILE_..., got {number}")))
}
