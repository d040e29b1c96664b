//! What the Python package knows of operations: classes for what bodies and answers hold, and stubs of the clients, whose
//! methods come from the catalog when they are called.

mod methods;
mod model;
mod models;
mod names;
mod program;
mod stubs;

use crate::spec::Spec;
use methods::Client;
use model::Models;

/// The clients, and the services of each, in the order in which their methods are listed.
const CLIENTS: [(&str, &[&str]); 4] = [
    ("Vpc", &["vpc"]),
    ("Metadata", &["metadata"]),
    ("Iam", &["iam_token", "iam_identity", "iam_policy_management", "iam_access_groups"]),
    ("Containers", &["containers"]),
];

/// The files, by path below `bindings-python`.
pub(crate) fn files(spec: &Spec) -> Result<Vec<(String, String)>, String> {
    let package = "python/trusted_profile";
    let models = spec.services.iter().map(|service| Models::new(service).map_err(|e| format!("{}: {e}", service.name)));
    let models: Vec<Models<'_>> = models.collect::<Result<_, _>>()?;
    let mut files = Vec::new();
    for models in &models {
        files.push((format!("{package}/models/{}.py", models.service.name), models::module(models)?));
    }
    let clients = clients(&models)?;
    for client in &clients {
        files.push((format!("{package}/{}.pyi", client.class.to_ascii_lowercase()), stubs::stub(client)?));
    }
    files.push(("tests/typed/every_operation.py".to_owned(), program::program(&clients)?));
    Ok(files)
}

fn clients<'a>(models: &'a [Models<'a>]) -> Result<Vec<Client<'a>>, String> {
    let clients = CLIENTS.iter().map(|(class, services)| {
        let of = |name: &&str| models.iter().find(|models| models.service.name == *name).ok_or_else(|| format!("there is no {name}"));
        Client::new(class, &services.iter().map(of).collect::<Result<Vec<_>, _>>()?)
    });
    clients.collect()
}

#[cfg(test)]
mod tests;
