//! `/control/v1/journal`

use serde_json::{Value, json};

use super::{Call, Outcome, done, ok};
use crate::journal::Entry;

pub(crate) fn route(call: &Call<'_>, path: &[&str]) -> Outcome {
    match (call.method(), path) {
        ("GET", ["journal"]) => {
            let raw = call.request.parameter("raw").as_deref() == Some("1");
            let redactor = (!raw).then(|| call.controls.world().redactor());
            let entries: Vec<Value> = selected(call).iter().map(|entry| entry.view(redactor.as_ref())).collect();
            Ok(ok(&json!({ "entries": entries })))
        }
        ("GET", ["journal", "count"]) => Ok(ok(&json!({"count": selected(call).len()}))),
        ("DELETE", ["journal"]) => {
            call.controls.journal().clear();
            Ok(done())
        }
        _ => Err(call.unknown()),
    }
}

/// The entries that the query parameters `service`, `method` and `path` select.
fn selected(call: &Call<'_>) -> Vec<Entry> {
    let wanted = |name: &str| call.request.parameter(name);
    let (service, method, path) = (wanted("service"), wanted("method"), wanted("path"));
    let fits = |wanted: &Option<String>, actual: &str| wanted.as_deref().is_none_or(|wanted| wanted == actual);
    let mut entries = call.controls.journal().entries();
    entries.retain(|entry| fits(&service, entry.service.name()) && fits(&method, &entry.method) && fits(&path, &entry.path));
    entries
}
