//! The smallest request that a document lets a caller send for an operation.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::check;

pub(crate) struct Deriver<'a> {
    pub(crate) document: &'a Value,
    /// Values by the name of a property.
    pub(crate) known: BTreeMap<String, String>,
}

#[derive(Clone)]
pub(crate) struct Smallest {
    pub(crate) id: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Deriver<'_> {
    fn resolve<'v>(&'v self, value: &'v Value) -> &'v Value {
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.resolve(self.document.pointer(reference.trim_start_matches('#')).unwrap()),
            None => value,
        }
    }

    pub(crate) fn request(&self, path: &str, method: &str) -> Smallest {
        let item = &self.document["paths"][path];
        let operation = &item[method];
        let mut smallest = Smallest {
            id: operation["operationId"].as_str().unwrap().to_owned(),
            target: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (place, name, value) in self.needed(path, method) {
            let value = text_of(value);
            match place {
                "path" => smallest.target = smallest.target.replace(&format!("{{{name}}}"), &value),
                "query" => drop(query.append_pair(name, &value)),
                _ => smallest.headers.push((name.to_owned(), value)),
            }
        }
        let query = query.finish();
        if !query.is_empty() {
            smallest.target = format!("{}?{query}", smallest.target);
        }
        if let Some((label, value)) = self.body(path, method) {
            smallest.body = match (label.as_str(), &value) {
                ("application/x-www-form-urlencoded", Value::Object(fields)) => {
                    let pairs = fields.iter().map(|(name, value)| (name, value.as_str().unwrap()));
                    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes()
                }
                (_, Value::String(text)) => text.clone().into_bytes(),
                _ => value.to_string().into_bytes(),
            };
            smallest.headers.push(("Content-Type".to_owned(), label));
        }
        smallest
    }

    /// The parameters that an operation cannot do without: place, name and value.
    pub(crate) fn needed(&self, path: &str, method: &str) -> Vec<(&str, &str, Value)> {
        let item = &self.document["paths"][path];
        let lists = [&item[method]["parameters"], &item["parameters"]];
        let all = lists.into_iter().filter_map(Value::as_array).flatten().map(|parameter| self.resolve(parameter));
        let needed = all.filter(|parameter| parameter["in"] == "path" || parameter["required"] == true);
        needed.map(|p| (p["in"].as_str().unwrap(), p["name"].as_str().unwrap(), self.argument(p))).collect()
    }

    fn argument(&self, parameter: &Value) -> Value {
        let schema = self.resolve(&parameter["schema"]);
        let given = schema.get("const").or(schema.get("default"));
        match (parameter["name"].as_str().unwrap(), given) {
            ("If-Match", _) => json!("*"),
            (_, Some(given)) => given.clone(),
            (name, None) => self.value(schema, name),
        }
    }

    /// The body that an operation cannot do without, and its media type.
    pub(crate) fn body(&self, path: &str, method: &str) -> Option<(String, Value)> {
        let body = self.resolve(self.document["paths"][path][method].get("requestBody")?);
        if body["required"] != true {
            return None;
        }
        let (label, media) = body["content"].as_object().unwrap().iter().next().unwrap();
        let value = self.value(&media["schema"], "body");
        let escape = |text: &str| text.replace('/', "~1");
        let pointer = format!("/paths/{}/{method}/requestBody/content/{}/schema", escape(path), escape(label));
        check(self.document, &pointer, &value).unwrap_or_else(|why| panic!("{path} {method}: no smallest body: {why}\n{value}"));
        Some((label.clone(), value))
    }

    /// A value with nothing that it need not have.
    fn value(&self, schema: &Value, name: &str) -> Value {
        let schema = self.resolve(schema);
        if let Some(value) = schema.get("const").or(schema["enum"].get(0)).or(schema["x-extensible-enum"].get(0)) {
            return value.clone();
        }
        let first = ["oneOf", "anyOf"].iter().find_map(|keyword| schema.get(*keyword)?.get(0));
        let own = self.plain(schema, name);
        let chosen = first.map(|branch| self.branch(schema, branch, name));
        match (own, chosen) {
            (Value::Object(mut own), Some(Value::Object(chosen))) => {
                own.extend(chosen);
                Value::Object(own)
            }
            (own, chosen) => chosen.unwrap_or(own),
        }
    }

    /// One that only names what is required takes the schemas of the whole.
    fn branch(&self, whole: &Value, branch: &Value, name: &str) -> Value {
        let Some(needed) = branch["required"].as_array().filter(|_| branch.get("type").is_none()) else {
            return self.value(branch, name);
        };
        let needed = needed.iter().map(|needed| needed.as_str().unwrap());
        let known = needed.filter_map(|needed| Some((needed.to_owned(), self.value(whole["properties"].get(needed)?, needed))));
        Value::Object(known.collect())
    }

    fn plain(&self, schema: &Value, name: &str) -> Value {
        let kind = schema["type"].as_str().or(schema["type"][0].as_str());
        match kind {
            Some("array") => {
                let least = schema["minItems"].as_u64().unwrap_or(1).max(1);
                (0..least).map(|_| self.value(&schema["items"], name)).collect()
            }
            Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
            Some("boolean") => json!(true),
            Some("string") => self.text(schema, name),
            _ => {
                let needed = schema["required"].as_array().into_iter().flatten().map(|needed| needed.as_str().unwrap());
                let own = needed.filter_map(|needed| Some((needed.to_owned(), self.value(schema["properties"].get(needed)?, needed))));
                Value::Object(own.collect())
            }
        }
    }

    fn text(&self, schema: &Value, name: &str) -> Value {
        if let Some(known) = self.known.get(name) {
            return json!(known);
        }
        match schema["format"].as_str() {
            Some("date-time") => json!("2026-07-01T10:00:00Z"),
            Some("date") => json!("2026-07-01"),
            _ => json!("example"),
        }
    }
}

fn text_of(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
