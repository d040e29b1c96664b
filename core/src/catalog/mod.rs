//! Every operation of the metadata service, IAM and the VPC API, as data: what there is, requests from arguments by name,
//! answers to what they hold. A feature for each service, `catalog-vpc` and so on; `catalog` is all of them.
//!
//! ```
//! # #[cfg(feature = "catalog-vpc")] {
//! use trusted_profile_core::catalog;
//! use trusted_profile_core::operation::Target;
//! use trusted_profile_core::wire::{BaseUrl, Json};
//!
//! let target = Target::new(BaseUrl::parse("endpoint", "https://us-south.iaas.cloud.ibm.com/v1").unwrap());
//! let arguments = Json::parse(br#"{"id": "0717-1e09281b", "body": {"name": "other"}}"#).unwrap();
//! let request = catalog::build("vpc.update_instance", &arguments, &target).unwrap();
//! assert_eq!(request.method(), "PATCH");
//! assert_eq!(request.uri().path(), "/v1/instances/0717-1e09281b");
//!
//! let mistake = catalog::build("vpc.list_instance", &arguments, &target).unwrap_err();
//! assert_eq!(mistake.message(), "there is no operation \"vpc.list_instance\"; did you mean vpc.list_instances?");
//! # }
//! ```
//!
//! The arguments of each operation are in `docs/operations.md`. Paging is [`Pages`]. The room `call` has the machine that
//! does all it takes to call one: token, retries, deadline.

mod clients;
#[cfg(feature = "catalog-containers")]
mod containers;
mod described;
#[cfg(feature = "catalog-iam-access-groups")]
mod iam_access_groups;
#[cfg(feature = "catalog-iam-identity")]
mod iam_identity;
#[cfg(feature = "catalog-iam-policy-management")]
mod iam_policy_management;
#[cfg(feature = "catalog-iam-token")]
mod iam_token;
#[cfg(feature = "catalog-metadata")]
mod metadata;
#[cfg(feature = "catalog-vpc")]
mod vpc;

pub use clients::{CONTAINERS, IAM, METADATA, VPC, client_services, find_method, methods};
pub use described::described;

use crate::error::{Error, ErrorCode};
use crate::operation::{Content, Entry, Pages, Reply, Service, Target, nearest};
use crate::wire::Json;
use http::{Request, Response};

/// The services of this build, always in the same order.
pub static SERVICES: &[&Service] = &[
    #[cfg(feature = "catalog-vpc")]
    &vpc::SERVICE,
    #[cfg(feature = "catalog-metadata")]
    &metadata::SERVICE,
    #[cfg(feature = "catalog-iam-token")]
    &iam_token::SERVICE,
    #[cfg(feature = "catalog-iam-identity")]
    &iam_identity::SERVICE,
    #[cfg(feature = "catalog-iam-policy-management")]
    &iam_policy_management::SERVICE,
    #[cfg(feature = "catalog-iam-access-groups")]
    &iam_access_groups::SERVICE,
    #[cfg(feature = "catalog-containers")]
    &containers::SERVICE,
];

/// Every operation of this build, service by service and sorted by name.
pub fn list() -> impl Iterator<Item = Entry> {
    SERVICES.iter().flat_map(|service| service.entries())
}

/// The service `name`, such as `iam_identity`.
///
/// # Errors
/// `InvalidArgument` when this build has none of that name.
pub fn service(name: &str) -> Result<&'static Service, Error> {
    SERVICES.iter().find(|service| service.name == name).copied().ok_or_else(|| {
        let known: Vec<&str> = SERVICES.iter().map(|service| service.name).collect();
        unknown("service", name, nearest(name, known.iter().copied()), &format!("there are {}", known.join(", ")))
    })
}

/// The operation `id`, which is `service.operation`.
///
/// # Errors
/// `InvalidArgument` when this build has none of that id; the message names the nearest.
pub fn find(id: &str) -> Result<Entry, Error> {
    let found = id.split_once('.').and_then(|(service, name)| SERVICES.iter().find(|s| s.name == service)?.entry(name));
    found.ok_or_else(|| {
        // Without its service, or with a wrong one, a name may still be right.
        let name = id.rsplit('.').next().unwrap_or_default();
        let exact = list().find(|entry| entry.name() == name).map(|entry| entry.id());
        let near = exact.or_else(|| nearest(id, list().map(|entry| entry.id())));
        let near = near.or_else(|| Some(nearest(name, list().map(Named))?.0.id()));
        unknown("operation", id, near.as_deref(), "an id is the service and the operation, as in vpc.list_instances")
    })
}

/// An operation of one of `services`: by its id, or by its name alone where only one of them has it.
///
/// # Errors
/// `InvalidArgument` when there is none, or its name alone does not tell which; the message names what was meant.
pub fn find_among(services: &[&str], name: &str) -> Result<Entry, Error> {
    let is_ours = |entry: &Entry| services.contains(&entry.service().name);
    if name.contains('.') {
        let entry = find(name)?;
        let others = || unknown("operation", name, None, &format!("this client has those of {}", services.join(", ")));
        return if is_ours(&entry) { Ok(entry) } else { Err(others()) };
    }
    let found: Vec<Entry> = list().filter(|entry| is_ours(entry) && entry.name() == name).collect();
    match found.as_slice() {
        [entry] => Ok(*entry),
        [] => {
            let near = nearest(name, list().filter(is_ours).map(Named)).map(|near| near.0.id());
            Err(unknown("operation", name, near.as_deref(), "an id is the service and the operation, as in vpc.list_instances"))
        }
        several => {
            let ids: Vec<String> = several.iter().map(Entry::id).collect();
            Err(Error::new(ErrorCode::InvalidArgument, format!("there are several operations {name:?}; say {}", ids.join(" or "))))
        }
    }
}

/// An entry that is compared by its name alone.
struct Named(Entry);

impl AsRef<str> for Named {
    fn as_ref(&self) -> &str {
        self.0.name()
    }
}

fn unknown(what: &str, given: &str, near: Option<&str>, otherwise: &str) -> Error {
    let hint = near.map_or_else(|| otherwise.to_owned(), |near| format!("did you mean {near}?"));
    Error::new(ErrorCode::InvalidArgument, format!("there is no {what} {given:?}; {hint}"))
}

/// The request of the operation `id` for `arguments`; see [`Entry::request`].
///
/// # Errors
/// `InvalidArgument` names the operation or argument that is wrong.
pub fn build(id: &str, arguments: &Json, target: &Target) -> Result<Request<Vec<u8>>, Error> {
    find(id)?.request(arguments, target)
}

/// What the operation `id` was answered with; see [`Entry::parse`].
///
/// # Errors
/// The service's refusal, `MalformedResponse`, or `InvalidArgument` for an unknown id.
pub fn parse(id: &str, response: Response<Vec<u8>>) -> Result<Reply<Content>, Error> {
    find(id)?.parse(response)
}

/// A walk through the pages of the operation `id`, from the page that `arguments` ask for.
///
/// # Errors
/// `InvalidArgument` when there is no such operation, or it has no pages.
pub fn pages(id: &str, arguments: Json) -> Result<Pages, Error> {
    Pages::new(find(id)?, arguments)
}
