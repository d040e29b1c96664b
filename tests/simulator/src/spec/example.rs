//! Values that fit a schema: the same ones for the same seed.

use serde_json::{Map, Number, Value, json};

use super::document::Document;
use super::schema::{branches, required, types};
use super::words::{self, Dice};

/// States that a resource is in most of its life.
const USUAL: [&str; 11] = ["stable", "available", "running", "active", "ok", "succeeded", "attached", "up", "normal", "standard", "public"];

/// Deeper objects have only what they must have; deeper lists are empty.
const DEEP: usize = 2;
/// Nothing that a document describes goes deeper.
const DEEPEST: usize = 24;

/// Makes examples of the schemas of one document.
pub(crate) struct Maker<'a> {
    document: &'a Document,
    dice: Dice,
    /// Whether optional properties are left out.
    bare: bool,
}

impl<'a> Maker<'a> {
    pub(crate) fn new(document: &'a Document, seed: &str) -> Self {
        Self { document, dice: Dice::of(seed), bare: false }
    }

    /// An example with optional properties where they do no harm.
    pub(crate) fn make(&mut self, schema: &Value, name: &str) -> Value {
        let start = self.dice.clone();
        let value = self.value(schema, name, 0);
        if self.document.fits(schema, &value) {
            return value;
        }
        self.dice = start;
        self.bare = true;
        let value = self.value(schema, name, 0);
        self.bare = false;
        value
    }

    fn value(&mut self, schema: &Value, name: &str, depth: usize) -> Value {
        let schema = self.document.resolve(schema);
        if let Some(constant) = schema.get("const") {
            return constant.clone();
        }
        if let Some(value) = one_of_the_values(schema) {
            return value;
        }
        if branches(schema).next().is_some() && depth < DEEPEST {
            return self.union(schema, name, depth);
        }
        self.plain(schema, name, depth)
    }

    fn plain(&mut self, schema: &Value, name: &str, depth: usize) -> Value {
        match types(schema).first().copied() {
            Some("object") => Value::Object(self.object(schema, depth)),
            Some("array") => self.array(schema, name, depth),
            Some("boolean") => Value::Bool(name == "enabled"),
            Some("integer" | "number") => Value::Number(number(schema, name)),
            Some("string") => Value::String(self.text(schema, name)),
            _ if schema.get("properties").is_some() => Value::Object(self.object(schema, depth)),
            _ => Value::Null,
        }
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Map<String, Value> {
        let needed: Vec<&str> = required(schema).collect();
        let mut fields = Map::new();
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if needed.contains(&name.as_str()) || self.is_welcome(property, name, depth) {
                fields.insert(name.clone(), self.value(property, name, depth + 1));
            }
        }
        fields
    }

    /// Optional properties that are simple, and say nothing about paging, deletion or one's fate.
    fn is_welcome(&self, property: &Value, name: &str, depth: usize) -> bool {
        let resolved = self.document.resolve(property);
        let simple = matches!(types(resolved).as_slice(), ["string" | "integer" | "boolean"]);
        let deprecated = property.get("deprecated").or(resolved.get("deprecated")).is_some();
        let telling = ["start", "next", "deleted", "limit", "offset", "total_count", "expires_at", "deletion_at"].contains(&name);
        !self.bare && depth < DEEP && simple && !deprecated && !telling
    }

    fn array(&mut self, schema: &Value, name: &str, depth: usize) -> Value {
        let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0);
        let wanted = if depth < DEEP { least.max(1) } else { least };
        let item = schema.get("items").cloned().unwrap_or_default();
        let singular = name.strip_suffix('s').unwrap_or(name).to_owned();
        (0..wanted).map(|_| self.value(&item, &singular, depth + 1)).collect()
    }

    /// What the members share, and one member: the first with which the whole fits.
    fn union(&mut self, schema: &Value, name: &str, depth: usize) -> Value {
        let mut own = schema.clone();
        if let Some(keywords) = own.as_object_mut() {
            keywords.retain(|keyword, _| !matches!(keyword.as_str(), "oneOf" | "anyOf" | "not"));
        }
        let all: Vec<&Value> = own.get("allOf").and_then(Value::as_array).into_iter().flatten().collect();
        let shared: Vec<Value> =
            std::iter::once(&own).chain(all).map(|part| self.plain(self.document.resolve(part), name, depth)).collect();
        let members: Vec<&Value> = ["oneOf", "anyOf"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flatten().collect();
        let mut last = merged(shared.iter());
        for member in members {
            let value = self.member(schema, member, name, depth);
            let candidate = merged(shared.iter().chain([&value]));
            if self.document.fits(schema, &candidate) {
                return candidate;
            }
            // Without what the parent offers, if that does not go with it.
            if self.document.fits(schema, &value) {
                return value;
            }
            last = candidate;
        }
        last
    }

    /// A member that is only a list of required names takes the parent's properties.
    fn member(&mut self, parent: &Value, member: &Value, name: &str, depth: usize) -> Value {
        let resolved = self.document.resolve(member);
        if types(resolved).is_empty() && resolved.get("properties").is_none() && branches(resolved).next().is_none() {
            let named = required(resolved).filter_map(|needed| Some((needed, parent.get("properties")?.get(needed)?)));
            let named: Vec<(String, Value)> =
                named.map(|(needed, property)| (needed.to_owned(), self.value(property, needed, depth + 1))).collect();
            return Value::Object(named.into_iter().collect());
        }
        self.value(member, name, depth)
    }

    fn text(&mut self, schema: &Value, name: &str) -> String {
        if schema.get("x-numeric-string").is_some() {
            return "1".to_owned();
        }
        let text = words::text(name, schema.get("format").and_then(Value::as_str), &mut self.dice);
        let least = schema.get("minLength").and_then(Value::as_u64).and_then(|least| usize::try_from(least).ok()).unwrap_or(0);
        let most = schema.get("maxLength").and_then(Value::as_u64).and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
        let padded = format!("{text}{}", "x".repeat(least.saturating_sub(text.chars().count())));
        padded.chars().take(most).collect()
    }
}

fn one_of_the_values(schema: &Value) -> Option<Value> {
    let closed = schema.get("enum").and_then(Value::as_array);
    let open = || schema.get("x-extensible-enum").and_then(Value::as_array);
    let values = closed.or_else(open)?;
    let usual = USUAL.iter().find_map(|word| values.iter().find(|value| value.as_str() == Some(word)));
    usual.or(values.first()).cloned()
}

fn number(schema: &Value, name: &str) -> Number {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_i64);
    let usual = match name {
        "port" | "port_min" | "port_max" => 443,
        "bandwidth" | "port_speed" => 1000,
        "capacity" | "size" => 100,
        "iops" => 3000,
        _ => 1,
    };
    let value = usual.max(bound("minimum").unwrap_or(i64::MIN)).min(bound("maximum").unwrap_or(i64::MAX));
    Number::from(value)
}

/// Objects one over the other; of anything else, the last.
fn merged<'v>(values: impl Iterator<Item = &'v Value>) -> Value {
    let mut whole = Value::Null;
    for value in values {
        match (&mut whole, value) {
            (Value::Object(whole), Value::Object(fields)) => whole.extend(fields.clone()),
            (_, Value::Null) => {}
            (whole, value) => *whole = value.clone(),
        }
    }
    if whole.is_null() { json!({}) } else { whole }
}

#[cfg(test)]
mod tests {
    use super::super::Api;
    use super::*;

    #[test]
    fn every_answer_has_an_example_that_fits_and_stays_the_same() {
        for api in Api::ALL {
            let document = api.document();
            for operation in &document.operations {
                let body = operation.body.as_ref().map(|body| &body.schema);
                for schema in operation.schema().into_iter().chain(body) {
                    let value = Maker::new(document, &operation.id).make(schema, "example");
                    let checked = document.check(schema, &value);
                    assert_eq!(checked, Ok(()), "{} {}: {value}", api.name(), operation.id);
                    assert_eq!(Maker::new(document, &operation.id).make(schema, "example"), value);
                }
            }
        }
    }
}
