//! Clients of the services: any operation by its name, with JSON in and out.

use crate::callers::Callers;
use crate::error::invalid;
use crate::error_class::TrustedProfileError;
use crate::exchange::Response;
use crate::provider::TokenProvider;
use crate::reply::{Reply, Request};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use trusted_profile::driver::{self, Patience, Walk};
use trusted_profile::{Error, ErrorCode, catalog};
use trusted_profile_core::call::{self, Manner};

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
        let work = move |has_left: &_| walk.answer(&Patience { timeout, has_left: Some(has_left) });
        Ok(self.tokens.callers().away(work, drop).await??.into())
    }

    /// The same for a thread, which waits.
    ///
    /// # Errors
    /// As of `call`.
    #[uniffi::method(default(arguments = "{}"), default(timeout))]
    pub fn call_blocking(&self, operation: String, arguments: String, timeout: Option<Duration>) -> Result<Reply, TrustedProfileError> {
        Ok(self.begin(&operation, &arguments, Manner::Once)?.answer(&Patience { timeout, has_left: None })?.into())
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
        Walk::begin(self.tokens.blocking(), &self.client, operation, arguments, manner)
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
    /// A page came after its caller had left.
    Unclaimed(Box<Walk>, Reply),
}

/// The walk while somebody asks it. However that ends, also by a panic, it is put back.
struct Asked {
    place: Arc<Mutex<Place>>,
    walk: Option<Box<Walk>>,
    unclaimed: Option<Reply>,
}

impl Asked {
    fn turn(&mut self, patience: &Patience<'_>) -> Turned {
        let lost = || Error::new(ErrorCode::Internal, "pages: the walk is gone");
        let walk = self.walk.as_mut().ok_or_else(lost)?;
        Ok(walk.next(patience)?.map(Reply::from))
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        if let Some(walk) = self.walk.take() {
            *lock(&self.place) = match self.unclaimed.take() {
                Some(page) => Place::Unclaimed(walk, page),
                None => Place::At(walk),
            };
        }
    }
}

/// What somebody who asks finds.
enum Found {
    Walk(Asked),
    Page(Reply),
}

type Turned = Result<Option<Reply>, Error>;

#[uniffi::export]
impl Pages {
    /// The next page, which is a call of its own; none when there are no more.
    ///
    /// Whoever is cancelled has left: nothing more is sent, and a page that comes after all is that of the next call.
    ///
    /// # Errors
    /// As of `Client.call`, and then the same error again every time: a walk that failed, also by `timeout` or because its caller
    /// left, is begun anew. `InvalidArgument` while a page is still on its way, to somebody else or to who has left.
    #[uniffi::method(default(timeout))]
    pub async fn next(&self, timeout: Option<Duration>) -> Result<Option<Reply>, TrustedProfileError> {
        let mut asked = match self.take()? {
            Found::Walk(asked) => asked,
            Found::Page(page) => return Ok(Some(page)),
        };
        let work = move |has_left: &_| {
            let turned = asked.turn(&Patience { timeout, has_left: Some(has_left) });
            (asked, turned)
        };
        // An end or an error is known by the walk.
        let unclaimed = |(mut asked, turned): (Asked, Turned)| asked.unclaimed = turned.ok().flatten();
        let (asked, turned) = self.callers.away(work, unclaimed).await?;
        drop(asked);
        Ok(turned?)
    }

    /// The same for a thread, which waits.
    ///
    /// # Errors
    /// As of `next`.
    #[uniffi::method(default(timeout))]
    pub fn next_blocking(&self, timeout: Option<Duration>) -> Result<Option<Reply>, TrustedProfileError> {
        match self.take()? {
            Found::Walk(mut asked) => Ok(asked.turn(&Patience { timeout, has_left: None })?),
            Found::Page(page) => Ok(Some(page)),
        }
    }
}

impl Pages {
    fn take(&self) -> Result<Found, TrustedProfileError> {
        let mut place = lock(&self.place);
        match std::mem::replace(&mut *place, Place::Asking) {
            Place::At(walk) => Ok(Found::Walk(Asked { place: Arc::clone(&self.place), walk: Some(walk), unclaimed: None })),
            Place::Asking => Err(invalid("pages: the page that was asked for before is still on its way")),
            Place::Unclaimed(walk, page) => {
                *place = Place::At(walk);
                Ok(Found::Page(page))
            }
        }
    }
}

impl fmt::Display for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pages({})", self.operation)
    }
}

/// Held for a moment, and never across I/O.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::ProviderOptions;

    #[test]
    fn a_walk_is_put_back_by_a_thread_that_panics() {
        let tokens = TokenProvider::bearer("a-token".to_owned(), ProviderOptions::default(), None).unwrap();
        let options = ClientOptions { region: Some("us-south".to_owned()), ..ClientOptions::default() };
        let vpc = Client::new("vpc".to_owned(), tokens, options).unwrap();
        let pages = vpc.pages("list_vpcs".to_owned(), String::new()).unwrap();
        let Found::Walk(asked) = pages.take().unwrap() else { panic!("there is no page yet") };
        assert!(pages.take().is_err(), "somebody asks");
        let asking = std::thread::spawn(move || {
            let _asked = asked;
            panic!("as a defect would");
        });
        assert!(asking.join().is_err());
        assert!(matches!(pages.take(), Ok(Found::Walk(_))));
    }
}
