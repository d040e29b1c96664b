//! What of a service's schemas becomes a type of Rust.

use super::names::pascal;
use crate::spec::{Additional, MediaType, Operation, Scalar, Schema, Service, Union};
use std::collections::{BTreeMap, BTreeSet};

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Nothing,
    Text,
    Secret,
    Integer,
    Number,
    Flag,
    DateTime,
    Json,
    List(Box<Type>),
    Map(Box<Type>),
    /// A struct or a union.
    Named(String),
    /// A text with known values.
    Values(ValuesKey),
}

/// A property and the values it is known to have. Those with a single value each are tags, and of one type: they have none
/// here.
pub(crate) type ValuesKey = (String, Vec<String>);

/// Texts with known values that are of one type.
#[derive(Clone, Debug, Default)]
pub(crate) struct ValuesUse {
    pub(crate) values: BTreeSet<String>,
    pub(crate) owners: BTreeSet<String>,
}

/// A struct or a union.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// What its documentation says of it.
    pub(crate) doc: String,
    pub(crate) content: Content,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    Struct(Vec<Property>),
    Union { tag: Option<String>, branches: Vec<Branch> },
}

/// A property of a struct.
#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) of: Type,
    pub(crate) doc: String,
    pub(crate) is_required: bool,
    /// Whether `null` is known to be one of its values.
    pub(crate) is_nullable: bool,
    /// The one text that it ever is.
    pub(crate) constant: Option<String>,
}

/// An alternative of a union, and how it is told. One that is a union as well is there several times.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    pub(crate) name: String,
    pub(crate) tags: Vec<String>,
    pub(crate) required: Vec<String>,
    /// Properties with a single known value each: another one means another alternative.
    pub(crate) fixed: Vec<(String, String)>,
    /// All its properties.
    pub(crate) known: Vec<String>,
}

/// Every type of a service.
pub(crate) struct Models<'a> {
    pub(crate) service: &'a Service,
    pub(crate) items: BTreeMap<String, Item>,
    pub(crate) values: BTreeMap<ValuesKey, ValuesUse>,
}

impl<'a> Models<'a> {
    pub(crate) fn new(service: &'a Service) -> Self {
        let mut models = Self { service, items: BTreeMap::new(), values: BTreeMap::new() };
        for (name, schema) in &service.schemas {
            if is_item(schema) {
                models.add(name, format!("Schema `{name}`"), schema);
            }
        }
        models
    }

    fn add(&mut self, name: &str, doc: String, schema: &Schema) {
        let content = match &schema.union {
            Some(union) => self.union(union),
            None => {
                Content::Struct(schema.properties.iter().map(|(property, inner)| self.property(name, property, inner, schema)).collect())
            }
        };
        let doc = [doc, notes(schema)].concat();
        self.items.insert(name.to_owned(), Item { doc, content });
    }

    fn property(&mut self, owner: &str, name: &str, schema: &Schema, parent: &Schema) -> Property {
        let is_required = parent.required.contains(name);
        let required = if is_required { ", required" } else { "" };
        let secret = if schema.sensitive { ", a secret" } else { "" };
        Property {
            name: name.to_owned(),
            of: self.type_of(schema, owner, name),
            doc: format!("`{name}`{required}{secret}{}", notes(schema)),
            is_required,
            is_nullable: schema.nullable || self.service.resolve(schema).nullable,
            constant: schema.constant.clone(),
        }
    }

    fn union(&self, union: &Union) -> Content {
        let mut branches: Vec<Branch> = union.branches.iter().flat_map(|branch| self.branches(union, branch)).collect();
        // The most specific first.
        branches.sort_by_key(|branch| std::cmp::Reverse(branch.required.len()));
        Content::Union { tag: union.tag.as_ref().map(|tag| tag.property.clone()), branches }
    }

    /// The rules for one alternative. If that is a union as well, each of its alternatives has its own.
    fn branches(&self, union: &Union, branch: &Schema) -> Vec<Branch> {
        let Some(name) = branch.reference.clone() else { return Vec::new() };
        let mapping = union.tag.iter().flat_map(|tag| &tag.mapping);
        let tags: Vec<String> =
            mapping.filter(|(_, target)| **target == name || self.holds(&name, target)).map(|(value, _)| value.clone()).collect();
        let mut leaves = Vec::new();
        self.leaves(branch, &mut leaves);
        let rules = leaves.into_iter().map(|schema| {
            let fixed = schema.properties.iter().filter_map(|(property, inner)| {
                let value = inner.constant.as_ref().or(inner.values.first().filter(|_| inner.values.len() == 1))?;
                Some((property.clone(), value.clone()))
            });
            let required = schema.required.iter().cloned().collect();
            Branch {
                name: name.clone(),
                tags: tags.clone(),
                required,
                fixed: fixed.collect(),
                known: schema.properties.keys().cloned().collect(),
            }
        });
        rules.collect()
    }

    fn leaves<'s>(&'s self, schema: &'s Schema, found: &mut Vec<&'s Schema>) {
        let schema = self.service.resolve(schema);
        match &schema.union {
            Some(union) => union.branches.iter().for_each(|branch| self.leaves(branch, found)),
            None => found.push(schema),
        }
    }

    /// Whether the union `name` has `target` somewhere in it.
    fn holds(&self, name: &str, target: &str) -> bool {
        let union = self.service.schemas.get(name).and_then(|schema| schema.union.as_ref());
        let mut branches = union.into_iter().flat_map(|union| &union.branches).filter_map(|branch| branch.reference.as_deref());
        branches.any(|branch| branch == target || self.holds(branch, target))
    }

    /// The type of a value that `owner` has as `property`.
    pub(crate) fn type_of(&mut self, schema: &Schema, owner: &str, property: &str) -> Type {
        if let Some(name) = &schema.reference {
            let named = self.service.resolve(schema);
            return if is_item(named) { Type::Named(name.clone()) } else { self.type_of(&named.clone(), owner, property) };
        }
        match schema.scalar {
            Some(Scalar::String) if schema.sensitive => Type::Secret,
            _ if schema.sensitive => Type::Json,
            _ if is_item(schema) => {
                let name = [owner, &pascal(property)].concat();
                self.add(&name, format!("Property `{property}` of `{owner}`"), schema);
                Type::Named(name)
            }
            Some(Scalar::String) => self.text(schema, owner, property),
            Some(Scalar::Integer) => Type::Integer,
            Some(Scalar::Number) => Type::Number,
            Some(Scalar::Boolean) => Type::Flag,
            Some(Scalar::Array) => {
                let items = schema.items.as_ref().map_or(Type::Json, |items| self.type_of(items, owner, property));
                Type::List(Box::new(items))
            }
            Some(Scalar::Object) | None => match &schema.additional {
                Additional::Of(inner) => Type::Map(Box::new(self.type_of(inner, owner, property))),
                Additional::Anything | Additional::Unsaid => Type::Json,
            },
            Some(Scalar::Null) => Type::Json,
        }
    }

    fn text(&mut self, schema: &Schema, owner: &str, property: &str) -> Type {
        let values = if schema.constant.is_some() { schema.constant.iter().cloned().collect() } else { schema.values.clone() };
        match (schema.format.as_deref(), values.is_empty()) {
            (_, false) => self.known(&values, owner, property),
            (Some("date-time"), _) => Type::DateTime,
            _ => Type::Text,
        }
    }

    /// The type of a text with known values.
    pub(crate) fn known(&mut self, values: &[String], owner: &str, property: &str) -> Type {
        let mut sorted = if values.len() == 1 { Vec::new() } else { values.to_vec() };
        sorted.sort();
        let key = (property.to_owned(), sorted);
        let known = self.values.entry(key.clone()).or_default();
        known.values.extend(values.iter().cloned());
        known.owners.insert(owner.to_owned());
        Type::Values(key)
    }

    /// The type of an operation's body.
    pub(crate) fn body(&mut self, operation: &Operation, owner: &str) -> Option<Type> {
        let body = operation.body.as_ref()?;
        Some(match body.media_type {
            MediaType::Xml | MediaType::Plain => Type::Text,
            MediaType::Json | MediaType::MergePatch | MediaType::Form => self.type_of(&body.schema, owner, "body"),
        })
    }

    /// The type of what an operation is answered with.
    pub(crate) fn answer(&mut self, operation: &Operation, owner: &str) -> Result<Type, String> {
        if operation.successes.iter().any(|success| success.status == 404) {
            return Ok(Type::Flag);
        }
        let mut answer = Type::Nothing;
        for (media_type, schema) in operation.successes.iter().filter_map(|success| success.content.as_ref()) {
            let this = match media_type {
                // It may hold keys.
                MediaType::Xml | MediaType::Plain => Type::Secret,
                _ => self.type_of(schema, owner, "answer"),
            };
            if answer != Type::Nothing && answer != this {
                return Err("answers of two types".to_owned());
            }
            answer = this;
        }
        Ok(answer)
    }

    /// Every struct and union that values of `of` may hold.
    pub(crate) fn reach(&self, of: &Type, found: &mut BTreeSet<String>) {
        match of {
            Type::List(inner) | Type::Map(inner) => self.reach(inner, found),
            Type::Named(name) if found.insert(name.clone()) => match self.items.get(name).map(|item| &item.content) {
                Some(Content::Struct(properties)) => properties.iter().for_each(|property| self.reach(&property.of, found)),
                Some(Content::Union { branches, .. }) => {
                    branches.iter().for_each(|branch| self.reach(&Type::Named(branch.name.clone()), found));
                }
                None => {}
            },
            _ => {}
        }
    }
}

/// Whether it becomes a struct or a union of its own.
fn is_item(schema: &Schema) -> bool {
    schema.union.is_some() || !schema.properties.is_empty()
}

/// What else there is to say.
fn notes(schema: &Schema) -> String {
    let since = schema.since.as_ref().map(|date| format!(", since {date}")).unwrap_or_default();
    let deprecated = if schema.deprecated { ", deprecated by the service" } else { "" };
    [since, deprecated.to_owned()].concat()
}
