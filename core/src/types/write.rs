//! The writer of all types.

use super::slot::Model;
use serde_json::{Map, Value};

/// An object with every property that is there, and what is kept beside them.
pub(super) fn object(model: &dyn Model) -> Value {
    let mut members = Map::new();
    for (name, value) in model.other().into_iter().flat_map(super::Other::iter) {
        members.insert(name.to_owned(), value.clone());
    }
    for (index, name) in model.names().iter().enumerate() {
        if let Some(value) = model.slot(index).and_then(super::slot::Slot::json) {
            members.insert((*name).to_owned(), value);
        }
    }
    Value::Object(members)
}
