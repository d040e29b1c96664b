//! What the Python package knows of operations: classes for what bodies and answers hold, and stubs of the clients, whose
//! methods come from the catalog when they are called.

mod models;
mod names;
mod program;
mod stubs;

use crate::api;
use crate::spec::Spec;

/// The files, by path below `bindings-python`.
pub(crate) fn files(spec: &Spec) -> Result<Vec<(String, String)>, String> {
    let package = "python/trusted_profile";
    let models = api::models(spec)?;
    let mut files = Vec::new();
    for models in &models {
        files.push((format!("{package}/models/{}.py", models.service.name), models::module(models)?));
    }
    let clients = api::clients(&models)?;
    for client in &clients {
        files.push((format!("{package}/{}.pyi", client.class.to_ascii_lowercase()), stubs::stub(client)?));
    }
    files.push(("tests/typed/every_operation.py".to_owned(), program::program(&clients)?));
    Ok(files)
}

#[cfg(test)]
mod tests;
