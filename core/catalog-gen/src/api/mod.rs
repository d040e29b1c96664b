//! What languages whose types are those of JSON know of operations: clients with their methods, and types of what bodies and
//! answers hold. Each language writes it down in its own manner. What is said of something marks code as ``so``.

mod methods;
mod model;
mod sample;

pub(crate) use methods::{Argument, Client, Method, Methods};
pub(crate) use model::{Content, Item, Models, Property, Type, values};
pub(crate) use sample::sample;

use crate::spec::Spec;

/// The clients, and the services of each, in the order in which their methods are listed.
const CLIENTS: [(&str, &[&str]); 4] = [
    ("Vpc", &["vpc"]),
    ("Metadata", &["metadata"]),
    ("Iam", &["iam_token", "iam_identity", "iam_policy_management", "iam_access_groups"]),
    ("Containers", &["containers"]),
];

/// The types of every service.
pub(crate) fn models(spec: &Spec) -> Result<Vec<Models<'_>>, String> {
    spec.services.iter().map(|service| Models::new(service).map_err(|e| format!("{}: {e}", service.name))).collect()
}

/// Every client.
pub(crate) fn clients<'a>(models: &'a [Models<'a>]) -> Result<Vec<Client<'a>>, String> {
    let clients = CLIENTS.iter().map(|(class, services)| {
        let of = |name: &&str| models.iter().find(|models| models.service.name == *name).ok_or_else(|| format!("there is no {name}"));
        Client::new(class, &services.iter().map(of).collect::<Result<Vec<_>, _>>()?)
    });
    clients.collect()
}
