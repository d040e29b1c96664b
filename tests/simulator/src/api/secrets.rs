//! Texts that the documents call sensitive: the journal does not show them.

use serde_json::Value;

use super::call::Call;
use crate::spec::Document;

/// Remembers those of the body.
pub(super) fn remember(call: &Call<'_>) {
    let mut found = Vec::new();
    if let Some(body) = &call.operation.body {
        collect(call.document, &body.schema, &call.body, false, &mut found);
    }
    if !found.is_empty() {
        call.world.resources().secrets.append(&mut found);
    }
}

fn collect(document: &Document, schema: &Value, value: &Value, sensitive: bool, found: &mut Vec<String>) {
    let is_marked = |schema: &Value| schema.get("x-sensitive") == Some(&Value::Bool(true));
    let sensitive = sensitive || is_marked(schema) || is_marked(document.resolve(schema));
    match value {
        Value::String(text) if sensitive => found.push(text.clone()),
        Value::Array(items) => {
            for item in items {
                collect(document, document.items(schema).unwrap_or(schema), item, sensitive, found);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                for schema in document.properties(schema, name) {
                    collect(document, schema, value, sensitive, found);
                }
            }
        }
        _ => {}
    }
}
