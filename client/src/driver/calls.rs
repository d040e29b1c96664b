//! Calls of operations for drivers in other languages, by the driver of this client's callers that block.

use super::seed;
use crate::blocking;
use http::Request;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use trusted_profile_core::call::{Call, Client, Manner};
use trusted_profile_core::operation::{Content, MetadataService, Reply};
use trusted_profile_core::wire::Json;
use trusted_profile_core::{Error, ErrorCode};

/// How long a caller stays for its call, beside the limits of the call itself. The default is to the end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Patience<'a> {
    /// The caller's own bound.
    pub timeout: Option<Duration>,
    /// Turns true when the caller has left: nothing is sent any more.
    pub has_left: Option<&'a AtomicBool>,
}

impl Patience<'_> {
    pub(crate) fn is_over(&self) -> bool {
        self.has_left.is_some_and(|has_left| has_left.load(Ordering::Acquire))
    }

    /// What a caller is told that did not stay to the end.
    pub(crate) fn error(&self, call: &Call, is_sent: bool) -> Error {
        let allowed = self.timeout.unwrap_or_default().as_secs_f64();
        let what = if is_sent { "the request was sent, and the service may have done what was asked" } else { "nothing more is sent" };
        let words = format!("{}: no answer within the {allowed:.1} s that the caller allowed; {what}", call.entry().id());
        Error::new(ErrorCode::DeadlineExceeded, words)
    }
}

/// The request of an operation of `client`, without credentials; the metadata service is where `tokens` asks for its own.
///
/// # Errors
/// `InvalidArgument` names the operation, argument or option that is wrong.
pub fn request(tokens: &blocking::TokenProvider, client: &Client, operation: &str, arguments: &Json) -> Result<Request<Vec<u8>>, Error> {
    client.request(operation, arguments, metadata_service(tokens, client)?.as_ref())
}

/// A call of an operation of `client` with the tokens of `tokens`. Nothing is sent.
///
/// # Errors
/// As for [`request`].
pub fn begin(tokens: &blocking::TokenProvider, client: &Client, operation: &str, arguments: Json, manner: Manner) -> Result<Call, Error> {
    client.begin(operation, arguments, manner, metadata_service(tokens, client)?.as_ref(), seed())
}

fn metadata_service(tokens: &blocking::TokenProvider, client: &Client) -> Result<Option<MetadataService>, Error> {
    client.is_metadata().then(|| tokens.shared.call(|machine, _| machine.metadata_service())).transpose()
}

/// Brings `call` to its next answer with the tokens of `tokens` and its way to the services, in the calling thread. None: there
/// are no more pages. After an error the call is over.
///
/// # Errors
/// Why there is no token; the service's refusal, or why no answer came; `DeadlineExceeded`, by the limits of the call or the
/// patience of the caller; `Closed` after [`blocking::TokenProvider::close`].
pub fn turn(tokens: &blocking::TokenProvider, call: &mut Call, patience: &Patience<'_>) -> Result<Option<Reply<Content>>, Error> {
    tokens.drive(call, patience)
}
