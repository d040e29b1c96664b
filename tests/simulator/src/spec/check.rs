//! Whether a value fits its schema.

use serde_json::Value;

use super::document::Document;
use super::schema::{required, types};

/// The first thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// Where: `boot_volume_attachment.volume.name`, or empty for the whole.
    pub(crate) at: String,
    pub(crate) fault: Fault,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Missing,
    /// Why it is not valid.
    Invalid(String),
}

type Checked = Result<(), Violation>;

fn invalid(at: &str, why: String) -> Checked {
    Err(Violation { at: at.to_owned(), fault: Fault::Invalid(why) })
}

impl Document {
    pub(crate) fn check(&self, schema: &Value, value: &Value) -> Checked {
        self.check_at(schema, value, "")
    }

    pub(crate) fn fits(&self, schema: &Value, value: &Value) -> bool {
        self.check(schema, value).is_ok()
    }

    fn check_at(&self, schema: &Value, value: &Value, at: &str) -> Checked {
        let schema = self.resolve(schema);
        check_type(schema, value, at)?;
        check_values(schema, value, at)?;
        check_bounds(schema, value, at)?;
        if let Value::Array(items) = value
            && let Some(schema) = schema.get("items")
        {
            for (number, item) in items.iter().enumerate() {
                self.check_at(schema, item, &format!("{at}[{number}]"))?;
            }
        }
        if let Value::Object(fields) = value {
            if let Some(name) = required(schema).find(|name| !fields.contains_key(*name)) {
                return Err(Violation { at: join(at, name), fault: Fault::Missing });
            }
            for (name, value) in fields {
                if let Some(schema) = schema.get("properties").and_then(|properties| properties.get(name)) {
                    self.check_at(schema, value, &join(at, name))?;
                }
            }
        }
        self.check_unions(schema, value, at)
    }

    fn check_unions(&self, schema: &Value, value: &Value, at: &str) -> Checked {
        let members = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
        for member in members("allOf").into_iter().flatten() {
            self.check_at(member, value, at)?;
        }
        if let Some(members) = members("anyOf") {
            let outcomes: Vec<Checked> = members.iter().map(|member| self.check_at(member, value, at)).collect();
            self.check_any(members, &outcomes, value)?;
        }
        if let Some(members) = members("oneOf") {
            let outcomes: Vec<Checked> = members.iter().map(|member| self.check_at(member, value, at)).collect();
            self.check_any(members, &outcomes, value)?;
            if outcomes.iter().filter(|outcome| outcome.is_ok()).count() > 1 {
                return invalid(at, "it fits several alternatives that exclude each other".to_owned());
            }
        }
        match schema.get("not") {
            Some(member) if self.check_at(member, value, at).is_ok() => invalid(at, "it has what excludes each other".to_owned()),
            _ => Ok(()),
        }
    }

    /// One alternative has to fit. If none does, the one that was most likely meant tells why: that
    /// with most of its required properties, and then the one that went furthest.
    fn check_any(&self, members: &[Value], outcomes: &[Checked], value: &Value) -> Checked {
        if outcomes.is_empty() || outcomes.iter().any(Result::is_ok) {
            return Ok(());
        }
        let given = |member: &Value| required(self.resolve(member)).filter(|name| value.get(*name).is_some()).count();
        let violations = members.iter().zip(outcomes).filter_map(|(member, outcome)| Some((member, outcome.as_ref().err()?)));
        let likeliest = violations.max_by_key(|(member, violation)| (given(member), violation.at.len()));
        likeliest.map_or(Ok(()), |(_, violation)| Err(violation.clone()))
    }
}

pub(super) fn join(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

fn check_type(schema: &Value, value: &Value, at: &str) -> Checked {
    let wanted = types(schema);
    let is = |name: &&str| match *name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    };
    if wanted.is_empty() || wanted.iter().any(is) { Ok(()) } else { invalid(at, format!("expected {}", wanted.join(" or "))) }
}

fn check_values(schema: &Value, value: &Value, at: &str) -> Checked {
    if let Some(constant) = schema.get("const")
        && constant != value
    {
        return invalid(at, format!("expected {constant}"));
    }
    match schema.get("enum").and_then(Value::as_array) {
        Some(values) if !values.contains(value) => {
            let shown: Vec<String> = values.iter().take(12).map(Value::to_string).collect();
            invalid(at, format!("expected one of {}", shown.join(", ")))
        }
        _ => Ok(()),
    }
}

fn check_bounds(schema: &Value, value: &Value, at: &str) -> Checked {
    let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
    let (size, least, most, what) = match value {
        Value::Number(number) => (number.as_f64(), "minimum", "maximum", "a value"),
        Value::String(text) => (count(text.chars().count()), "minLength", "maxLength", "a length"),
        Value::Array(items) => (count(items.len()), "minItems", "maxItems", "a number of items"),
        _ => return Ok(()),
    };
    let Some(size) = size else { return Ok(()) };
    if let Some(least) = bound(least).filter(|least| size < *least) {
        return invalid(at, format!("expected {what} of at least {least}"));
    }
    if let Some(most) = bound(most).filter(|most| size > *most) {
        return invalid(at, format!("expected {what} of at most {most}"));
    }
    match schema.get("format").and_then(Value::as_str) {
        Some("date-time") if value.as_str().is_some_and(|text| !is_date_time(text)) => invalid(at, "expected a date and time".to_owned()),
        _ => Ok(()),
    }
}

fn count(number: usize) -> Option<f64> {
    u32::try_from(number).ok().map(f64::from)
}

fn is_date_time(text: &str) -> bool {
    time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::Api;
    use super::*;
    use serde_json::json;

    fn check(schema: &str, value: Value) -> Result<(), Violation> {
        Api::Vpc.document().check(&json!({ "$ref": format!("#/components/schemas/{schema}") }), &value)
    }

    #[test]
    fn bodies() {
        assert_eq!(check("CreateInstanceActionRequest", json!({"type": "stop", "more": 1})), Ok(()));
        let missing = check("CreateInstanceActionRequest", json!({})).unwrap_err();
        assert_eq!((missing.at.as_str(), missing.fault), ("type", Fault::Missing));
        assert_eq!(check("CreateInstanceActionRequest", json!({"type": "sleep"})).unwrap_err().at, "type");
        assert_eq!(check("CreateInstanceActionRequest", json!({"type": "stop", "force": "yes"})).unwrap_err().at, "force");
        assert_eq!(check("CreateInstanceActionRequest", json!([])).unwrap_err().at, "");
    }

    #[test]
    fn unions() {
        let zone = json!({"name": "us-south-1"});
        let volume = |more: Value| {
            let mut body = json!({"profile": {"name": "general-purpose"}, "zone": zone});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            check("VolumePrototype", body)
        };
        assert_eq!(volume(json!({"capacity": 10})), Ok(()));
        assert_eq!(volume(json!({"source_snapshot": {"id": "x"}})), Ok(()));
        assert!(volume(json!({})).is_err());
        assert_eq!(volume(json!({"capacity": "10"})).unwrap_err().at, "capacity");
        assert_eq!(check("VPCIdentity", json!({"name": "x"})).unwrap_err().fault, Fault::Missing);
    }
}
