//! A body laid over an item: what the caller gave appears in what the service answers.

use serde_json::{Map, Value};

use super::references;
use super::store::Resources;
use crate::api::EXAMPLE;
use crate::spec::{Api, Document, Maker};

pub(crate) struct Overlay<'a> {
    pub(crate) document: &'a Document,
    pub(crate) api: Api,
    pub(crate) resources: &'a Resources,
    /// Whether objects keep what the body does not name, as in a merge patch.
    pub(crate) merge: bool,
}

impl Overlay<'_> {
    /// Sets each property of the body that the item has too, as far as it still fits.
    pub(crate) fn apply(&self, schema: &Value, value: &mut Value, body: &Value) {
        let Some(given) = body.as_object() else { return };
        if !value.is_object() {
            *value = Value::Object(Map::new());
        }
        for (name, given) in given {
            let before = value.clone();
            self.set(schema, value, name, given);
            if self.document.fits(schema, &before) && !self.document.fits(schema, value) {
                *value = before;
            }
        }
    }

    fn set(&self, schema: &Value, value: &mut Value, name: &str, given: &Value) {
        let Some(fields) = value.as_object_mut() else { return };
        if given.is_null() {
            if !self.document.requires(schema, name) {
                fields.remove(name);
            }
            return;
        }
        for property in self.document.properties(schema, name) {
            let shown = self.shown(property, fields.get(name), given);
            if let Some(shown) = shown.filter(|shown| self.document.fits(property, shown)) {
                fields.insert(name.to_owned(), shown);
                return;
            }
        }
    }

    /// How the service shows what was given.
    fn shown(&self, schema: &Value, before: Option<&Value>, given: &Value) -> Option<Value> {
        match given {
            Value::Object(fields) => {
                if let Some(record) = references::target(self.resources, self.api, schema, fields) {
                    return Some(references::to(self.document, schema, record));
                }
                let keeps = self.merge && before.is_some();
                if !keeps && self.document.fits(schema, given) {
                    return Some(given.clone());
                }
                if !self.document.is_type(schema, "object") {
                    return None;
                }
                let base = before.filter(|before| before.is_object()).cloned();
                let mut base = base.unwrap_or_else(|| Maker::new(self.document, EXAMPLE).make(schema, EXAMPLE));
                self.apply(schema, &mut base, given);
                Some(base)
            }
            Value::Array(items) => {
                let item = self.document.items(schema)?;
                items.iter().map(|given| self.shown(item, None, given)).collect()
            }
            plain => Some(plain.clone()),
        }
    }
}
