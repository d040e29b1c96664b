//! Which services a client of each kind speaks for, and what its methods are called: alike in every language.

use super::{find, find_among, list};
use crate::error::{Error, ErrorCode};
use crate::operation::Entry;

/// The services of the client of the VPC API.
pub const VPC: &[&str] = &["vpc"];
/// The services of the client of the metadata service.
pub const METADATA: &[&str] = &["metadata"];
/// The services of the client of IAM, which stand behind one address.
pub const IAM: &[&str] = &["iam_token", "iam_identity", "iam_policy_management", "iam_access_groups"];
/// The services of the client of the Kubernetes Service.
pub const CONTAINERS: &[&str] = &["containers"];

/// The services of the client `name`, which is `vpc`, `metadata`, `iam` or `containers`.
///
/// # Errors
/// `InvalidArgument` when it is another name.
pub fn client_services(name: &str) -> Result<&'static [&'static str], Error> {
    match name {
        "vpc" => Ok(VPC),
        "metadata" => Ok(METADATA),
        "iam" => Ok(IAM),
        "containers" => Ok(CONTAINERS),
        _ => {
            let message = format!("client: expected vpc, metadata, iam or containers, got {name:?}");
            Err(Error::new(ErrorCode::InvalidArgument, message))
        }
    }
}

/// The operations of a client of `services`, each with the name of its method: the operation's own, with the service before
/// it where several of them have the same.
pub fn methods(services: &[&str]) -> Vec<(String, Entry)> {
    let entries: Vec<Entry> = services.iter().flat_map(|service| list().filter(|entry| entry.service().name == *service)).collect();
    let is_shared = |entry: &Entry| entries.iter().filter(|other| other.name() == entry.name()).count() > 1;
    let name = |entry: &Entry| match services {
        // Within one service every name is its own.
        [_] => entry.name().to_owned(),
        _ if is_shared(entry) => [entry.service().name, entry.name()].join("_"),
        _ => entry.name().to_owned(),
    };
    entries.iter().map(|entry| (name(entry), *entry)).collect()
}

/// An operation of a client of `services`, by the name of its method, its own name, or its id.
///
/// # Errors
/// As for [`find_among`].
pub fn find_method(services: &[&str], name: &str) -> Result<Entry, Error> {
    let with_service = services.iter().filter_map(|service| Some([service, name.strip_prefix(service)?.strip_prefix('_')?].join(".")));
    with_service.filter_map(|id| find(&id).ok()).next().map_or_else(|| find_among(services, name), Ok)
}
