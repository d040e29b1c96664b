//! The methods of clients: one for each operation, and two more for one that is paged.

use super::model::{Models, Type, history};
use crate::spec::{Kind, Operation, Paging, Parameter, Place, Service};
use std::collections::{BTreeMap, BTreeSet};

/// A client: services that stand behind one address.
pub(crate) struct Client<'a> {
    pub(crate) class: &'static str,
    pub(crate) services: Vec<Methods<'a>>,
}

/// The methods for one service.
pub(crate) struct Methods<'a> {
    pub(crate) models: &'a Models<'a>,
    pub(crate) methods: Vec<Method<'a>>,
}

/// The method for an operation.
pub(crate) struct Method<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) name: String,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) answer: Type,
    /// What its pages are lists of, if it is paged.
    pub(crate) item: Option<Type>,
}

/// An argument; all are given by name.
pub(crate) struct Argument {
    /// By the API's name; languages spell it in their own manner.
    pub(crate) name: String,
    pub(crate) of: Type,
    pub(crate) is_required: bool,
    /// Where it goes.
    pub(crate) place: String,
    /// What it means, where there is more to say.
    pub(crate) meaning: &'static str,
}

impl<'a> Client<'a> {
    pub(crate) fn new(class: &'static str, services: &[&'a Models<'a>]) -> Result<Self, String> {
        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        for operation in services.iter().flat_map(|models| &models.service.operations) {
            *count.entry(&operation.name).or_default() += 1;
        }
        let methods = services.iter().map(|&models| {
            let methods = models.service.operations.iter().map(|operation| {
                let is_only = count.get(operation.name.as_str()) == Some(&1);
                Method::new(models, operation, method_name(operation, is_only))
            });
            Ok(Methods { models, methods: methods.collect::<Result<_, String>>()? })
        });
        let client = Self { class, services: methods.collect::<Result<_, String>>()? };
        client.check()?;
        Ok(client)
    }

    pub(crate) fn methods(&self) -> impl Iterator<Item = &Method<'a>> {
        self.services.iter().flat_map(|service| &service.methods)
    }

    /// No two methods are called the same.
    fn check(&self) -> Result<(), String> {
        let mut seen = BTreeSet::new();
        for method in self.methods() {
            let walks = method.item.iter().flat_map(|_| ["pages", "items"]).map(|walk| format!("{}_{walk}", method.name));
            if let Some(twice) = walks.chain([method.name.clone()]).find(|name| !seen.insert(name.clone())) {
                return Err(format!("{}: two methods are called {twice}", self.class));
            }
        }
        Ok(())
    }
}

/// The name of the operation, or with its service where another one of the client has an operation of that name.
fn method_name(operation: &Operation, is_only: bool) -> String {
    if is_only { operation.name.clone() } else { format!("{}_{}", operation.service, operation.name) }
}

impl<'a> Method<'a> {
    fn new(models: &Models<'_>, operation: &'a Operation, name: String) -> Result<Self, String> {
        let answer = models.answer(operation)?;
        let item = operation.paging.as_ref().map(|paging| {
            models.item_of(&answer, &paging.items).ok_or_else(|| format!("{}: pages have no list {}", operation.id, paging.items))
        });
        let arguments = arguments(models, operation)?;
        let mut seen = BTreeSet::new();
        match arguments.iter().find(|argument| !seen.insert(&argument.name)) {
            Some(twice) => Err(format!("{}: two arguments are called {}", operation.id, twice.name)),
            None => Ok(Self { operation, name, arguments, answer, item: item.transpose()? }),
        }
    }

    /// What it does, for people.
    pub(crate) fn title(&self) -> String {
        let Operation { id, method, path, since, deprecated, .. } = self.operation;
        format!("``{id}``: ``{} {path}``{}", method.as_str(), history(since.as_ref(), *deprecated))
    }
}

/// The arguments in the order of the core: those of the path first, the body last.
fn arguments(models: &Models<'_>, operation: &Operation) -> Result<Vec<Argument>, String> {
    let given = || operation.parameters.iter().filter(|parameter| parameter.constant.is_none());
    let position = |parameter: &Parameter| operation.path.find(&format!("{{{}}}", parameter.name));
    let mut in_path: Vec<&Parameter> = given().filter(|parameter| parameter.place == Place::Path).collect();
    in_path.sort_by_key(|parameter| position(parameter));
    let others = given().filter(|parameter| parameter.place != Place::Path);
    let mut all: Vec<Argument> = in_path.into_iter().chain(others).map(|p| argument(p, operation.paging.as_ref())).collect();
    all.extend(of_service(models.service));
    if let (Some(of), Some(body)) = (models.body(operation)?, &operation.body) {
        all.push(Argument { name: "body".to_owned(), of, is_required: body.required, place: "the body".to_owned(), meaning: "" });
    }
    Ok(all)
}

/// What every call of a service takes.
fn of_service(service: &Service) -> impl Iterator<Item = Argument> {
    let optional = |name: &str, of, place: String, meaning| Argument { name: name.to_owned(), of, is_required: false, place, meaning };
    let version = service
        .version
        .is_some()
        .then(|| optional("version", Type::Text, "the version date, ``YYYY-MM-DD``".to_owned(), "; the client's unless given"));
    let generation =
        service.generation.map(|usual| optional("generation", Type::Integer, format!("the generation; {usual} unless given"), ""));
    version.into_iter().chain(generation)
}

fn argument(parameter: &Parameter, paging: Option<&Paging>) -> Argument {
    let text = || match parameter.values.as_slice() {
        [] => Type::Text,
        values => Type::Known { values: values.to_vec(), is_only: false },
    };
    let of = match parameter.kind {
        Kind::Text => text(),
        Kind::Integer => Type::Integer,
        Kind::Boolean => Type::Flag,
        Kind::Texts => Type::List(Box::new(text())),
    };
    // The client gives the tag that it last saw of the resource.
    let is_tag = parameter.name == "If-Match";
    let is_required = parameter.required && !is_tag;
    let place = match parameter.place {
        Place::Path => format!("``{}`` in the path", parameter.name),
        Place::Query => format!("``{}`` in the query", parameter.name),
        Place::Header => format!("the header ``{}``", parameter.name),
    };
    let meaning = match paging {
        _ if is_tag && parameter.required => "; the ``ETag`` that this client last saw of the resource unless given",
        _ if is_tag => "; changes only what still has this ``ETag``",
        Some(paging) if paging.cursor == parameter.name => "; where to begin, as the page before tells",
        Some(paging) if paging.limit == parameter.name => "; how many items a page has at most",
        _ => "",
    };
    let secret = if parameter.sensitive { ", a secret" } else { "" };
    Argument { name: parameter.argument.clone(), of, is_required, place: [place.as_str(), secret].concat(), meaning }
}
