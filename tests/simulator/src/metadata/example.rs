//! The example that every collection has, also those that no simulated instance has anything in.

use serde_json::{Value, json};

use crate::api::EXAMPLE;
use crate::exchange::Received;
use crate::spec::{Api, Maker, Routed};

/// The item, if the path ends with the id that every collection knows.
pub(super) fn of(request: &Received) -> Option<Value> {
    let document = Api::Metadata.document();
    let Routed::Found { operation, arguments } = document.route(&request.method, &request.path) else { return None };
    arguments.last().filter(|(_, id)| id == EXAMPLE)?;
    let mut value = Maker::new(document, &request.path).make(operation.schema()?, EXAMPLE);
    if let Some(id) = value.get_mut("id") {
        *id = json!(EXAMPLE);
    }
    Some(value)
}
