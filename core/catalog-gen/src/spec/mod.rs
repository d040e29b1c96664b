//! The documents of `core/spec/*.openapi.json`, read: every service with its operations and schemas. Writers of
//! generated files start from [`Spec`] and never look at JSON themselves.

mod openapi;
mod operation;
mod paging;
mod parameter;
mod schema;

pub use operation::{Auth, Body, EarlierPath, MediaType, Method, Operation, Success};
pub use paging::{Next, Paging};
pub use parameter::{Kind, Parameter, Place, argument_name};
pub use schema::{Additional, Scalar, Schema, Tag, Union, UnionKind};

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The documents in the order in which services are listed everywhere: file without its ending, and the service's name.
const SERVICES: [(&str, &str); 7] = [
    ("vpc", "vpc"),
    ("metadata", "metadata"),
    ("iam-token", "iam_token"),
    ("iam-identity", "iam_identity"),
    ("iam-policy-management", "iam_policy_management"),
    ("iam-access-groups", "iam_access_groups"),
    ("containers", "containers"),
];

/// Every document.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The services, always in the same order.
    pub services: Vec<Service>,
}

/// One document.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name in ids of operations, such as `iam_identity`.
    pub name: &'static str,
    /// The document's file name without `.openapi.json`, such as `iam-identity`; features are named after it.
    pub file: &'static str,
    /// The service's title.
    pub title: String,
    /// The addresses, the usual one first. `{region}` stands for a region.
    pub servers: Vec<String>,
    /// The version date that is sent unless told otherwise, where every call takes one.
    pub version: Option<String>,
    /// The value of `generation` that every call takes, where there is one.
    pub generation: Option<u64>,
    /// The operations, sorted by name.
    pub operations: Vec<Operation>,
    /// The named schemas.
    pub schemas: BTreeMap<String, Schema>,
}

impl Spec {
    /// Reads every document of `folder`.
    ///
    /// # Errors
    /// The document, and what in it is missing or of a kind that this reader does not know.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let services = SERVICES.iter().map(|&(file, name)| {
            let path = folder.join(format!("{file}.openapi.json"));
            let text = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            Service::read(file, name, &text).map_err(|e| format!("{file}: {e}"))
        });
        Ok(Self { services: services.collect::<Result<_, _>>()? })
    }

    /// The service `name`.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }

    /// Every operation, service by service.
    pub fn operations(&self) -> impl Iterator<Item = (&Service, &Operation)> {
        self.services.iter().flat_map(|service| service.operations.iter().map(move |operation| (service, operation)))
    }
}

impl Service {
    pub(crate) fn read(file: &'static str, name: &'static str, text: &[u8]) -> Result<Self, String> {
        let document: openapi::Document = serde_json::from_slice(text).map_err(|e| e.to_string())?;
        let schemas = document.components.schemas.iter().map(|(title, schema)| {
            let schema = Schema::read(schema).map_err(|e| format!("schema {title}: {e}"))?;
            Ok((title.clone(), schema))
        });
        let schemas = schemas.collect::<Result<_, String>>()?;
        let mut operations = Vec::new();
        for (path, item) in &document.paths {
            for (method, operation) in item {
                let id = &operation.operation_id;
                operations.push(Operation::read(&document, name, path, method, operation).map_err(|e| format!("{id}: {e}"))?);
            }
        }
        operations.sort_by(|a, b| a.name.cmp(&b.name));
        let default = |name: &str| document.components.parameters.get(name).and_then(|p| p.schema.get("default"));
        Ok(Self {
            name,
            file,
            version: default("version").and_then(|date| date.as_str()).map(str::to_owned),
            generation: default("generation").and_then(serde_json::Value::as_u64),
            title: document.info.title,
            servers: document.servers.into_iter().map(|server| server.url).collect(),
            operations,
            schemas,
        })
    }

    /// The operation `name`.
    #[must_use]
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.name == name)
    }

    /// What a schema is once its reference, if it is one, was followed.
    #[must_use]
    pub fn resolve<'a>(&'a self, schema: &'a Schema) -> &'a Schema {
        let mut schema = schema;
        while let Some(named) = schema.reference.as_ref().and_then(|name| self.schemas.get(name)) {
            schema = named;
        }
        schema
    }
}
