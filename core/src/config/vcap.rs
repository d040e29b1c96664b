//! `VCAP_SERVICES`, which Cloud Foundry sets.

use super::properties::{Properties, Property};
use super::refuse;
use super::surroundings::Surroundings;
use crate::error::Error;
use crate::secret::Secret;
use crate::wire::Json;
use serde_json::Value;

/// The credentials of the service instance named `service` or, if there is none, of the first instance of
/// the service offering of that name.
///
/// # Errors
/// `InvalidArgument` when the variable is not a JSON object.
pub(super) fn properties(service: &str, found: &Surroundings) -> Result<Option<Properties>, Error> {
    let Some(text) = found.variables.get("VCAP_SERVICES").filter(|text| !text.expose().trim().is_empty()) else { return Ok(None) };
    let not_json = |what: &str| refuse("VCAP_SERVICES", "the environment", &format!("expected a JSON object of services, got {what}"));
    let json = Json::parse(text.expose().as_bytes()).map_err(|what| not_json(&what))?;
    let Value::Object(offerings) = json.as_value() else { return Err(not_json("JSON of another shape")) };
    let instances = || offerings.values().filter_map(Value::as_array).flatten();
    let named = instances().find(|instance| instance.get("name").and_then(Value::as_str) == Some(service));
    let of_offering = || offerings.get(service).and_then(Value::as_array).and_then(|instances| instances.first());
    let credentials = named.or_else(of_offering).and_then(|instance| instance.get("credentials")).and_then(Value::as_object);
    Ok(credentials.map(|credentials| {
        let origin = format!("VCAP_SERVICES, credentials of {service}");
        // Later ones win: like IBM's SDKs, `iam_apikey` before `apikey`.
        let names = [("apikey", "APIKEY"), ("iam_apikey", "APIKEY"), ("username", "USERNAME"), ("password", "PASSWORD")];
        let known = names.into_iter().filter_map(|(key, name)| {
            let value = Secret::new(credentials.get(key)?.as_str()?);
            Some(Property { name: name.to_owned(), key: key.to_owned(), value, origin: origin.clone() })
        });
        let mut known: Vec<Property> = known.collect();
        // A user with a password comes first, as in IBM's SDKs; it is refused for what it is.
        if ["USERNAME", "PASSWORD"].iter().all(|name| known.iter().any(|property| property.name == *name)) {
            let (name, key) = ("AUTH_TYPE".to_owned(), "username and password".to_owned());
            known.push(Property { name, key, value: Secret::new("basic"), origin });
        }
        Properties::new(known)
    }))
}
