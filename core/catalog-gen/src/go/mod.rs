//! The Go packages of services: types for what bodies and answers hold, and a method for each operation.

mod methods;
mod models;
mod names;
mod program;
#[cfg(test)]
mod tests;

use crate::spec::{Service, Spec};
use crate::types::Types;
use crate::types::values;
use methods::Method;
use names::{Spelling, exported};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The packages: the service, its folder, whose last part is the name of the package, and the client of the core.
const PACKAGES: [(&str, &str, &str); 7] = [
    ("vpc", "vpc", "vpc"),
    ("metadata", "metadata", "metadata"),
    ("iam_token", "iam/token", "iam"),
    ("iam_identity", "iam/identity", "iam"),
    ("iam_policy_management", "iam/policy", "iam"),
    ("iam_access_groups", "iam/accessgroups", "iam"),
    ("containers", "containers", "containers"),
];

pub(super) const MODULE: &str = "github.com/trusted-profile/trusted-profile/bindings-ffi/go";

/// The files, by path below `bindings-ffi/go`, as yet not formatted.
pub(crate) fn files(spec: &Spec) -> Result<Vec<(String, String)>, String> {
    let packages: Vec<Package<'_>> = PACKAGES
        .iter()
        .map(|(service, folder, client)| {
            let service = spec.service(service).ok_or_else(|| format!("there is no {service}"))?;
            Package::new(service, folder, client).map_err(|e| format!("{}: {e}", service.name))
        })
        .collect::<Result<_, String>>()?;
    let mut files = Vec::new();
    for package in &packages {
        files.extend(package.files()?);
    }
    files.push(("internal/typed/every_test.go".to_owned(), program::program(&packages)));
    Ok(files)
}

/// The package of a service.
struct Package<'a> {
    pub(super) service: &'a Service,
    pub(super) folder: &'static str,
    client: &'static str,
    types: Types<'a>,
    spelling: Spelling,
    methods: Vec<Method<'a>>,
}

impl<'a> Package<'a> {
    pub(super) fn new(service: &'a Service, folder: &'static str, client: &'static str) -> Result<Self, String> {
        let types = Types::new(service)?;
        let mut taken: BTreeSet<String> = types.models.items.keys().cloned().collect();
        taken.extend(["Client", "New", "Options"].map(str::to_owned));
        taken.extend(service.operations.iter().map(|operation| exported(&operation.name) + "Params"));
        let spelling = Spelling { values: values::names(&types.models, &taken, exported)? };
        let methods = types.operations.iter().map(|typed| Method::new(&types.models, typed)).collect::<Result<_, String>>()?;
        let package = Self { service, folder, client, types, spelling, methods };
        package.check()?;
        Ok(package)
    }

    /// The name of the package.
    pub(super) fn name(&self) -> &'static str {
        self.folder.rsplit('/').next().unwrap_or(self.folder)
    }

    /// No two things of a package are called the same, and no two methods.
    fn check(&self) -> Result<(), String> {
        let mut seen: BTreeSet<String> = ["Client", "New", "Options"].map(str::to_owned).into();
        let types = self.types.models.items.keys().chain(self.spelling.values.values()).cloned();
        let params = self.methods.iter().map(Method::params);
        let constants = self.types.models.values.iter().flat_map(|(key, used)| {
            let name = self.spelling.values.get(key).cloned().unwrap_or_default();
            used.values.iter().map(move |value| name.clone() + &names::constant(value))
        });
        if let Some(twice) = types.chain(params).chain(constants).find(|name| !seen.insert(name.clone())) {
            return Err(format!("two things are called {twice}"));
        }
        let mut seen: BTreeSet<String> = ["Call", "Client", "Pages", "Request", "Parse", "Operations"].map(str::to_owned).into();
        match self.methods.iter().flat_map(Method::names).find(|name| !seen.insert(name.clone())) {
            Some(twice) => Err(format!("two methods are called {twice}")),
            None => Ok(()),
        }
    }

    fn files(&self) -> Result<Vec<(String, String)>, String> {
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        for method in &self.methods {
            let file = crate::types::names::snake(&method.operation.tag);
            texts.entry(file).or_default().push_str(&method.render(&self.spelling)?);
        }
        for (name, item) in &self.types.models.items {
            let file = self.types.files.get(name).cloned().unwrap_or_default();
            let is_patch = self.types.patches.contains(name);
            texts.entry(file).or_default().push_str(&models::item(&self.spelling, name, item, is_patch)?);
        }
        if !self.types.models.values.is_empty() {
            texts.insert("values".to_owned(), models::values(&self.types.models, &self.spelling)?);
        }
        let mut files: Vec<(String, String)> =
            texts.into_iter().map(|(file, text)| (format!("{}/{file}.go", self.folder), self.file(&text))).collect();
        files.push((format!("{}/client.go", self.folder), self.client_file()));
        Ok(files)
    }

    /// A file with what it imports.
    fn file(&self, text: &str) -> String {
        let standard = [("context", "context."), ("iter", "iter.")];
        let own = [("internal/codec", "codec."), ("internal/typed", "typed."), ("values", "values.")];
        let mut imports = String::new();
        let uses = |mark: &str| text.contains(mark);
        for (path, _) in standard.iter().filter(|(_, mark)| uses(mark)) {
            let _ = writeln!(imports, "{path:?}");
        }
        imports.push('\n');
        for (path, _) in own.iter().filter(|(_, mark)| uses(mark)) {
            let _ = writeln!(imports, "\"{MODULE}/{path}\"");
        }
        let imports = if imports.trim().is_empty() { String::new() } else { format!("\nimport (\n{imports})\n") };
        format!("{}\npackage {}\n{imports}{text}", self.mark(), self.name())
    }

    fn mark(&self) -> String {
        format!(
            "// @generated by catalog-gen from core/spec/{}.openapi.json. Do not edit.\n// Code generated by catalog-gen. DO NOT EDIT.\n",
            self.service.file
        )
    }

    fn client_file(&self) -> String {
        let (name, title, count) = (self.name(), &self.service.title, self.methods.len());
        let options = if self.client == "metadata" {
            "// Options say which limits a client has. Endpoint, Region and Version have to be left alone: the provider asks for its\n// tokens at the same place."
        } else {
            "// Options say which endpoint, version and limits a client has."
        };
        let notes = if self.client == "metadata" {
            "\n//\n// The tokens have to be those of an instance: with others, calls end with ErrInvalidArgument."
        } else if self.service.servers.first().is_some_and(|server| server.contains("{region}")) {
            "\n//\n// Without a Region, and without an Endpoint that says which one or is an address, calls end with ErrInvalidArgument."
        } else {
            ""
        };
        format!(
            include_str!("client.go.txt"),
            mark = self.mark(),
            module = MODULE,
            name = name,
            title = title,
            count = count,
            options = options,
            notes = notes,
            client = self.client
        )
    }
}
