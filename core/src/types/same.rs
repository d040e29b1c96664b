//! What else all structs have in common: they can be shown and compared.

use super::slot::{Model, Slot};
use crate::wire::wipe;
use serde_json::Value;
use std::fmt;

/// Shows the properties that are there, and the names of what is kept beside them. Secrets show themselves as such.
///
/// # Errors
/// Those of `f`.
pub fn debug(name: &str, model: &dyn Model, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut shown = f.debug_struct(name);
    for (index, name) in model.names().iter().enumerate() {
        if let Some(value) = model.slot(index).and_then(Slot::shown) {
            shown.field(name, value);
        }
    }
    if let Some(other) = model.other().filter(|other| !other.is_empty()) {
        shown.field("other", other);
    }
    shown.finish()
}

/// Whether two structs of one type have the same in them.
pub fn is_same(a: &dyn Model, b: &dyn Model) -> bool {
    let slots = (0..a.names().len()).all(|index| {
        let (mut a, mut b) = (json(a.slot(index)), json(b.slot(index)));
        let is_same = a == b;
        // They may be secrets.
        a.iter_mut().chain(&mut b).for_each(wipe);
        is_same
    });
    slots && a.other() == b.other()
}

fn json(slot: Option<&dyn Slot>) -> Option<Value> {
    slot?.json()
}
