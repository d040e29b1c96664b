//! What of a service's schemas becomes a type, in languages whose types are those of JSON.

use crate::spec::{Additional, MediaType, Operation, Scalar, Schema, Service};
use crate::types::names::pascal;
use std::collections::{BTreeMap, BTreeSet};

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Nothing,
    Text,
    /// A text with known values; services know more, unless it is ever the one.
    Known {
        values: Vec<String>,
        is_only: bool,
    },
    Integer,
    Number,
    Flag,
    Anything,
    List(Box<Type>),
    Map(Box<Type>),
    /// A type of the service's own.
    Named(String),
    OrNone(Box<Type>),
}

/// What has a name among the service's types.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// The first line of its documentation.
    pub(crate) doc: String,
    pub(crate) content: Content,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    Object(Vec<Property>),
    /// The names of the alternatives.
    Union(Vec<String>),
    Alias(Type),
}

/// A property of an object.
#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) of: Type,
    /// Whether a request has to have it. In answers everything may be missing.
    pub(crate) is_required: bool,
    /// What there is to say beside its type.
    pub(crate) notes: Vec<String>,
}

/// Every type of a service.
pub(crate) struct Models<'a> {
    pub(crate) service: &'a Service,
    pub(crate) items: BTreeMap<String, Item>,
}

impl<'a> Models<'a> {
    pub(crate) fn new(service: &'a Service) -> Result<Self, String> {
        let mut models = Self { service, items: BTreeMap::new() };
        for (name, schema) in &service.schemas {
            models.add(name, format!("Schema ``{name}``"), schema)?;
        }
        let uses = Uses::of(&models)?;
        for (name, item) in &mut models.items {
            if let Content::Object(properties) = &mut item.content {
                properties.iter_mut().for_each(|property| uses.apply(name, property));
            }
        }
        Ok(models)
    }

    fn add(&mut self, name: &str, doc: String, schema: &Schema) -> Result<(), String> {
        let content = match &schema.union {
            Some(union) => {
                let branches = union.branches.iter().map(|branch| branch.reference.clone());
                let branches: Option<Vec<String>> = branches.collect();
                match branches.ok_or_else(|| format!("{name} has an alternative without a name"))?.as_slice() {
                    [only] => Content::Alias(Type::Named(only.clone())),
                    several => Content::Union(several.to_vec()),
                }
            }
            None if schema.properties.is_empty() => Content::Alias(self.type_of(schema, name, "")?),
            None => {
                let properties = schema.properties.iter().map(|(property, inner)| {
                    Ok(Property {
                        name: property.clone(),
                        of: self.type_of(inner, name, property)?,
                        is_required: schema.required.contains(property),
                        notes: notes(inner),
                    })
                });
                Content::Object(properties.collect::<Result<_, String>>()?)
            }
        };
        let doc = [doc, history(schema.since.as_ref(), schema.deprecated)].concat();
        match self.items.insert(name.to_owned(), Item { doc, content }) {
            Some(_) => Err(format!("two types are called {name}")),
            None => Ok(()),
        }
    }

    /// The type of a value that `owner` has as `property`.
    fn type_of(&mut self, schema: &Schema, owner: &str, property: &str) -> Result<Type, String> {
        let of = self.whatever_null(schema, owner, property)?;
        let is_nullable = schema.nullable || self.service.resolve(schema).nullable;
        Ok(if is_nullable && of != Type::Anything { Type::OrNone(Box::new(of)) } else { of })
    }

    fn whatever_null(&mut self, schema: &Schema, owner: &str, property: &str) -> Result<Type, String> {
        if let Some(name) = &schema.reference {
            return Ok(Type::Named(name.clone()));
        }
        if schema.union.is_some() || !schema.properties.is_empty() {
            let name = [owner, &pascal(property)].concat();
            self.add(&name, format!("Property ``{property}`` of ``{owner}``"), schema)?;
            return Ok(Type::Named(name));
        }
        Ok(match (schema.scalar, &schema.additional) {
            (Some(Scalar::String), _) => text(schema),
            (Some(Scalar::Integer), _) => Type::Integer,
            (Some(Scalar::Number), _) => Type::Number,
            (Some(Scalar::Boolean), _) => Type::Flag,
            (Some(Scalar::Array), _) => {
                let items = schema.items.as_ref().map(|items| self.type_of(items, owner, property)).transpose()?;
                Type::List(Box::new(items.unwrap_or(Type::Anything)))
            }
            (_, Additional::Of(inner)) => Type::Map(Box::new(self.type_of(inner, owner, property)?)),
            (Some(Scalar::Object), _) | (None, Additional::Anything) => Type::Map(Box::new(Type::Anything)),
            (Some(Scalar::Null) | None, _) => Type::Anything,
        })
    }

    /// The type of an operation's body.
    pub(crate) fn body(&self, operation: &Operation) -> Result<Option<Type>, String> {
        let Some(body) = &operation.body else { return Ok(None) };
        self.content(body.media_type, &body.schema).map(Some).map_err(|e| format!("{}: {e}", operation.id))
    }

    /// The type of what an operation is answered with.
    pub(crate) fn answer(&self, operation: &Operation) -> Result<Type, String> {
        if operation.successes.iter().any(|success| success.status == 404) {
            return Ok(Type::Flag);
        }
        let mut answer = Type::Nothing;
        for (media_type, schema) in operation.successes.iter().filter_map(|success| success.content.as_ref()) {
            let this = self.content(*media_type, schema).map_err(|e| format!("{}: {e}", operation.id))?;
            if answer != Type::Nothing && answer != this {
                return Err(format!("{}: answers of two types", operation.id));
            }
            answer = this;
        }
        Ok(answer)
    }

    fn content(&self, media_type: MediaType, schema: &Schema) -> Result<Type, String> {
        match (media_type, &schema.reference, schema.items.as_deref().and_then(|items| items.reference.as_ref())) {
            (MediaType::Xml | MediaType::Plain, ..) => Ok(Type::Text),
            (_, Some(name), _) => Ok(Type::Named(name.clone())),
            (_, None, Some(name)) => Ok(Type::List(Box::new(Type::Named(name.clone())))),
            _ => Err("what it holds has no name".to_owned()),
        }
    }

    /// The type of the items of a page: what `property` of `page` is a list of.
    pub(crate) fn item_of(&self, page: &Type, property: &str) -> Option<Type> {
        let Type::Named(name) = page else { return None };
        let Content::Object(properties) = &self.items.get(name)?.content else { return None };
        match &properties.iter().find(|candidate| candidate.name == property)?.of {
            Type::List(item) => Some(item.as_ref().clone()),
            _ => None,
        }
    }

    /// Every name that values of `of` lead to.
    fn reach(&self, of: &Type, found: &mut BTreeSet<String>) {
        match of {
            Type::List(inner) | Type::Map(inner) | Type::OrNone(inner) => self.reach(inner, found),
            Type::Named(name) if found.insert(name.clone()) => match self.items.get(name).map(|item| &item.content) {
                Some(Content::Object(properties)) => properties.iter().for_each(|property| self.reach(&property.of, found)),
                Some(Content::Union(names)) => names.iter().for_each(|name| self.reach(&Type::Named(name.clone()), found)),
                Some(Content::Alias(of)) => self.reach(of, found),
                None => {}
            },
            _ => {}
        }
    }
}

/// What requests hold, and which of it only merge patches do.
struct Uses {
    requests: BTreeSet<String>,
    only_patches: BTreeSet<String>,
}

impl Uses {
    fn of(models: &Models<'_>) -> Result<Self, String> {
        let (mut patches, mut bodies, mut answers) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for operation in &models.service.operations {
            let is_patch = operation.body.as_ref().is_some_and(|body| body.media_type == MediaType::MergePatch);
            if let Some(body) = models.body(operation)? {
                models.reach(&body, if is_patch { &mut patches } else { &mut bodies });
            }
            models.reach(&models.answer(operation)?, &mut answers);
        }
        let only_patches = patches.iter().filter(|name| !bodies.contains(*name) && !answers.contains(*name)).cloned().collect();
        bodies.append(&mut patches);
        Ok(Self { requests: bodies, only_patches })
    }

    /// Required is what a request has to have, wherever else its type occurs: reading it from an answer is the same either
    /// way, and a part of an answer can be sent again. A patch may say `null` of all that may be left alone.
    fn apply(&self, owner: &str, property: &mut Property) {
        property.is_required &= self.requests.contains(owner);
        let may_be_null = matches!(property.of, Type::OrNone(_) | Type::Anything);
        if self.only_patches.contains(owner) && !property.is_required && !may_be_null {
            property.of = Type::OrNone(Box::new(property.of.clone()));
        }
    }
}

/// A text, with its values if they are known.
fn text(schema: &Schema) -> Type {
    match &schema.constant {
        Some(value) => Type::Known { values: vec![value.clone()], is_only: true },
        None if schema.values.is_empty() => Type::Text,
        None => Type::Known { values: schema.values.clone(), is_only: false },
    }
}

/// What there is to say of a property.
fn notes(schema: &Schema) -> Vec<String> {
    let time = (schema.format.as_deref() == Some("date-time")).then(|| "a date and time".to_owned());
    let secret = schema.sensitive.then(|| "a secret".to_owned());
    let since = schema.since.as_ref().map(|date| format!("since {date}"));
    let deprecated = schema.deprecated.then(|| "deprecated by the service".to_owned());
    [time, secret, since, deprecated].into_iter().flatten().collect()
}

/// Known values. Services know more.
pub(crate) fn values(values: &[String]) -> String {
    let listed: Vec<String> =
        values.iter().map(|value| if value.is_empty() { "empty".to_owned() } else { format!("``{value}``") }).collect();
    listed.join(", ")
}

/// Since when there is something, and whether there will be for long.
pub(crate) fn history(since: Option<&String>, is_deprecated: bool) -> String {
    let since = since.map(|date| format!(", since {date}")).unwrap_or_default();
    [since.as_str(), if is_deprecated { ", deprecated by the service" } else { "" }].concat()
}
