//! Sets of arguments, several for each operation.

use crate::sample::{AWKWARD_HEADER, Choice, DEEP};
use catalog_gen::spec::{Kind, MediaType, Method, Operation, Place, Schema, Service, Spec};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Arguments for one call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Set {
    /// The service.
    pub service: String,
    /// The operation's name.
    pub operation: String,
    /// What the set is about.
    pub set: String,
    /// The arguments, `body` among them.
    pub arguments: Map<String, Value>,
    /// Which of them are headers, as the Python side has to know.
    pub has_body: bool,
}

/// The sets of every operation: all arguments, only what is required, one for each alternative of a body, awkward
/// characters, and for a merge patch every property as `null`.
#[must_use]
pub fn all(spec: &Spec) -> Vec<Set> {
    spec.operations().flat_map(|(service, operation)| of(service, operation)).collect()
}

fn of(service: &Service, operation: &Operation) -> Vec<Set> {
    let plain = Choice { only_required: false, variant: 0, awkward: false, depth: DEEP };
    let variants = operation.body.as_ref().map_or(1, |body| alternatives(service, &body.schema, &mut BTreeSet::new()));
    let mut choices = vec![
        ("all".to_owned(), plain),
        ("required".to_owned(), Choice { only_required: true, ..plain }),
        ("awkward".to_owned(), Choice { awkward: true, ..plain }),
    ];
    choices.extend((1..variants).map(|variant| (format!("variant {variant}"), Choice { variant, ..plain })));
    let mut sets: Vec<Set> = choices.into_iter().map(|(name, choice)| set(service, operation, name, choice)).collect();
    if operation.body.as_ref().is_some_and(|body| body.media_type == MediaType::MergePatch) {
        let mut nulls = set(service, operation, "nulls".to_owned(), plain);
        if let Some(Value::Object(body)) = nulls.arguments.get_mut("body") {
            body.values_mut().for_each(|value| *value = Value::Null);
        }
        sets.push(nulls);
    }
    sets
}

fn set(service: &Service, operation: &Operation, name: String, choice: Choice) -> Set {
    let mut arguments = Map::new();
    for parameter in operation.parameters.iter().filter(|p| p.constant.is_none() && (p.required || !choice.only_required)) {
        let text = match parameter.place {
            Place::Header if choice.awkward => AWKWARD_HEADER.to_owned(),
            _ => choice.text(&parameter.argument),
        };
        let value = match parameter.kind {
            Kind::Text => parameter.values.first().filter(|_| !choice.awkward).map_or_else(|| text.into(), |value| value.as_str().into()),
            Kind::Integer => json!(7),
            Kind::Boolean => json!(true),
            Kind::Texts => json!([text, "two"]),
        };
        arguments.insert(parameter.argument.clone(), value);
    }
    if let Some(body) = operation.body.as_ref().filter(|body| body.required || !choice.only_required) {
        arguments.insert("body".to_owned(), choice.value(service, &body.schema, "body"));
    }
    let has_body = operation.body.is_some() && operation.method != Method::Get;
    Set { service: service.name.to_owned(), operation: operation.name.clone(), set: name, arguments, has_body }
}

/// The most alternatives that anything in a schema has.
fn alternatives(service: &Service, schema: &Schema, seen: &mut BTreeSet<String>) -> usize {
    if schema.reference.as_ref().is_some_and(|name| !seen.insert(name.clone())) {
        return 1;
    }
    let schema = service.resolve(schema);
    let own = schema.union.as_ref().map_or(1, |union| union.branches.len());
    let branches = schema.union.iter().flat_map(|union| &union.branches);
    let inner = schema.properties.values().chain(schema.items.as_deref()).chain(branches);
    inner.map(|inner| alternatives(service, inner, seen)).max().unwrap_or(1).max(own)
}
