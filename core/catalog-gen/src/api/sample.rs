//! Values of types, for the programs that call every operation.

use super::model::{Content, Models, Property, Type};
use serde_json::{Map, Value, json};

/// How deep bodies go before lists stay empty; some schemas hold themselves.
const DEPTH: usize = 12;

/// A value of a type, as short as it may be. None: only one without an end would do.
pub(crate) fn sample(models: &Models<'_>, of: &Type) -> Option<Value> {
    value(models, of, DEPTH)
}

fn value(models: &Models<'_>, of: &Type, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    Some(match of {
        Type::Nothing | Type::Anything => Value::Null,
        Type::Text => json!("text"),
        Type::Known { values, .. } => json!(values.first()?),
        Type::Integer => json!(1),
        Type::Number => json!(0.5),
        Type::Flag => json!(true),
        Type::List(inner) => value(models, inner, depth).into_iter().collect(),
        Type::Map(inner) => json!({ "key": value(models, inner, depth)? }),
        Type::OrNone(inner) => value(models, inner, depth)?,
        Type::Named(name) => match &models.items.get(name)?.content {
            Content::Object(properties) => object(models, properties, depth)?,
            Content::Union(names) => names.iter().find_map(|name| value(models, &Type::Named(name.clone()), depth))?,
            Content::Alias(of) => value(models, of, depth)?,
        },
    })
}

fn object(models: &Models<'_>, properties: &[Property], depth: usize) -> Option<Value> {
    let required = properties.iter().filter(|property| property.is_required);
    let pairs = required.map(|property| Some((property.name.clone(), value(models, &property.of, depth)?)));
    pairs.collect::<Option<Map<_, _>>>().map(Value::Object)
}
