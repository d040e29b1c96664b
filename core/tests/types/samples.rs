//! Values as the documents describe them. They are read here once more, so that a mistake in the generator's reader is
//! not made twice.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What secrets hold.
pub(crate) const SECRET: &str = "hunter2";

/// A document of the API.
pub(crate) struct Document(Value);

/// Every document by its file name.
pub(crate) fn documents() -> BTreeMap<String, Document> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec");
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if let Some(name) = path.file_name().unwrap().to_string_lossy().strip_suffix(".openapi.json") {
            found.insert(name.to_owned(), Document(serde_json::from_slice(&fs::read(&path).unwrap()).unwrap()));
        }
    }
    found
}

impl Document {
    /// The schema `name`.
    pub(crate) fn schema(&self, name: &str) -> &Value {
        &self.0["components"]["schemas"][name]
    }

    /// How many schemas there are.
    pub(crate) fn len(&self) -> usize {
        self.0["components"]["schemas"].as_object().unwrap().len()
    }

    /// Every operation by its name.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (&str, &Value)> {
        let items = self.0["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
        items.filter_map(|operation| Some((operation["operationId"].as_str()?, operation)))
    }

    /// A value with everything in it that the schema lists, down to `depth`, for each way to write it.
    pub(crate) fn samples(&self, schema: &Value, depth: usize) -> Vec<Value> {
        let branches = self.branches(schema);
        if branches.is_empty() {
            return vec![self.sample(schema, depth)];
        }
        let samples = |branch: &Value| self.samples(branch, depth).into_iter().map(|sample| self.tagged(schema, branch, sample)).collect();
        branches.iter().flat_map::<Vec<Value>, _>(samples).collect()
    }

    /// With the value that means `branch` in the property that tells the branches of `schema` apart, if there is one.
    fn tagged(&self, schema: &Value, branch: &Value, mut sample: Value) -> Value {
        let schema = self.resolve(schema);
        let tag = schema.get("discriminator").or_else(|| schema.get("x-derived-discriminator"));
        let mapping = tag.and_then(|tag| tag["mapping"].as_object()).into_iter().flatten();
        if let Some((value, _)) = mapping.into_iter().find(|(_, target)| **target == branch["$ref"]) {
            sample[tag.unwrap()["propertyName"].as_str().unwrap()] = json!(value);
        }
        sample
    }

    /// The first of them.
    pub(crate) fn sample(&self, schema: &Value, depth: usize) -> Value {
        let schema = self.resolve(schema);
        if let Some(branch) = self.branches(schema).first() {
            return self.tagged(schema, branch, self.sample(branch, depth));
        }
        let known = schema.get("const").or_else(|| schema["enum"].get(0)).or_else(|| schema["x-extensible-enum"].get(0));
        if let Some(known) = known {
            return known.clone();
        }
        match kind(schema) {
            _ if schema["x-sensitive"] == true => self.secret(schema),
            "string" if schema["format"] == "date-time" => json!("2026-11-28T12:00:00.123456789Z"),
            "string" => json!("text"),
            "integer" => json!(-7),
            "number" => json!(0.5),
            "boolean" => json!(true),
            "array" if depth == 0 => json!([]),
            "array" => json!([self.sample(&schema["items"], depth - 1), self.sample(&schema["items"], depth - 1)]),
            _ => self.object(schema, depth),
        }
    }

    fn secret(&self, schema: &Value) -> Value {
        if kind(schema) == "string" { json!(SECRET) } else { json!({ "key": SECRET }) }
    }

    fn object(&self, schema: &Value, depth: usize) -> Value {
        let mut members = Map::new();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let property = self.resolve(property);
            let is_flat = matches!(kind(property), "string" | "integer" | "number" | "boolean") || property["x-sensitive"] == true;
            // What tells the branches of a union apart has to be there.
            let is_required = schema["required"].as_array().is_some_and(|required| required.iter().any(|r| r == name));
            if depth > 0 || is_flat || is_required {
                members.insert(name.clone(), self.sample(property, depth.saturating_sub(1)));
            }
        }
        if let (Some(additional), true, true) = (schema.get("additionalProperties"), members.is_empty(), depth > 0) {
            members.insert("any name".to_owned(), self.sample(additional, depth - 1));
        }
        Value::Object(members)
    }

    pub(crate) fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str().or_else(|| self.nullable(schema)) {
            Some(reference) => self.resolve(self.0.pointer(reference.strip_prefix('#').unwrap()).unwrap()),
            None => schema,
        }
    }

    fn nullable<'a>(&self, schema: &'a Value) -> Option<&'a str> {
        let alternatives = schema["anyOf"].as_array().filter(|alternatives| alternatives.iter().any(|a| a["type"] == "null"))?;
        alternatives.iter().find_map(|alternative| alternative["$ref"].as_str())
    }

    /// The alternatives that are types.
    fn branches(&self, schema: &Value) -> Vec<Value> {
        let schema = self.resolve(schema);
        let all = ["oneOf", "anyOf"].into_iter().filter_map(|word| schema[word].as_array()).flatten();
        all.filter(|branch| branch.get("$ref").is_some()).cloned().collect()
    }
}

fn kind(schema: &Value) -> &str {
    let named = schema["type"].as_str().or_else(|| schema["type"].as_array()?.iter().filter_map(Value::as_str).find(|t| *t != "null"));
    named.unwrap_or_default()
}
