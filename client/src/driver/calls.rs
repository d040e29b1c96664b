//! Calls of operations for drivers in other languages, by the driver of this client's callers that block.

use super::seed;
use crate::blocking::TokenProvider;
use crate::operations::only;
use http::Request;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use trusted_profile_core::call::{Call, Client, Manner, read_arguments};
use trusted_profile_core::operation::{Content, MetadataService, Reply};
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
        let why = if self.is_over() {
            "the caller left before there was an answer".to_owned()
        } else {
            format!("no answer within the {allowed:.1} s that the caller allowed")
        };
        let what = if is_sent { "the request was sent, and the service may have done what was asked" } else { "nothing more is sent" };
        Error::new(ErrorCode::DeadlineExceeded, format!("{}: {why}; {what}", call.entry().id()))
    }
}

/// The request of an operation of `client`, without credentials; the metadata service is where `tokens` asks for its own.
///
/// # Errors
/// `InvalidArgument` names the operation, argument or option that is wrong.
pub fn request(tokens: &TokenProvider, client: &Client, operation: &str, arguments: &str) -> Result<Request<Vec<u8>>, Error> {
    client.request(operation, &read_arguments(arguments)?, metadata_service(tokens, client)?.as_ref())
}

fn metadata_service(tokens: &TokenProvider, client: &Client) -> Result<Option<MetadataService>, Error> {
    client.is_metadata().then(|| tokens.shared.call(|machine, _| machine.metadata_service())).transpose()
}

/// A call of an operation, or a walk through its pages, with the tokens of a provider and its way to the services, in the threads
/// that ask. What it learns of resources is kept by its client. A child of `fork` may go on with both, unless another thread of its
/// parent was inside a call at that moment.
pub struct Walk {
    tokens: Arc<TokenProvider>,
    client: Arc<Mutex<Client>>,
    call: Call,
    /// After the last page, or why there are no more.
    end: Option<Result<(), Error>>,
}

impl Walk {
    /// Nothing is sent. `arguments` is as for [`read_arguments`].
    ///
    /// # Errors
    /// As for [`request`].
    pub fn begin(
        tokens: &Arc<TokenProvider>,
        client: &Arc<Mutex<Client>>,
        operation: &str,
        arguments: &str,
        manner: Manner,
    ) -> Result<Self, Error> {
        let arguments = read_arguments(arguments)?;
        let settled = lock(client);
        let call = settled.begin(operation, arguments, manner, metadata_service(tokens, &settled)?.as_ref(), seed())?;
        drop(settled);
        Ok(Self { tokens: Arc::clone(tokens), client: Arc::clone(client), call, end: None })
    }

    /// The next page. None: there are no more. After an error there is nothing but that error, so that nobody takes what was read
    /// for all that there is.
    ///
    /// # Errors
    /// Why there is no token; the service's refusal, or why no answer came; `DeadlineExceeded`, by the limits of the call or the
    /// patience of the caller; `Closed` after [`TokenProvider::close`].
    pub fn next(&mut self, patience: &Patience<'_>) -> Result<Option<Reply<Content>>, Error> {
        match &self.end {
            Some(Ok(())) => return Ok(None),
            Some(Err(error)) => return Err(error.clone()),
            None => {}
        }
        // What a panic would leave behind.
        self.end = Some(Err(Error::new(ErrorCode::Internal, "a defect of this library: it panicked in this call")));
        let reply = self.tokens.drive(&mut self.call, patience);
        lock(&self.client).learn_from(&self.call);
        self.end = match &reply {
            Ok(Some(_)) => None,
            Ok(None) => Some(Ok(())),
            Err(error) => Some(Err(error.clone())),
        };
        reply
    }

    /// The answer of a call that has one.
    ///
    /// # Errors
    /// As for [`Walk::next`].
    pub fn answer(mut self, patience: &Patience<'_>) -> Result<Reply<Content>, Error> {
        only(self.next(patience)?)
    }
}

/// Held for a moment, and never across I/O.
fn lock(client: &Mutex<Client>) -> MutexGuard<'_, Client> {
    client.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[cfg(feature = "vpc")]
mod tests {
    use super::*;
    use std::io::{ErrorKind, Read as _, Write as _};
    use std::net::TcpListener;
    use std::thread;
    use trusted_profile_core::call::ClientOptions;

    fn listing(endpoint: String, manner: Manner) -> Walk {
        listing_with(crate::TokenProvider::bearer("a-token").build_blocking().unwrap(), endpoint, manner)
    }

    fn listing_with(tokens: TokenProvider, endpoint: String, manner: Manner) -> Walk {
        let tokens = Arc::new(tokens);
        let options = ClientOptions { endpoint: Some(endpoint), ..ClientOptions::default() };
        let vpc = Arc::new(Mutex::new(Client::new("vpc", options).unwrap()));
        Walk::begin(&tokens, &vpc, "list_vpcs", "", manner).unwrap()
    }

    #[test]
    fn nothing_is_sent_for_a_caller_who_does_not_stay() {
        let has_left = AtomicBool::new(true);
        let left = Patience { has_left: Some(&has_left), ..Patience::default() };
        let hasty = Patience { timeout: Some(Duration::ZERO), ..Patience::default() };
        // Whoever asks for a token of it connects.
        let iam = TcpListener::bind("127.0.0.1:0").unwrap();
        iam.set_nonblocking(true).unwrap();
        for (patience, why) in [(left, "the caller left before there was an answer"), (hasty, "no answer within the 0.0 s")] {
            let fetching = crate::TokenProvider::api_key("a-key").endpoint(format!("http://{}", iam.local_addr().unwrap()));
            for tokens in [crate::TokenProvider::bearer("a-token").build_blocking(), fetching.build_blocking()] {
                let walk = listing_with(tokens.unwrap(), "http://127.0.0.1:9".to_owned(), Manner::Once);
                let error = walk.answer(&patience).unwrap_err();
                assert_eq!(error.code(), ErrorCode::DeadlineExceeded);
                assert!(error.message().starts_with(&format!("vpc.list_vpcs: {why}")), "{error}");
                assert!(error.message().ends_with("nothing more is sent"), "{error}");
            }
        }
        assert_eq!(iam.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    }

    #[test]
    fn who_leaves_between_two_attempts_is_told_of_the_first() {
        let service = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut walk = listing(format!("http://{}/v1", service.local_addr().unwrap()), Manner::Pages);
        let has_left = AtomicBool::new(false);
        let patience = Patience { has_left: Some(&has_left), ..Patience::default() };
        let error = thread::scope(|scope| {
            scope.spawn(|| {
                let (mut socket, _) = service.accept().unwrap();
                assert!(socket.read(&mut [0; 4096]).unwrap() > 0);
                // Before the answer, so that the caller is gone once it is read.
                has_left.store(true, Ordering::Release);
                socket.write_all(b"HTTP/1.1 503 x\r\nretry-after: 30\r\ncontent-length: 0\r\n\r\n").unwrap();
            });
            walk.next(&patience).unwrap_err()
        });
        assert!(error.message().ends_with("the request was sent, and the service may have done what was asked"), "{error}");
        // A walk that was broken off has not come to its end.
        let again = walk.next(&Patience::default()).unwrap_err();
        assert_eq!((again.code(), again.message()), (ErrorCode::DeadlineExceeded, error.message()));
    }

    #[cfg(feature = "metadata")]
    #[test]
    fn the_metadata_service_is_where_the_tokens_come_from() {
        let client = Client::new("metadata", ClientOptions::default()).unwrap();
        let instance = crate::TokenProvider::vpc_instance().endpoint("http://127.0.0.1:9").build_blocking().unwrap();
        let request = request(&instance, &client, "get_instance", "").unwrap();
        assert!(request.uri().to_string().starts_with("http://127.0.0.1:9/metadata/v1/instance?"), "{}", request.uri());
        let elsewhere = crate::TokenProvider::bearer("a-token").build_blocking().unwrap();
        assert!(super::request(&elsewhere, &client, "get_instance", "").unwrap_err().message().starts_with("source: "));
    }
}
