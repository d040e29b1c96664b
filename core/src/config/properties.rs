//! The settings of one service from one place.

use super::names::{AUTHENTICATION, DISABLE_SSL, NEVER_EMPTY, OF_THE_SERVICE};
use super::{Setting, refuse};
use crate::error::Error;
use crate::secret::Secret;
use std::collections::BTreeMap;

/// A setting as it was found.
#[derive(Clone, Debug)]
pub(super) struct Property {
    /// The name without the service's prefix, such as `AUTH_TYPE`.
    pub(super) name: String,
    /// The name as the user wrote it.
    pub(super) key: String,
    pub(super) value: Secret,
    /// Where it was found, for people.
    pub(super) origin: String,
}

/// The settings of one service from one place.
#[derive(Clone, Debug)]
pub(super) struct Properties {
    unused: Vec<Property>,
    pub(super) settings: Vec<Setting>,
}

impl Properties {
    pub(super) const fn new(properties: Vec<Property>) -> Self {
        Self { unused: properties, settings: Vec::new() }
    }

    /// The environment variables with `prefix`.
    pub(super) fn of_variables(prefix: &str, variables: &BTreeMap<String, Secret>) -> Self {
        let properties = variables.iter().filter_map(|(key, value)| {
            let name = key.strip_prefix(prefix)?.to_owned();
            Some(Property { name, key: key.clone(), value: value.clone(), origin: "the environment".to_owned() })
        });
        Self::new(properties.collect())
    }

    pub(super) fn speak_of_authentication(&self) -> bool {
        self.unused.iter().any(|property| AUTHENTICATION.contains(&property.name.as_str()) || is_switched_on(property))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The last one of that name: later lines win, as in every SDK.
    pub(super) fn find(&self, name: &str) -> Option<&Property> {
        self.unused.iter().rev().find(|property| property.name == name)
    }

    /// Uses the property `name` as `option`. An empty one counts as absent, unless it names an identity.
    ///
    /// # Errors
    /// `InvalidArgument` for an identity that is empty.
    pub(super) fn take(&mut self, name: &str, option: &'static str) -> Result<Option<Secret>, Error> {
        let Some(property) = self.find(name).cloned() else { return Ok(None) };
        self.unused.retain(|other| other.name != name);
        if property.value.is_empty() {
            if NEVER_EMPTY.contains(&name) {
                return Err(refuse(&property.key, &property.origin, "expected a value, got nothing; remove it if it is not meant"));
            }
            return Ok(None);
        }
        self.settings.push(Setting { option, origin: format!("{} in {}", property.key, property.origin) });
        Ok(Some(property.value))
    }

    /// The same for what is no secret.
    pub(super) fn take_text(&mut self, name: &str, option: &'static str) -> Result<Option<String>, Error> {
        Ok(self.take(name, option)?.map(|value| value.expose().to_owned()))
    }

    /// R20: the verification of certificates is not for settings to switch off.
    ///
    /// # Errors
    /// `InvalidArgument` names the setting.
    pub(super) fn refuse_disabled_tls(&mut self) -> Result<(), Error> {
        if let Some(on) = self.unused.iter().find(|property| is_switched_on(property)) {
            let what = "expected false, since certificates are always verified; trust the issuer with ca_bundle or SSL_CERT_FILE instead";
            return Err(refuse(&on.key, &on.origin, what));
        }
        self.unused.retain(|property| !DISABLE_SSL.contains(&property.name.as_str()));
        Ok(())
    }

    /// What is there and comes too late, for people.
    pub(super) fn too_late(&self, first: &str) -> Vec<String> {
        let speaking = self.unused.iter().filter(|property| AUTHENTICATION.contains(&property.name.as_str()));
        speaking.map(|property| format!("{} in {}: the settings in {first} come first", property.key, property.origin)).collect()
    }

    /// Where it was found: the place, without the line.
    pub(super) fn place(&self) -> String {
        let origin = self.unused.first().map(|property| property.origin.as_str()).unwrap_or_default();
        origin.split(", ").next().unwrap_or_default().to_owned()
    }

    /// What nobody used, for people.
    pub(super) fn others(&self) -> Vec<String> {
        let of_the_service = |property: &&Property| OF_THE_SERVICE.contains(&property.name.as_str());
        let others = self.unused.iter().filter(|property| !of_the_service(property));
        others
            .map(|property| {
                let (key, why) = match property.key.as_str() {
                    key if AUTHENTICATION.contains(&property.name.as_str()) => (key, "this source has no use for it"),
                    key if is_name(key) => (key, "not a known setting"),
                    // What stands before a `=` in the wrong place may be a secret.
                    _ => ("a setting", "its name is not one that a setting can have"),
                };
                format!("{key} in {}: {why}", property.origin)
            })
            .collect()
    }
}

fn is_name(key: &str) -> bool {
    key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

/// Whether it would switch verification off: all that any of IBM's SDKs takes for true, and whatever is not
/// plainly false.
fn is_switched_on(property: &Property) -> bool {
    let value = property.value.expose().to_ascii_lowercase();
    DISABLE_SSL.contains(&property.name.as_str()) && !matches!(value.as_str(), "" | "false" | "f" | "0" | "no" | "off")
}
