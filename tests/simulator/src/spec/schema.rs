//! Looking into schemas.

use serde_json::Value;

use super::document::Document;

impl Document {
    /// The schema that a reference stands for, or the schema itself.
    pub(crate) fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let mut schema = schema;
        // More references than this would go round in a circle.
        for _ in 0..16 {
            let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { break };
            let Some(target) = reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer)) else { break };
            schema = target;
        }
        schema
    }

    /// The schemas of a property, those of union members included; the narrower come later.
    pub(crate) fn properties<'a>(&'a self, schema: &'a Value, name: &str) -> Vec<&'a Value> {
        let schema = self.resolve(schema);
        let own = schema.get("properties").and_then(|properties| properties.get(name));
        let mut found: Vec<&Value> = own.into_iter().collect();
        for branch in branches(schema) {
            found.extend(self.properties(branch, name));
        }
        found
    }

    /// The first schema of a property.
    pub(crate) fn property<'a>(&'a self, schema: &'a Value, name: &str) -> Option<&'a Value> {
        self.properties(schema, name).first().copied()
    }

    /// The schema of an array's items, also of one that may be null.
    pub(crate) fn items<'a>(&'a self, schema: &'a Value) -> Option<&'a Value> {
        self.resolve(schema).get("items")
    }

    pub(crate) fn is_type(&self, schema: &Value, wanted: &str) -> bool {
        types(self.resolve(schema)).contains(&wanted)
    }

    /// Whether an object must have that property.
    pub(crate) fn requires(&self, schema: &Value, name: &str) -> bool {
        required(self.resolve(schema)).any(|required| required == name)
    }
}

/// The members of a union.
pub(super) fn branches(schema: &Value) -> impl Iterator<Item = &Value> {
    ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flatten()
}

pub(super) fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(name)) => vec![name.as_str()],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

pub(super) fn required(schema: &Value) -> impl Iterator<Item = &str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}
