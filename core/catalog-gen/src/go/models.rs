//! The Go text of structs, unions and texts with known values.

use super::names::{Spelling, constant, exported, quoted, quoted_list};
use crate::types::model::{Branch, Content, Item, Models, Property};
use crate::types::values::owners;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The type of a schema. `is_patch`: it only ever stands in merge patches.
pub(super) fn item(spelling: &Spelling, name: &str, item: &Item, is_patch: bool) -> Result<String, String> {
    match &item.content {
        Content::Struct(properties) => object(spelling, name, &item.doc, properties, is_patch),
        Content::Union { tag, branches } => union(name, &item.doc, tag.as_deref(), branches),
    }
}

fn object(spelling: &Spelling, name: &str, doc: &str, properties: &[Property], is_patch: bool) -> Result<String, String> {
    let mut out = format!("\n// {name} is {}.\ntype {name} struct {{\n", about(doc));
    let mut fields = BTreeSet::from(["Other".to_owned()]);
    for property in properties {
        let field = exported(&property.name);
        let is_null = property.is_nullable || (is_patch && !property.is_required);
        let of = if is_null { format!("values.Nullable[{}]", spelling.plain(&property.of)) } else { spelling.optional(&property.of) };
        let says_more = property.doc != format!("`{}`", property.name);
        let doc = if says_more { comment(&property.doc) } else { String::new() };
        let _ = writeln!(out, "{doc}{field} {of} `json:\"{},omitzero\"`", property.name);
        if !fields.insert(field.clone()) {
            return Err(format!("{name} has two fields {field}"));
        }
    }
    Ok(out + "// Other is what has no place in the others.\nOther map[string]values.JSON `json:\"-\"`\n}\n")
}

/// A struct with a pointer for each alternative, and the rules by which they are told apart.
fn union(name: &str, doc: &str, tag: Option<&str>, branches: &[Branch]) -> Result<String, String> {
    let told = tag.map(|tag| format!(", told apart by `{tag}`")).unwrap_or_default();
    let mut out =
        format!("\n// {name} is {}: one of several{told}. One of its fields is set.\ntype {name} struct {{\n_ codec.Union\n", about(doc));
    let mut seen = BTreeSet::from(["Other".to_owned(), "Branches".to_owned()]);
    let mut alternatives: Vec<&str> = Vec::new();
    for branch in branches {
        if alternatives.contains(&branch.name.as_str()) {
            continue;
        }
        alternatives.push(&branch.name);
        let field = variant(name, &branch.name);
        let _ = writeln!(out, "{field} *{}", branch.name);
        if !seen.insert(field.clone()) {
            return Err(format!("{name} has two alternatives {field}"));
        }
    }
    let mut rules = String::new();
    for branch in branches {
        let at = alternatives.iter().position(|name| *name == branch.name).unwrap_or_default() + 1;
        let fixed: Vec<String> = branch.fixed.iter().map(|(name, value)| format!("{}: {}", quoted(name), quoted(value))).collect();
        let _ = write!(rules, "{{Field: {at}");
        let lists = [("Tags", &branch.tags), ("Required", &branch.required), ("Known", &branch.known)];
        for (part, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
            let _ = write!(rules, ", {part}: {}", quoted_list(list));
        }
        if !fixed.is_empty() {
            let _ = write!(rules, ", Fixed: map[string]string{{{}}}", fixed.join(", "));
        }
        rules.push_str("},\n");
    }
    let _ = write!(
        out,
        "// Other is one that is not known here.\nOther values.JSON\n}}\n\n// MarshalJSON is that of the alternative that is set.\nfunc (u {name}) MarshalJSON() ([]byte, error) {{ return codec.MarshalUnion(u) }}\n\n// UnmarshalJSON sets the alternative that it is.\nfunc (u *{name}) UnmarshalJSON(text []byte) error {{\nreturn codec.UnmarshalUnion(text, u)\n}}\n\n// Branches say which alternative a value is; they are for whoever reads one.\nfunc (*{name}) Branches() (string, []codec.Branch) {{\nreturn {}, []codec.Branch{{\n{rules}}}\n}}\n",
        quoted(tag.unwrap_or_default())
    );
    Ok(out)
}

/// The field for an alternative: its name without that of the union before it.
fn variant(union: &str, alternative: &str) -> String {
    let rest = alternative.strip_prefix(union).filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
    rest.unwrap_or(alternative).to_owned()
}

/// The file of all texts with known values.
pub(super) fn values(models: &Models<'_>, spelling: &Spelling) -> Result<String, String> {
    let mut out = String::new();
    for (key, used) in &models.values {
        let name = spelling.values.get(key).ok_or("a type without a name")?;
        let _ = write!(
            out,
            "\n// {name} is `{}` of {}. Services know more values than are listed, and every text is kept.\ntype {name} string\n\n// The values of {name} that are known.\nconst (\n",
            key.0,
            owners(&used.owners)
        );
        for value in &used.values {
            let _ = writeln!(out, "{name}{} {name} = {}", constant(value), quoted(value));
        }
        out.push_str(")\n");
    }
    Ok(out)
}

/// A line above a field.
pub(super) fn comment(text: &str) -> String {
    format!("// {text}.\n")
}

/// What the documentation of a model says, after its name.
fn about(doc: &str) -> String {
    match doc.strip_prefix("Schema `").and_then(|rest| rest.split_once('`')) {
        Some((_, notes)) => format!("the schema of that name{notes}"),
        None => doc.replacen("Property", "the property", 1),
    }
}
