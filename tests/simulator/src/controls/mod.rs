//! Everything a running simulator can be asked and told, as typed methods.

mod account;
mod behaviour;
mod compute;

use std::fmt;
use std::sync::Arc;

use crate::account::Seed;
use crate::journal::Journal;
use crate::service::Service;
use crate::spec::Api;
use crate::world::World;

/// A handle on a running simulator. Clones steer the same simulator.
#[derive(Clone)]
pub struct Controls {
    world: Arc<World>,
}

/// Why something could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is no such thing; the text names it.
    NotFound(String),
    /// The services would refuse it; the text says why.
    Invalid(String),
    /// The operating system refused; the text says what.
    Io(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(what) => write!(f, "there is no {what}"),
            Self::Invalid(why) => f.write_str(why),
            Self::Io(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error.to_string())
    }
}

impl Controls {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    fn url(&self, service: Service, tls: bool) -> Option<String> {
        self.world.url(service, None, tls)
    }

    /// Base URL of the first instance's metadata service, over http.
    #[must_use]
    pub fn metadata_url(&self) -> String {
        self.url(Service::Metadata, false).unwrap_or_default()
    }

    /// The same over https, if TLS is on.
    #[must_use]
    pub fn metadata_https_url(&self) -> Option<String> {
        self.url(Service::Metadata, true)
    }

    /// Base URL of IAM: tokens, keys, identities, access groups, policies.
    #[must_use]
    pub fn iam_url(&self) -> String {
        self.url(Service::Iam, false).unwrap_or_default()
    }

    /// The same over https, if TLS is on.
    #[must_use]
    pub fn iam_https_url(&self) -> Option<String> {
        self.url(Service::Iam, true)
    }

    /// Base URL of the VPC API, with its `/v1`.
    #[must_use]
    pub fn vpc_url(&self) -> String {
        self.url(Service::Vpc, false).map(|url| url + Api::Vpc.base()).unwrap_or_default()
    }

    /// Base URL of the Kubernetes Service API for clusters, with its `/global`.
    #[must_use]
    pub fn containers_url(&self) -> String {
        self.url(Service::Containers, false).map(|url| url + Api::Containers.base()).unwrap_or_default()
    }

    /// Base URL of the object store.
    #[must_use]
    pub fn object_store_url(&self) -> String {
        self.url(Service::ObjectStore, false).unwrap_or_default()
    }

    /// Every operation that is answered: `api`, `operation_id`, `method`, and the template of the `url`.
    #[must_use]
    pub fn operations(&self) -> Vec<serde_json::Value> {
        let of_one = |api: Api| {
            let base = match api {
                Api::Vpc => self.vpc_url(),
                Api::Containers => self.containers_url(),
                Api::Metadata => self.metadata_url(),
                Api::IamToken | Api::IamIdentity | Api::AccessGroups | Api::Policies => self.iam_url(),
            };
            let view = move |operation: &crate::spec::Operation| {
                serde_json::json!({
                    "api": api.name(),
                    "operation_id": operation.id,
                    "method": operation.method,
                    "url": format!("{base}{}", operation.path),
                })
            };
            api.document().operations.iter().map(view).collect::<Vec<_>>()
        };
        Api::ALL.into_iter().flat_map(of_one).collect()
    }

    /// Base URL of the control API.
    #[must_use]
    pub fn control_url(&self) -> String {
        self.url(Service::Control, false).unwrap_or_default()
    }

    /// The bearer token of the control API, made for this run.
    #[must_use]
    pub fn control_token(&self) -> String {
        self.world.control_token.clone()
    }

    /// The authority that signed the https listeners' certificates.
    #[must_use]
    pub fn ca_certificate_pem(&self) -> String {
        self.world.authority.root_pem()
    }

    /// All of the above but the token, with the seeded account, as JSON.
    #[must_use]
    pub fn overview(&self) -> serde_json::Value {
        crate::control::overview(self)
    }

    /// What the user should be told about this configuration.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.world.config.warnings()
    }

    /// The seeded account, if the simulator was started with it.
    #[must_use]
    pub fn seed(&self) -> Option<Seed> {
        self.world.seed.clone()
    }

    /// The journal of requests.
    #[must_use]
    pub fn journal(&self) -> Journal {
        self.world.journal.clone()
    }

    pub(crate) fn stop(&self) {
        self.world.stop.send_replace(true);
    }
}
