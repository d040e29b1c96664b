//! The Rust text of structs and unions.

use super::model::{Branch, Content, Item, Property, Type, ValuesKey};
use super::names::{constant, field};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// How types are called where they are used.
pub(super) struct Names<'a> {
    pub(super) values: &'a BTreeMap<ValuesKey, String>,
    /// Structs of merge patches.
    pub(super) patches: &'a BTreeSet<String>,
    /// The names that were used.
    pub(super) used: BTreeSet<String>,
}

impl Names<'_> {
    pub(super) fn spell(&mut self, of: &Type) -> String {
        match of {
            Type::Nothing => "()".to_owned(),
            Type::Text => "String".to_owned(),
            Type::Secret => "rt::Secret".to_owned(),
            Type::Integer => "i64".to_owned(),
            Type::Number => "f64".to_owned(),
            Type::Flag => "bool".to_owned(),
            Type::DateTime => "rt::DateTime".to_owned(),
            Type::Json => "rt::Json".to_owned(),
            Type::List(inner) => format!("Vec<{}>", self.spell(inner)),
            Type::Map(inner) => format!("rt::BTreeMap<String, {}>", self.spell(inner)),
            Type::Named(name) => self.name(name),
            Type::Values(key) => {
                let name = self.values.get(key).cloned().unwrap_or_default();
                self.name(&name)
            }
        }
    }

    fn name(&mut self, name: &str) -> String {
        self.used.insert(name.to_owned());
        name.to_owned()
    }
}

pub(super) fn item(names: &mut Names<'_>, name: &str, item: &Item) -> Result<String, String> {
    match &item.content {
        Content::Struct(properties) => object(names, name, &item.doc, properties),
        Content::Union { tag, branches } => union(names, name, &item.doc, tag.as_deref(), branches),
    }
}

fn object(names: &mut Names<'_>, name: &str, doc: &str, properties: &[Property]) -> Result<String, String> {
    let is_patch = names.patches.contains(name);
    let constants: Vec<&Property> = properties.iter().filter(|property| property.constant.is_some()).collect();
    let mut out = format!("\n/// {doc}.\n#[derive(Clone, Default)]\npub struct {name} {{\n");
    let mut fields = Vec::new();
    for property in properties {
        let of = names.spell(&property.of);
        let place = if is_patch && !property.is_required { format!("rt::Patch<{of}>") } else { format!("Option<{of}>") };
        let field = field(&property.name);
        if field == "other" || fields.contains(&field) {
            return Err(format!("{name} has two fields {field}"));
        }
        let _ = writeln!(out, "/// {}.\npub {field}: {place},", property.doc);
        fields.push(field);
    }
    out.push_str("/// What has no place in the others.\npub other: rt::Other,\n}\n");
    if !constants.is_empty() {
        out.push_str(&constructor(names, name, &constants));
    }
    let listed: Vec<&str> = properties.iter().map(|property| property.name.as_str()).collect();
    out.push_str(&model(name, &listed, &fields, true));
    Ok(out)
}

/// What is always the same can be there from the start.
fn constructor(names: &mut Names<'_>, name: &str, constants: &[&Property]) -> String {
    let mut out = format!("\nimpl {name} {{\n/// With what is always the same.\n#[must_use]\npub fn new() -> Self {{\nSelf {{\n");
    for property in constants {
        let value = property.constant.as_deref().unwrap_or_default();
        let _ = writeln!(out, "{}: Some({}::{}),", field(&property.name), names.spell(&property.of), constant(value));
    }
    out.push_str("..Self::default()\n}\n}\n}\n");
    out
}

/// What the reader and the writer have to know of a struct.
pub(super) fn model(name: &str, listed: &[&str], fields: &[String], is_open: bool) -> String {
    // What has no place in the others comes after them.
    let other = is_open.then(|| "other".to_owned());
    let fields: Vec<&String> = fields.iter().chain(&other).collect();
    let slots =
        |reference: &str| -> String { fields.iter().enumerate().map(|(i, field)| format!("{i} => {reference}self.{field},\n")).collect() };
    let body = |reference: &str| {
        if fields.is_empty() { "None".to_owned() } else { format!("Some(match index {{\n{}_ => return None,\n}})", slots(reference)) }
    };
    let index = if fields.is_empty() { "_" } else { "index" };
    let mut out = format!(
        "\nimpl rt::Model for {name} {{\n#[inline]\nfn names(&self) -> &'static [&'static str] {{ &{listed:?} }}\n\n#[inline]\nfn slot(&self, {index}: usize) -> Option<&dyn rt::Slot> {{\n{}\n}}\n\n#[inline]\nfn slot_mut(&mut self, {index}: usize) -> Option<&mut dyn rt::Slot> {{\n{}\n}}\n",
        body("&"),
        body("&mut ")
    );
    let _ = write!(
        out,
        "}}\n\nimpl fmt::Debug for {name} {{\n#[inline]\nfn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{ rt::debug({name:?}, self, f) }}\n}}\n\nimpl PartialEq for {name} {{\n#[inline]\nfn eq(&self, other: &Self) -> bool {{ rt::is_same(self, other) }}\n}}\n"
    );
    out
}

fn union(names: &mut Names<'_>, name: &str, doc: &str, tag: Option<&str>, branches: &[Branch]) -> Result<String, String> {
    let told = tag.map(|tag| format!(", told apart by `{tag}`")).unwrap_or_default();
    let mut out = format!("\n/// {doc}: one of several{told}.\n#[derive(Clone, Debug, PartialEq)]\npub enum {name} {{\n");
    let (mut reads, mut writes, mut rules, mut froms) = (String::new(), String::new(), String::new(), String::new());
    let mut seen = BTreeSet::from(["Other".to_owned()]);
    for branch in branches {
        let _ = writeln!(
            rules,
            "rt::Branch {{ tags: &{:?}, required: &{:?}, fixed: &{:?}, known: &{:?} }},",
            branch.tags, branch.required, branch.fixed, branch.known
        );
    }
    let mut alternatives: Vec<&str> = Vec::new();
    for branch in branches {
        if !alternatives.contains(&branch.name.as_str()) {
            alternatives.push(&branch.name);
        }
    }
    for alternative in alternatives {
        let of = names.name(alternative);
        let variant = alternative.strip_prefix(name).filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
        let variant = variant.unwrap_or(alternative);
        if !seen.insert(variant.to_owned()) {
            return Err(format!("{name} has two variants {variant}"));
        }
        let indexes: Vec<usize> =
            (0..branches.len()).filter(|&i| branches.get(i).is_some_and(|branch| branch.name == alternative)).collect();
        let indexes = match indexes.as_slice() {
            [first, .., last] if last - first == indexes.len() - 1 => format!("{first}..={last}"),
            _ => indexes.iter().map(usize::to_string).collect::<Vec<_>>().join(" | "),
        };
        let _ = writeln!(out, "/// Schema `{of}`.\n{variant}(Box<{of}>),");
        let _ = writeln!(reads, "Some({indexes}) => Self::{variant}(rt::read(value)?),");
        let _ = writeln!(writes, "Self::{variant}(value) => value.json(),");
        let _ = write!(
            froms,
            "\nimpl From<{of}> for {name} {{\n#[inline]\nfn from(value: {of}) -> Self {{ Self::{variant}(Box::new(value)) }}\n}}\n"
        );
    }
    let _ = write!(
        out,
        "/// One that is not known here.\nOther(rt::Json),\n}}\n\nimpl Default for {name} {{\n#[inline]\nfn default() -> Self {{ Self::Other(rt::Value::Null.into()) }}\n}}\n{froms}\nimpl rt::Typed for {name} {{\n#[inline]\nfn from_whole(value: rt::Value) -> Result<Self, rt::Value> {{\nlet branches = &[{rules}];\nOk(match rt::choose(&value, {tag:?}, branches) {{\n{reads}_ => Self::Other(rt::unknown(value)?),\n}})\n}}\n\n#[inline]\nfn json(&self) -> rt::Value {{\nmatch self {{\n{writes}Self::Other(json) => json.as_value().clone(),\n}}\n}}\n}}\n"
    );
    Ok(out)
}
