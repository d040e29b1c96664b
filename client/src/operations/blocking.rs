//! The same clients for programs that block.

use super::caller::only;
use super::client::{linked, settings};
use super::pages::items;
use super::service::{Containers, Iam, Metadata, Service, Vpc};
use super::setup::Setup;
use crate::Json;
use crate::blocking::TokenProvider;
use crate::driver::Patience;
use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use trusted_profile_core::Error;
use trusted_profile_core::call::{Call, Limits, Manner, Until};
use trusted_profile_core::operation::{Content, Entry, Reply};

/// A client of a service: [`Vpc`](crate::blocking::Vpc), [`Iam`](crate::blocking::Iam),
/// [`Metadata`](crate::blocking::Metadata), [`Containers`](crate::blocking::Containers). Cheap to clone; clones share what
/// is known of resources.
///
/// A call has a token, retries what may be repeated, gets one new token after a 401, and ends within its
/// [`Limits`]. [`crate::Client`] says the rest.
pub struct Client<S> {
    caller: Caller,
    service: PhantomData<fn() -> S>,
}

#[derive(Clone)]
struct Caller {
    tokens: Arc<TokenProvider>,
    setup: Setup,
}

impl<S: Service> Client<S> {
    /// A client with the tokens of `tokens`, and its way to the services: certificates and proxies are the provider's.
    #[must_use]
    pub fn new(tokens: impl Into<Arc<TokenProvider>>) -> Self {
        Self { caller: Caller { tokens: tokens.into(), setup: Setup::of(S::NAMES) }, service: PhantomData }
    }

    /// Times, attempts and sizes, instead of the defaults.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.caller.setup.limits = Some(limits);
        self
    }

    /// Sends `If-Match` also where the service does not demand it; see [`crate::Client::always_if_match`].
    #[must_use]
    pub fn always_if_match(mut self) -> Self {
        self.caller.setup.always_if_match = true;
        self
    }

    /// Calls an operation, by name or id: its arguments are an object of the parameters by name, and `body`.
    ///
    /// # Errors
    /// As for [`crate::Client::call`].
    pub fn call(&self, operation: &str, arguments: impl Into<Json>) -> Result<Reply<Content>, Error> {
        let call = self.caller.begin(operation, arguments.into(), Manner::Once)?;
        self.caller.answer(call)
    }

    /// The pages of an operation, from the one that the arguments ask for. A mistake is the first thing that comes.
    pub fn pages(&self, operation: &str, arguments: impl Into<Json>) -> Pages {
        let (caller, operation) = (self.caller.clone(), operation.to_owned());
        Pages { caller, entry: None, walk: Walk::Begin(operation, arguments.into()) }
    }

    /// The items of all pages of an operation.
    pub fn items(&self, operation: &str, arguments: impl Into<Json>) -> Items {
        Items { pages: self.pages(operation, arguments), waiting: VecDeque::new() }
    }

    /// Calls an operation again and again until something has come about; the answer that says so.
    ///
    /// # Errors
    /// As for [`crate::Client::until`].
    pub fn until(&self, operation: &str, arguments: impl Into<Json>, until: Until) -> Result<Reply<Content>, Error> {
        let call = self.caller.begin(operation, arguments.into(), Manner::Until(until))?;
        self.caller.answer(call)
    }
}

settings!(Client);

impl Client<Vpc> {
    /// Waits until the instance `id` runs: asks every 5 s, for 10 min.
    ///
    /// # Errors
    /// As for [`crate::Client::until`]; an instance that failed or is being deleted never will.
    pub fn wait_until_running(&self, id: &str) -> Result<Reply<Content>, Error> {
        self.until("vpc.get_instance", serde_json::json!({ "id": id }), Until::instance_running())
    }
}

impl Client<Metadata> {
    /// Waits until the link between this instance and a profile, by id, is effective: asks every 5 s, for 10 min. Without a
    /// profile it is the default trusted profile.
    ///
    /// # Errors
    /// As for [`crate::Client::until`].
    pub fn wait_until_linked(&self, profile_id: Option<&str>) -> Result<(), Error> {
        self.until("metadata.create_iam_token", linked(profile_id), Until::link_effective()).map(drop)
    }
}

impl<S> Clone for Client<S> {
    fn clone(&self) -> Self {
        Self { caller: self.caller.clone(), service: PhantomData }
    }
}

impl<S: Service> fmt::Debug for Client<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", S::NAMES.join(", "))
    }
}

impl Caller {
    fn begin(&self, operation: &str, arguments: Json, manner: Manner) -> Result<Call, Error> {
        self.setup.begin(&self.tokens.shared, operation, arguments, manner)
    }

    /// The one answer of a call that has one.
    fn answer(&self, mut call: Call) -> Result<Reply<Content>, Error> {
        let reply = self.turn(&mut call);
        self.setup.learn_from(&call);
        only(reply?)
    }

    /// One answer: the only one of a call, or the next page. None: there are no more.
    fn turn(&self, call: &mut Call) -> Result<Option<Reply<Content>>, Error> {
        self.tokens.drive(call, &Patience::default())
    }
}

/// The pages of an operation, one call each; nothing is sent before the first is asked for. After an error there are none.
#[must_use = "an iterator does nothing unless it is asked"]
pub struct Pages {
    caller: Caller,
    entry: Option<Entry>,
    walk: Walk,
}

enum Walk {
    Begin(String, Json),
    On(Box<Call>),
    Over,
}

impl Iterator for Pages {
    type Item = Result<Reply<Content>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut call = match std::mem::replace(&mut self.walk, Walk::Over) {
            Walk::Begin(operation, arguments) => match self.caller.begin(&operation, arguments, Manner::Pages) {
                Ok(call) => Box::new(call),
                Err(error) => return Some(Err(error)),
            },
            Walk::On(call) => call,
            Walk::Over => return None,
        };
        self.entry = Some(call.entry());
        let page = self.caller.turn(&mut call).transpose()?;
        if page.is_ok() {
            self.walk = Walk::On(call);
        }
        Some(page)
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pages")
    }
}

/// The items of all pages of an operation. After an error there are none.
#[must_use = "an iterator does nothing unless it is asked"]
pub struct Items {
    pages: Pages,
    waiting: VecDeque<Json>,
}

impl Iterator for Items {
    type Item = Result<Json, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.waiting.pop_front() {
                return Some(Ok(item));
            }
            match (self.pages.next()?, self.pages.entry) {
                (Ok(page), Some(entry)) => self.waiting = items(entry, page),
                (Ok(_), None) => return None,
                (Err(error), _) => return Some(Err(error)),
            }
        }
    }
}

impl fmt::Debug for Items {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Items({} waiting)", self.waiting.len())
    }
}
