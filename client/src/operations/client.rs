//! The client of a service, for programs on tokio.

use super::caller::Caller;
use super::service::{Containers, Iam, Metadata, Service, Vpc};
use super::setup::Setup;
use super::{Items, Pages};
use crate::{Json, TokenProvider};
use std::fmt;
use std::marker::PhantomData;
use trusted_profile_core::Error;
use trusted_profile_core::call::{Limits, Manner, Until};
use trusted_profile_core::operation::{Content, Reply};

/// A client of a service: [`Vpc`](crate::Vpc), [`Iam`](crate::Iam), [`Metadata`](crate::Metadata),
/// [`Containers`](crate::Containers). Cheap to clone; clones share what is known of resources.
///
/// A call has a token, retries what may be repeated, gets one new token after a 401, and ends within its
/// [`Limits`]. Dropping its future abandons it. Needs a tokio runtime with time and I/O enabled.
///
/// Operations and their arguments are in `docs/operations.md`: parameters by name, the body as one argument `body`. What
/// changes a resource under `If-Match` takes the `ETag` that this client last saw of it, unless `if_match` is given. Lists and
/// pages say nothing of the tags of their items: read what is to be changed by itself.
pub struct Client<S> {
    caller: Caller,
    service: PhantomData<fn() -> S>,
}

impl<S: Service> Client<S> {
    /// A client with the tokens of `tokens`, and its way to the services: certificates and proxies are the provider's.
    #[must_use]
    pub fn new(tokens: &TokenProvider) -> Self {
        Self::over(Caller { tokens: tokens.clone(), setup: Setup::of(S::NAMES) })
    }

    fn over(caller: Caller) -> Self {
        Self { caller, service: PhantomData }
    }

    /// Times, attempts and sizes, instead of the defaults.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.caller.setup.limits = Some(limits);
        self
    }

    /// Sends `If-Match` also where the service does not demand it, with the `ETag` last seen: a change of what somebody else
    /// has changed since is then refused.
    #[must_use]
    pub fn always_if_match(mut self) -> Self {
        self.caller.setup.always_if_match = true;
        self
    }

    /// Calls an operation, by name or id: its arguments are an object of the parameters by name, and `body`.
    ///
    /// # Errors
    /// `InvalidArgument` names the operation, argument or setting that is wrong; why there is no token; the service's
    /// refusal, or why no answer came; `DeadlineExceeded`; `Closed` after [`TokenProvider::close`].
    pub async fn call(&self, operation: &str, arguments: impl Into<Json>) -> Result<Reply<Content>, Error> {
        let call = self.caller.begin(operation, arguments.into(), Manner::Once)?;
        self.caller.answer(call).await
    }

    /// The pages of an operation, from the one that the arguments ask for. A mistake is the first thing that comes.
    pub fn pages(&self, operation: &str, arguments: impl Into<Json>) -> Pages {
        Pages::new(self.caller.clone(), operation, arguments.into())
    }

    /// The items of all pages of an operation.
    pub fn items(&self, operation: &str, arguments: impl Into<Json>) -> Items {
        Items::of(self.pages(operation, arguments))
    }

    /// Calls an operation again and again until something has come about; the answer that says so.
    ///
    /// # Errors
    /// As for [`Client::call`]; `DeadlineExceeded` when it did not come about in time; `RequestRefused` when it never will.
    pub async fn until(&self, operation: &str, arguments: impl Into<Json>, until: Until) -> Result<Reply<Content>, Error> {
        let call = self.caller.begin(operation, arguments.into(), Manner::Until(until))?;
        self.caller.answer(call).await
    }
}

/// Settings that only some services have.
macro_rules! settings {
    ($client:ident) => {
        impl $client<Vpc> {
            /// The region, such as `us-south`.
            #[must_use]
            pub fn region(mut self, region: impl Into<String>) -> Self {
                self.caller.setup.region = Some(region.into());
                self
            }

            /// `public`, `private` (`<region>.private.iaas.cloud.ibm.com`) or an address, which ends with `/v1`.
            #[must_use]
            pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
                self.caller.setup.endpoint = Some(endpoint.into());
                self
            }

            /// The version date of the API, `YYYY-MM-DD`.
            #[must_use]
            pub fn version(mut self, version: impl Into<String>) -> Self {
                self.caller.setup.version = Some(version.into());
                self
            }
        }

        impl $client<Iam> {
            /// `public`, `private`, `private(<region>)` or an address.
            #[must_use]
            pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
                self.caller.setup.endpoint = Some(endpoint.into());
                self
            }
        }

        impl $client<Containers> {
            /// `public` or an address, which ends with `/global`.
            #[must_use]
            pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
                self.caller.setup.endpoint = Some(endpoint.into());
                self
            }
        }
    };
}
pub(super) use settings;

settings!(Client);

impl Client<Vpc> {
    /// Waits until the instance `id` runs: asks every 5 s, for 10 min. [`Until::instance_running`] with other times goes to
    /// [`Client::until`].
    ///
    /// # Errors
    /// As for [`Client::until`]; an instance that failed or is being deleted never will.
    pub async fn wait_until_running(&self, id: &str) -> Result<Reply<Content>, Error> {
        self.until("vpc.get_instance", serde_json::json!({ "id": id }), Until::instance_running()).await
    }
}

impl Client<Metadata> {
    /// Waits until the link between this instance and a profile, by id, is effective: asks every 5 s, for 10 min. Without a
    /// profile it is the default trusted profile.
    ///
    /// # Errors
    /// As for [`Client::until`].
    pub async fn wait_until_linked(&self, profile_id: Option<&str>) -> Result<(), Error> {
        self.until("metadata.create_iam_token", linked(profile_id), Until::link_effective()).await.map(drop)
    }
}

/// The arguments that ask for a token of a profile.
pub(super) fn linked(profile_id: Option<&str>) -> serde_json::Value {
    profile_id.map_or_else(|| serde_json::json!({}), |id| serde_json::json!({ "body": { "trusted_profile": { "id": id } } }))
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
