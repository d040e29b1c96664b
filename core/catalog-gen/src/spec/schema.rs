//! Schemas of bodies, as far as code is made from them. Rules about which properties have to be present together are left
//! aside: the services check those, and answers may break them.

use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a value is.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// The named schema that this is. What stands beside it holds as well.
    pub reference: Option<String>,
    /// What it is as a simple value or a list; none for a reference, or where anything goes.
    pub scalar: Option<Scalar>,
    /// Whether `null` is known to be one of its values.
    pub nullable: bool,
    /// The properties of an object.
    pub properties: BTreeMap<String, Schema>,
    /// Those that the newest version of the service always sends, or wants.
    pub required: BTreeSet<String>,
    /// What other properties hold.
    pub additional: Additional,
    /// The items of a list.
    pub items: Option<Box<Schema>>,
    /// The alternatives, where there are some. An object may have properties of its own beside them.
    pub union: Option<Union>,
    /// The values the document lists; services know more.
    pub values: Vec<String>,
    /// The one text that it ever is.
    pub constant: Option<String>,
    /// The format of a text, such as `date-time`.
    pub format: Option<String>,
    /// Whether it is a secret.
    pub sensitive: bool,
    /// Whether the service wants no newcomers to use it.
    pub deprecated: bool,
    /// The version date it came with, if known.
    pub since: Option<String>,
    /// The union that it is a branch of.
    pub member_of: Option<String>,
}

/// The types of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are what they are called")]
pub enum Scalar {
    Object,
    Array,
    String,
    Integer,
    Number,
    Boolean,
    Null,
}

/// What properties hold that are not listed.
#[derive(Clone, Debug, Default)]
pub enum Additional {
    /// Nothing is said: the object is open like all others.
    #[default]
    Unsaid,
    /// Anything: the object is a map.
    Anything,
    /// Values of this schema: the object is a map.
    Of(Box<Schema>),
}

/// Alternatives.
#[derive(Clone, Debug)]
pub struct Union {
    /// Whether a value may fit several.
    pub kind: UnionKind,
    /// The branches.
    pub branches: Vec<Schema>,
    /// The property that tells them apart, if there is one.
    pub tag: Option<Tag>,
}

/// Whether a value may fit several branches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnionKind {
    /// Exactly one.
    OneOf,
    /// The caller gives one; an answer may fit several.
    AnyOf,
}

/// A property that tells branches apart.
#[derive(Clone, Debug)]
pub struct Tag {
    /// The property.
    pub property: String,
    /// Its values, and the named schema that each means.
    pub mapping: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Raw {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    #[serde(rename = "type")]
    types: Option<OneOrMany>,
    #[serde(default)]
    properties: BTreeMap<String, Value>,
    #[serde(default)]
    required: BTreeSet<String>,
    #[serde(rename = "additionalProperties")]
    additional: Option<Value>,
    items: Option<Value>,
    #[serde(rename = "oneOf", default)]
    one_of: Vec<Value>,
    #[serde(rename = "anyOf", default)]
    any_of: Vec<Value>,
    discriminator: Option<Discriminator>,
    #[serde(rename = "x-derived-discriminator")]
    derived: Option<Discriminator>,
    #[serde(rename = "enum", default)]
    values: Vec<Value>,
    #[serde(rename = "x-extensible-enum", default)]
    extensible: Vec<Value>,
    #[serde(rename = "const")]
    constant: Option<String>,
    format: Option<String>,
    #[serde(rename = "x-sensitive", default)]
    sensitive: bool,
    #[serde(default)]
    deprecated: bool,
    #[serde(rename = "x-since")]
    since: Option<String>,
    #[serde(rename = "x-union-member-of")]
    member_of: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Discriminator {
    #[serde(rename = "propertyName")]
    property: String,
    #[serde(default)]
    mapping: BTreeMap<String, String>,
}

impl Schema {
    pub(super) fn read(value: &Value) -> Result<Self, String> {
        if value.is_boolean() {
            return Ok(Self::default());
        }
        let raw = Raw::deserialize(value).map_err(|e| e.to_string())?;
        let (scalar, mut nullable) = scalar(raw.types)?;
        let mut reference = raw.reference.as_deref().map(named).transpose()?;
        let (kind, branches) = if raw.one_of.is_empty() { (UnionKind::AnyOf, raw.any_of) } else { (UnionKind::OneOf, raw.one_of) };
        let branches = branches.iter().filter(|branch| is_type(branch)).map(Self::read).collect::<Result<Vec<_>, _>>()?;
        let (nulls, mut branches): (Vec<_>, Vec<_>) = branches.into_iter().partition(|branch| branch.scalar == Some(Scalar::Null));
        nullable |= !nulls.is_empty();
        // A reference that may be null is written as two alternatives.
        if let ([Self { reference: Some(name), .. }], true, None) = (branches.as_slice(), nullable, &reference) {
            reference = Some(name.clone());
            branches.clear();
        }
        let tag = raw.discriminator.or(raw.derived).map(Tag::read).transpose()?;
        Ok(Self {
            reference,
            scalar,
            nullable,
            properties: raw.properties.iter().map(|(name, value)| Ok((name.clone(), Self::read(value)?))).collect::<Result<_, String>>()?,
            required: raw.required,
            additional: match raw.additional {
                None | Some(Value::Bool(false)) => Additional::Unsaid,
                Some(Value::Bool(true)) => Additional::Anything,
                Some(schema) => Additional::Of(Box::new(Self::read(&schema)?)),
            },
            items: raw.items.as_ref().map(Self::read).transpose()?.map(Box::new),
            union: (!branches.is_empty()).then_some(Union { kind, branches, tag }),
            values: [raw.values, raw.extensible].concat().iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            constant: raw.constant,
            format: raw.format,
            sensitive: raw.sensitive,
            deprecated: raw.deprecated,
            since: raw.since,
            member_of: raw.member_of,
        })
    }
}

impl Tag {
    fn read(raw: Discriminator) -> Result<Self, String> {
        let mapping = raw.mapping.into_iter().map(|(value, reference)| Ok((value, named(&reference)?)));
        Ok(Self { property: raw.property, mapping: mapping.collect::<Result<_, String>>()? })
    }
}

/// The name in a reference to a named schema.
fn named(reference: &str) -> Result<String, String> {
    let name = reference.strip_prefix("#/components/schemas/");
    name.map(str::to_owned).ok_or_else(|| format!("{reference} is not a schema of this document"))
}

/// The type, and whether `null` is beside it. Two types besides that mean that anything goes.
fn scalar(types: Option<OneOrMany>) -> Result<(Option<Scalar>, bool), String> {
    let types = match types {
        None => return Ok((None, false)),
        Some(OneOrMany::One(one)) => return Ok((Some(Scalar::read(&one)?), false)),
        Some(OneOrMany::Many(many)) => many,
    };
    let nullable = types.iter().any(|name| name == "null");
    let others = types.iter().filter(|name| *name != "null").map(|name| Scalar::read(name)).collect::<Result<Vec<_>, _>>()?;
    match others.as_slice() {
        [one] => Ok((Some(*one), nullable)),
        _ => Ok((None, nullable)),
    }
}

impl Scalar {
    fn read(name: &str) -> Result<Self, String> {
        Ok(match name {
            "object" => Self::Object,
            "array" => Self::Array,
            "string" => Self::String,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "null" => Self::Null,
            other => return Err(format!("type {other} is not known")),
        })
    }
}

/// Whether an alternative is a type rather than a rule about which properties have to be present.
fn is_type(branch: &Value) -> bool {
    branch.get("$ref").is_some() || branch.get("type").is_some() || branch.get("properties").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Schema {
        Schema::read(&value).unwrap()
    }

    #[test]
    fn a_reference_may_be_null() {
        let schema = read(json!({ "anyOf": [{ "$ref": "#/components/schemas/A" }, { "type": "null" }] }));
        assert_eq!((schema.reference.as_deref(), schema.nullable, schema.union.is_none()), (Some("A"), true, true));
        let schema = read(json!({ "type": ["integer", "null"] }));
        assert_eq!((schema.scalar, schema.nullable), (Some(Scalar::Integer), true));
        assert_eq!(read(json!({ "type": ["string", "integer"] })).scalar, None);
    }

    #[test]
    fn rules_about_presence_are_no_types() {
        let schema = read(json!({ "type": "object", "properties": { "a": {} }, "oneOf": [{ "required": ["a"] }, { "not": {} }] }));
        assert!(schema.union.is_none() && schema.properties.contains_key("a"));
    }

    #[test]
    fn unions_keep_their_tag() {
        let schema = read(json!({
            "oneOf": [{ "$ref": "#/components/schemas/A" }, { "$ref": "#/components/schemas/B" }],
            "x-derived-discriminator": { "propertyName": "kind", "mapping": { "a": "#/components/schemas/A" } },
        }));
        let union = schema.union.unwrap();
        assert_eq!((union.kind, union.branches.len()), (UnionKind::OneOf, 2));
        assert_eq!(union.tag.unwrap().mapping["a"], "A");
        assert!(Schema::read(&json!({ "$ref": "elsewhere.json" })).is_err() && Schema::read(&json!({ "type": "date" })).is_err());
    }
}
