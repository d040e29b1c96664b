//! What has no place in a type.

use super::slot::{Place, Scalar, Shape, Slot};
use crate::wire::wipe;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// What an object holds besides its properties: those that are unknown, those that are `null`, and those whose value is
/// of another type than the API's document says. Nothing that a service sends is lost but digits of numbers
/// that [`Json`](crate::wire::Json) does not keep, and what is put here is sent.
///
/// `Debug` shows names only, since the values may be secrets; for the same reason they are overwritten when it is dropped.
#[derive(Clone, Default, PartialEq)]
#[expect(clippy::box_collection, reason = "eight bytes in every struct instead of 24")]
pub struct Other(Option<Box<BTreeMap<String, Value>>>);

impl Other {
    /// The value of `name`, if it is here.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.get(name)
    }

    /// Puts `value` here. A property of the same name, if it has a value, goes before it when it is sent.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.get_or_insert_default().insert(name.into(), value.into());
    }

    /// Takes the value of `name` away.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.0.as_mut()?.remove(name)
    }

    /// Everything, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().flat_map(|members| members.iter()).map(|(name, value)| (name.as_str(), value))
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(|members| members.is_empty())
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        self.0.iter_mut().flat_map(|members| members.values_mut()).for_each(wipe);
    }
}

impl fmt::Debug for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

/// It is filled by name only.
impl Slot for Other {
    fn put(&mut self, _: Scalar<'_>) -> bool {
        false
    }

    fn open(&mut self, _: Shape) -> Option<Place<'_>> {
        None
    }

    fn put_json(&mut self, value: Value) -> Result<(), Value> {
        Err(value)
    }

    fn clear(&mut self) {
        *self = Self::default();
    }

    fn json(&self) -> Option<Value> {
        None
    }

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        (!self.is_empty()).then_some(self)
    }

    fn other(&self) -> Option<&Other> {
        Some(self)
    }

    fn other_mut(&mut self) -> Option<&mut Other> {
        Some(self)
    }
}
