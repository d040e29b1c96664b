//! An item that somebody has just made: with what the service gives it, and nothing that is made up.

use serde_json::{Value, json};

use super::{parents, shape};
use crate::api::Call;
use crate::spec::Segment;

/// The example of the collection without what its maker could have given and did not give, and with
/// empty lists.
pub(crate) fn item(call: &Call<'_>, template: &[Segment], collection: &str, id: &str, given: &Value) -> Value {
    let mut value = parents::example(call, template, collection, id);
    let (Some(schema), Some(fields)) = (shape::item_schema(call.document, template), value.as_object_mut()) else { return value };
    let body = shape::of_collection(call.document, template, "POST").and_then(|create| create.body.as_ref());
    let is_made_up = |name: &str| {
        let could_be_given = body.is_some_and(|body| call.document.property(&body.schema, name).is_some());
        could_be_given && name != "name" && given.get(name).is_none() && !call.document.requires(schema, name)
    };
    fields.retain(|name, _| !is_made_up(name));
    for (name, list) in fields.iter_mut().filter(|(_, value)| value.is_array()) {
        let none = json!([]);
        if call.document.property(schema, name).is_some_and(|property| call.document.fits(property, &none)) {
            *list = none;
        }
    }
    value
}
