//! Values of a schema.

use catalog_gen::spec::{Additional, Scalar, Schema, Service};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// How values are chosen.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// Only what is required.
    pub only_required: bool,
    /// Which alternative is taken wherever there are some; the last one where there are fewer.
    pub variant: usize,
    /// Whether texts are full of characters that have to be encoded.
    pub awkward: bool,
    /// How deep objects are filled in; below that they have what is required.
    pub depth: usize,
}

/// A text that goes wrong wherever somebody puts text together.
pub const AWKWARD: &str = "a/b?c=d&e+f%20 g\"h'<i>{j}|k^l\\m;n:o@p#q\u{fc}\u{20ac}\u{1f600}\u{2028}";

/// The same for headers, which are ASCII.
pub const AWKWARD_HEADER: &str = "W/\"a/b?c=d&e+f%20 g;h:i@j#k\\l";

/// Deep enough for every request.
pub const DEEP: usize = 5;

impl Choice {
    /// A text for `name`.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        if self.awkward { AWKWARD.to_owned() } else { format!("the-{name}") }
    }

    /// A value of `schema`.
    #[must_use]
    pub fn value(&self, service: &Service, schema: &Schema, name: &str) -> Value {
        self.at(service, schema, name, 0)
    }

    fn at(&self, service: &Service, schema: &Schema, name: &str, depth: usize) -> Value {
        let schema = service.resolve(schema);
        if let Some(constant) = &schema.constant {
            return constant.as_str().into();
        }
        match schema.scalar {
            Some(Scalar::String) => self.string(schema, name),
            Some(Scalar::Integer) => json!(7),
            Some(Scalar::Number) => json!(1.5),
            Some(Scalar::Boolean) => json!(true),
            Some(Scalar::Null) => Value::Null,
            Some(Scalar::Array) => match &schema.items {
                Some(items) if depth < self.depth => json!([self.at(service, items, name, depth + 1)]),
                _ => json!([]),
            },
            Some(Scalar::Object) | None => self.object(service, schema, name, depth),
        }
    }

    fn string(&self, schema: &Schema, name: &str) -> Value {
        match (schema.values.first(), schema.format.as_deref()) {
            (_, Some("date-time")) => "2026-01-02T03:04:05Z".into(),
            (_, Some("date")) => "2026-01-02".into(),
            (Some(first), _) if !self.awkward => first.as_str().into(),
            _ => self.text(name).into(),
        }
    }

    fn object(&self, service: &Service, schema: &Schema, name: &str, depth: usize) -> Value {
        let mut members = Map::new();
        self.members(service, schema, depth, &mut members);
        match &schema.additional {
            Additional::Anything if members.is_empty() => drop(members.insert("any".to_owned(), self.text(name).into())),
            Additional::Of(inner) if members.is_empty() && depth < self.depth => {
                members.insert("any".to_owned(), self.at(service, inner, name, depth + 1));
            }
            _ => {}
        }
        if members.is_empty() && schema.scalar.is_none() && schema.properties.is_empty() && schema.union.is_none() {
            return self.text(name).into();
        }
        Value::Object(members)
    }

    /// The branch first, since its properties are the more exact ones.
    fn members(&self, service: &Service, schema: &Schema, depth: usize, members: &mut Map<String, Value>) {
        if let Some(branch) = schema.union.as_ref().and_then(|union| union.branches.get(self.variant).or(union.branches.last())) {
            let branch = service.resolve(branch);
            self.members(service, branch, depth, members);
            // What the parent lists for all branches does not all fit this one.
            let of_branch: BTreeSet<&String> = branch.properties.keys().collect();
            if !of_branch.is_empty() {
                return;
            }
        }
        for (name, property) in &schema.properties {
            let is_wanted = schema.required.contains(name) || !(self.only_required || depth >= self.depth);
            if is_wanted && !members.contains_key(name) && depth <= 2 * self.depth {
                members.insert(name.clone(), self.at(service, property, name, depth + 1));
            }
        }
    }
}
