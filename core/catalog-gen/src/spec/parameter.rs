//! One parameter of an operation.

use super::openapi;
use serde_json::Value;

/// A parameter: its names, where it goes, and of which kind it is.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// As it stands on the wire, such as `resource_group.id`.
    pub name: String,
    /// As callers know it, such as `resource_group_id`.
    pub argument: String,
    /// Where it goes.
    pub place: Place,
    /// Whether the call is an error without it.
    pub required: bool,
    /// Of which kind its value is.
    pub kind: Kind,
    /// The values the document lists; services know more.
    pub values: Vec<String>,
    /// The one value it ever has. Callers do not give it.
    pub constant: Option<String>,
    /// Whether its value is a secret.
    pub sensitive: bool,
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A segment of the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
}

/// Of which kind a parameter's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// A list of texts, sent as one value with commas between.
    Texts,
}

impl Parameter {
    pub(super) fn read(raw: &openapi::Parameter) -> Result<Self, String> {
        let place = match raw.place.as_str() {
            "path" => Place::Path,
            "query" => Place::Query,
            "header" => Place::Header,
            other => return Err(format!("parameter {} is in {other}", raw.name)),
        };
        let text = |name: &str| raw.schema.get(name).and_then(Value::as_str);
        let kind = match text("type") {
            Some("string") => Kind::Text,
            Some("integer") => Kind::Integer,
            Some("boolean") => Kind::Boolean,
            Some("array") if raw.style.as_deref() == Some("form") && raw.explode == Some(false) => Kind::Texts,
            other => return Err(format!("parameter {} is of a kind that is not known: {other:?}", raw.name)),
        };
        Ok(Self {
            argument: argument_name(&raw.name),
            name: raw.name.clone(),
            place,
            required: raw.required,
            kind,
            values: values(&raw.schema).or_else(|| raw.schema.get("items")?.as_object().and_then(values)).unwrap_or_default(),
            constant: text("const").map(str::to_owned),
            sensitive: raw.schema.get("x-sensitive").is_some(),
        })
    }
}

fn values(schema: &serde_json::Map<String, Value>) -> Option<Vec<String>> {
    let listed = schema.get("enum").or_else(|| schema.get("x-extensible-enum"))?.as_array()?;
    Some(listed.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// The argument for a parameter: its name in lower case, every run of other characters as one `_`. The one exception is
/// a header whose name hides a word boundary.
#[must_use]
pub fn argument_name(name: &str) -> String {
    if name == "IAM-ApiKey" {
        return "iam_api_key".to_owned();
    }
    let mut out = String::new();
    for c in name.chars() {
        match c {
            _ if c.is_ascii_alphanumeric() => out.push(c.to_ascii_lowercase()),
            _ if out.ends_with('_') => {}
            _ => out.push('_'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_named_by_one_rule() {
        for (name, argument) in [
            ("resource_group.id", "resource_group_id"),
            ("profile-id", "profile_id"),
            ("If-Match", "if_match"),
            ("IAM-ApiKey", "iam_api_key"),
            ("idOrName", "idorname"),
            ("instance_group_membership.instance_group.crn", "instance_group_membership_instance_group_crn"),
        ] {
            assert_eq!(argument_name(name), argument);
        }
    }
}
