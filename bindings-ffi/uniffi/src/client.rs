//! Clients of the services: any operation by its name, with JSON in and out.

use crate::callers::Callers;
use crate::error::invalid;
use crate::error_class::TrustedProfileError;
use crate::exchange::Response;
use crate::provider::TokenProvider;
use crate::reply::{Reply, Request};
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use trusted_profile::driver::{self, Patience};
use trusted_profile::{Error, ErrorCode, Json, blocking, catalog};
use trusted_profile_core::call::{self, Call, Manner};

/// What a client takes; all of it optional.
#[derive(Clone, Debug, Default, uniffi::Record)]
pub struct ClientOptions {
    /// Where the service is: `public`, `private`, `private(<region>)` or an address.
    #[uniffi(default)]
    pub endpoint: Option<String>,
    /// The region, for the VPC API.
    #[uniffi(default)]
    pub region: Option<String>,
    /// The version date of the API, `YYYY-MM-DD`.
    #[uniffi(default)]
    pub version: Option<String>,
    /// The most that a call may take in all; a page is a call of its own.
    #[uniffi(default)]
    pub deadline: Option<Duration>,
    /// Whether `If-Match` is also sent where the service does not demand it: a change of what somebody else has changed since
    /// it was read is then refused.
    #[uniffi(default)]
    pub always_if_match: bool,
}

/// A client of a service. Any number of threads and tasks may use it at once.
///
/// An operation is named by its id, its name or the name of its method, as in `operations`. Its arguments are a JSON object of the
/// parameters by name, and `body` for what is sent; `docs/operations.md` has all of them.
#[derive(uniffi::Object)]
#[uniffi::export(Display)]
pub struct Client {
    name: String,
    tokens: Arc<TokenProvider>,
    client: Arc<Mutex<call::Client>>,
}

#[uniffi::export]
impl Client {
    /// The client `name`, which is `vpc`, `iam`, `metadata` or `containers`, with the tokens of `tokens` and its way to the services.
    /// That of `metadata` is called where its tokens come from.
    ///
    /// # Errors
    /// `InvalidArgument` names the option that cannot be used. A wrong endpoint, region or version is told by the first call.
    #[uniffi::constructor(default(options))]
    pub fn new(name: String, tokens: Arc<TokenProvider>, options: ClientOptions) -> Result<Arc<Self>, TrustedProfileError> {
        let ClientOptions { endpoint, region, version, deadline, always_if_match } = options;
        if deadline.is_some_and(|deadline| deadline.is_zero()) {
            return Err(invalid("deadline: expected more than 0"));
        }
        let options = call::ClientOptions { endpoint, region, version, deadline, always_if_match };
        let client = Arc::new(Mutex::new(call::Client::new(&name, options)?));
        Ok(Arc::new(Self { name, tokens, client }))
    }

    /// Calls an operation: with a token, with the retries that do no harm, and with one new token after a 401.
    ///
    /// `timeout` is the caller's own limit, beside the client's `deadline`. Whoever is cancelled has left: nothing more is sent, but
    /// what was sent may be done.
    ///
    /// # Errors
    /// `InvalidArgument` names the operation or argument that is wrong, and nothing was sent; why there is no token; the
    /// service's refusal, or why no answer came; `DeadlineExceeded`, which says whether the request was sent; `Closed` after
    /// `shutdown` of the provider.
    #[uniffi::method(default(arguments = "{}"), default(timeout))]
    pub async fn call(&self, operation: String, arguments: String, timeout: Option<Duration>) -> Result<Reply, TrustedProfileError> {
        let walk = self.begin(&operation, &arguments, Manner::Once)?;
        only(self.tokens.callers().away(move |has_left| { walk }.turn(timeout, Some(has_left))).await?)
    }

    /// The same for a thread, which waits.
    ///
    /// # Errors
    /// As of `call`.
    #[uniffi::method(default(arguments = "{}"), default(timeout))]
    pub fn call_blocking(&self, operation: String, arguments: String, timeout: Option<Duration>) -> Result<Reply, TrustedProfileError> {
        only(self.begin(&operation, &arguments, Manner::Once)?.turn(timeout, None))
    }

    /// The pages of an operation, from the one that the arguments ask for. Nothing is sent yet.
    ///
    /// # Errors
    /// `InvalidArgument` names the operation or argument that is wrong, or says that the operation has no pages.
    #[uniffi::method(default(arguments = "{}"))]
    pub fn pages(&self, operation: String, arguments: String) -> Result<Arc<Pages>, TrustedProfileError> {
        let walk = self.begin(&operation, &arguments, Manner::Pages)?;
        let callers = Arc::clone(self.tokens.callers());
        Ok(Arc::new(Pages { operation, callers, place: Arc::new(Mutex::new(Place::At(Box::new(walk)))) }))
    }

    /// The request of an operation, without credentials. Nothing is sent.
    ///
    /// # Errors
    /// `InvalidArgument` names the operation or argument that is wrong.
    #[uniffi::method(default(arguments = "{}"))]
    pub fn request(&self, operation: String, arguments: String) -> Result<Request, TrustedProfileError> {
        let arguments = read(&arguments)?;
        Ok(driver::request(self.tokens.blocking(), &lock(&self.client), &operation, &arguments)?.into())
    }

    /// What a service says by its answer to an operation, which the program sent by itself.
    ///
    /// # Errors
    /// The service's refusal; `MalformedResponse`; `InvalidArgument`.
    pub fn parse(&self, operation: String, response: Response) -> Result<Reply, TrustedProfileError> {
        let entry = lock(&self.client).find(&operation)?;
        Ok(entry.parse(response.whole()?)?.into())
    }

    /// Every operation of this client: a JSON list of objects with `id`, `name`, `method_name`, `method`, `path`, `arguments`, `answer`,
    /// `pages`, `items` and some more.
    #[must_use]
    pub fn operations(&self) -> String {
        let methods = lock(&self.client).methods();
        let all = methods.into_iter().map(|(name, entry)| catalog::described(&name, entry).into_value());
        trusted_profile_core::wire::to_text(&all.collect())
    }
}

impl Client {
    fn begin(&self, operation: &str, arguments: &str, manner: Manner) -> Result<Walk, Error> {
        let tokens = Arc::clone(self.tokens.blocking());
        let call = driver::begin(&tokens, &lock(&self.client), operation, read(arguments)?, manner)?;
        Ok(Walk { call, tokens, client: Arc::clone(&self.client) })
    }
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.name)
    }
}

/// The pages of an operation, one after the other, for one caller at a time.
#[derive(uniffi::Object)]
#[uniffi::export(Display)]
pub struct Pages {
    operation: String,
    callers: Arc<Callers>,
    place: Arc<Mutex<Place>>,
}

enum Place {
    At(Box<Walk>),
    Asking,
    Over,
}

#[uniffi::export]
impl Pages {
    /// The next page, which is a call of its own; none when there are no more, and after an error.
    ///
    /// # Errors
    /// As of `Client.call`; `InvalidArgument` while somebody else is asking.
    #[uniffi::method(default(timeout))]
    pub async fn next(&self, timeout: Option<Duration>) -> Result<Option<Reply>, TrustedProfileError> {
        let Some(walk) = self.take()? else { return Ok(None) };
        let place = Arc::clone(&self.place);
        let turned = self.callers.away(move |has_left| turn_page(&place, walk, timeout, Some(has_left))).await;
        turned.unwrap_or_else(|error| {
            // There was no thread for it, or it panicked.
            *lock(&self.place) = Place::Over;
            Err(error)
        })
    }

    /// The same for a thread, which waits.
    ///
    /// # Errors
    /// As of `next`.
    #[uniffi::method(default(timeout))]
    pub fn next_blocking(&self, timeout: Option<Duration>) -> Result<Option<Reply>, TrustedProfileError> {
        let Some(walk) = self.take()? else { return Ok(None) };
        turn_page(&self.place, walk, timeout, None)
    }
}

impl Pages {
    fn take(&self) -> Result<Option<Box<Walk>>, TrustedProfileError> {
        let mut place = lock(&self.place);
        match std::mem::replace(&mut *place, Place::Asking) {
            Place::At(walk) => Ok(Some(walk)),
            Place::Asking => Err(invalid("pages: somebody else is asking for the next one")),
            Place::Over => {
                *place = Place::Over;
                Ok(None)
            }
        }
    }
}

impl fmt::Display for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pages({})", self.operation)
    }
}

type Turned = Result<Option<Reply>, TrustedProfileError>;

fn turn_page(place: &Mutex<Place>, mut walk: Box<Walk>, timeout: Option<Duration>, has_left: Option<&AtomicBool>) -> Turned {
    let page = walk.turn(timeout, has_left);
    *lock(place) = if matches!(page, Ok(Some(_))) { Place::At(walk) } else { Place::Over };
    page
}

/// A call, and what it is carried out with.
struct Walk {
    call: Call,
    tokens: Arc<blocking::TokenProvider>,
    client: Arc<Mutex<call::Client>>,
}

impl Walk {
    /// The next answer; what it tells of resources is kept.
    fn turn(&mut self, timeout: Option<Duration>, has_left: Option<&AtomicBool>) -> Turned {
        let reply = driver::turn(&self.tokens, &mut self.call, &Patience { timeout, has_left });
        lock(&self.client).learn_from(&self.call);
        Ok(reply?.map(Reply::from))
    }
}

fn only(reply: Turned) -> Result<Reply, TrustedProfileError> {
    reply?.ok_or_else(|| Error::new(ErrorCode::Internal, "a call ended without an answer").into())
}

fn read(arguments: &str) -> Result<Json, Error> {
    // The description of a mistake holds nothing of the text, which may be secret.
    Json::parse(arguments.as_bytes()).map_err(|what| Error::new(ErrorCode::InvalidArgument, format!("arguments: {what}")))
}

/// Held for a moment, and never across I/O.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
