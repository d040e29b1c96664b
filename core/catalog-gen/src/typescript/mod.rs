//! What the npm package knows of operations: types of what bodies and answers hold, of the parameters of each operation and of
//! the clients' methods, and the names of those methods. All but the names are types, of which nothing is left in JavaScript.

mod models;
mod names;
mod operations;
mod parameters;
mod program;

use crate::api;
use crate::spec::Spec;

/// The files, by path below `bindings-js`.
pub(crate) fn files(spec: &Spec) -> Result<Vec<(String, String)>, String> {
    let models = api::models(spec)?;
    let clients = api::clients(&models)?;
    let folder = "ts/catalog/generated";
    let mut files = Vec::new();
    for models in &models {
        files.push((format!("{folder}/models/{}.ts", models.service.name), models::module(models)?));
    }
    for client in &clients {
        let file = client.class.to_ascii_lowercase();
        files.push((format!("{folder}/parameters/{file}.ts"), parameters::module(client)?));
        files.push((format!("{folder}/operations/{file}.ts"), operations::module(client)?));
    }
    files.push((format!("{folder}/names.ts"), operations::names(&clients)?));
    files.push(("tests/types/every_operation.ts".to_owned(), program::program(&clients)?));
    Ok(files)
}

#[cfg(test)]
mod tests;
