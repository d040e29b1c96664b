//! What the described interfaces keep: items by collection.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::clock::Moment;
use crate::identifiers;
use crate::spec::Api;

/// An item of a collection, or something that stands alone.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// The last segment of its address.
    pub(crate) id: String,
    pub(crate) value: Value,
    /// What `If-Match` is compared with.
    pub(crate) tag: String,
    revision: u32,
    /// What will become of it, in the order of time.
    plan: Vec<Step>,
}

/// A change that comes by itself.
#[derive(Clone, Debug)]
struct Step {
    /// Milliseconds since 1970.
    due: i64,
    property: &'static str,
    value: Value,
}

#[derive(Default)]
pub(crate) struct Resources {
    collections: BTreeMap<(Api, String), Vec<Record>>,
    laid_out: BTreeSet<(Api, String)>,
    /// Texts of bodies that must not be shown.
    pub(crate) secrets: Vec<String>,
}

impl Record {
    fn new(id: &str, value: Value) -> Self {
        let mut record = Self { id: id.to_owned(), value, tag: String::new(), revision: 0, plan: Vec::new() };
        record.touch();
        record
    }

    /// Marks a change.
    pub(crate) fn touch(&mut self) {
        self.revision = self.revision.saturating_add(1);
        self.tag = format!("{}-{}", self.revision, identifiers::hex());
        let tag = Value::from(self.tag.as_str());
        if let Some(shown) = self.value.get_mut("entity_tag") {
            *shown = tag;
        }
    }

    /// Sets a property, whether it is there or not.
    pub(crate) fn set(&mut self, property: &str, value: impl Into<Value>) {
        if let Some(fields) = self.value.as_object_mut() {
            fields.insert(property.to_owned(), value.into());
        }
    }

    pub(crate) fn text(&self, pointer: &str) -> Option<&str> {
        self.value.pointer(pointer).and_then(Value::as_str)
    }

    /// From then on, and until the next step, the property has this value.
    pub(crate) fn plan(&mut self, due: Moment, property: &'static str, value: impl Into<Value>) {
        self.plan.push(Step { due: due.milliseconds(), property, value: value.into() });
    }

    /// Forgets what would have become of it.
    pub(crate) fn forget_plan(&mut self) {
        self.plan.clear();
    }

    fn settle(&mut self, now: i64) {
        while let Some(step) = self.plan.first().filter(|step| step.due <= now).cloned() {
            self.plan.remove(0);
            self.set(step.property, step.value);
            self.touch();
        }
    }
}

impl Resources {
    fn key(api: Api, collection: &str) -> (Api, String) {
        (api, collection.to_owned())
    }

    /// Lets time pass.
    pub(crate) fn settle(&mut self, now: Moment) {
        for record in self.collections.values_mut().flatten() {
            record.settle(now.milliseconds());
        }
    }

    /// True once for each collection.
    pub(crate) fn is_untouched(&mut self, api: Api, collection: &str) -> bool {
        self.laid_out.insert(Self::key(api, collection))
    }

    /// In the order of creation.
    pub(crate) fn list(&self, api: Api, collection: &str) -> &[Record] {
        self.collections.get(&Self::key(api, collection)).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn list_mut(&mut self, api: Api, collection: &str) -> &mut Vec<Record> {
        self.collections.entry(Self::key(api, collection)).or_default()
    }

    pub(crate) fn get(&self, api: Api, collection: &str, id: &str) -> Option<&Record> {
        self.list(api, collection).iter().find(|record| record.id == id)
    }

    pub(crate) fn get_mut(&mut self, api: Api, collection: &str, id: &str) -> Option<&mut Record> {
        self.collections.get_mut(&Self::key(api, collection))?.iter_mut().find(|record| record.id == id)
    }

    /// Adds an item, or puts it in the place of the one that has its id.
    pub(crate) fn put(&mut self, api: Api, collection: &str, id: &str, value: Value) -> Record {
        let record = Record::new(id, value);
        let list = self.list_mut(api, collection);
        match list.iter_mut().find(|record| record.id == id) {
            Some(place) => *place = record.clone(),
            None => list.push(record.clone()),
        }
        record
    }

    /// Removes an item with everything below it.
    pub(crate) fn remove(&mut self, api: Api, collection: &str, id: &str) -> Option<Record> {
        let list = self.collections.get_mut(&Self::key(api, collection))?;
        let position = list.iter().position(|record| record.id == id)?;
        let removed = list.remove(position);
        let below = format!("{collection}/{id}/");
        let is_below = |path: &str| format!("{path}/").starts_with(&below);
        self.collections.retain(|(other, path), _| *other != api || !is_below(path));
        self.laid_out.retain(|(other, path)| *other != api || !is_below(path));
        Some(removed)
    }

    /// All items of an interface with the address of their collection.
    pub(crate) fn all(&self, api: Api) -> impl Iterator<Item = (&str, &Record)> {
        let own = self.collections.iter().filter(move |((other, _), _)| *other == api);
        own.flat_map(|((_, path), records)| records.iter().map(move |record| (path.as_str(), record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_below_goes_along() {
        let mut resources = Resources::default();
        resources.put(Api::Vpc, "/vpcs", "a", json!({}));
        resources.put(Api::Vpc, "/vpcs", "ab", json!({}));
        resources.put(Api::Vpc, "/vpcs/a/routes", "r", json!({}));
        resources.put(Api::Vpc, "/vpcs/ab/routes", "r", json!({}));
        assert!(resources.remove(Api::Vpc, "/vpcs", "a").is_some());
        assert!(resources.get(Api::Vpc, "/vpcs/a/routes", "r").is_none());
        assert!(resources.get(Api::Vpc, "/vpcs/ab/routes", "r").is_some());
        assert!(resources.remove(Api::Vpc, "/vpcs", "a").is_none());
    }

    #[test]
    fn plans_come_true_in_their_order() {
        let mut resources = Resources::default();
        resources.put(Api::Vpc, "/instances", "a", json!({"status": "pending"}));
        let start = Moment::now(0);
        let record = resources.get_mut(Api::Vpc, "/instances", "a").unwrap();
        record.plan(start.plus_seconds(1), "status", "starting");
        record.plan(start.plus_seconds(2), "status", "running");
        let tag = record.tag.clone();
        for (seconds, status) in [(0, "pending"), (1, "starting"), (9, "running")] {
            resources.settle(start.plus_seconds(seconds));
            assert_eq!(resources.get(Api::Vpc, "/instances", "a").unwrap().text("/status"), Some(status));
        }
        assert_ne!(resources.get(Api::Vpc, "/instances", "a").unwrap().tag, tag);
    }
}
