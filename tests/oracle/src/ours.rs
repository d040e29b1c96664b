//! What the catalog makes of arguments.

use crate::record::Request;
use crate::sets::Set;
use serde_json::{Map, Value};
use trusted_profile_core::catalog;
use trusted_profile_core::operation::Target;
use trusted_profile_core::wire::{BaseUrl, Json};

/// The service's address that both sides use.
///
/// # Errors
/// Never, as it is a good one.
pub fn target() -> Result<Target, String> {
    BaseUrl::parse("base", "https://oracle.example").map(Target::new).map_err(|e| e.to_string())
}

/// The request for a set.
///
/// # Errors
/// Why the catalog refuses it.
pub fn request(set: &Set) -> Result<Request, String> {
    let id = format!("{}.{}", set.service, set.operation);
    build(&id, &set.arguments)
}

/// The request of the operation `id` for `arguments`.
///
/// # Errors
/// Why the catalog refuses it.
pub fn build(id: &str, arguments: &Map<String, Value>) -> Result<Request, String> {
    let arguments = Json::from(Value::Object(arguments.clone()));
    let request = catalog::build(id, &arguments, &target()?).map_err(|e| e.message().to_owned())?;
    let mut query: Vec<(String, String)> =
        form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect();
    query.sort();
    let headers =
        request.headers().iter().map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let headers = headers.collect::<std::collections::BTreeMap<_, _>>();
    let text = String::from_utf8_lossy(request.body()).into_owned();
    let is_json = headers.get("content-type").is_some_and(|value| value.contains("json"));
    let body = match text.as_str() {
        "" => Value::Null,
        _ if is_json => serde_json::from_str(&text).map_err(|e| e.to_string())?,
        _ => text.into(),
    };
    Ok(Request { method: request.method().to_string(), path: request.uri().path().to_owned(), query, headers, body })
}
