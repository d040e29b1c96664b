//! Texts with known values.

use super::model::{Models, ValuesKey};
use super::names::{constant, is_reserved};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The name of each such type: that of the property, if all properties of that name have the same values; otherwise
/// with the schema before it. `pascal` spells names of types.
pub(crate) fn names(
    models: &Models<'_>,
    taken: &BTreeSet<String>,
    pascal: fn(&str) -> String,
) -> Result<BTreeMap<ValuesKey, String>, String> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for (property, _) in models.values.keys() {
        *count.entry(property).or_default() += 1;
    }
    let mut names = BTreeMap::new();
    let mut seen = taken.clone();
    for (key, used) in &models.values {
        let (property, values) = key;
        let owner = used.owners.iter().min_by_key(|owner| owner.len()).map_or("", String::as_str);
        let is_only = (count.get(property.as_str()) == Some(&1) || values.is_empty()) && !is_reserved(&pascal(property));
        let mut name = if is_only { pascal(property) } else { [owner, &pascal(property)].concat() };
        if seen.contains(&name) {
            name.push_str("Value");
        }
        if !seen.insert(name.clone()) {
            return Err(format!("two types are called {name}"));
        }
        names.insert(key.clone(), name);
    }
    Ok(names)
}

/// The file of all of them.
pub(super) fn file(models: &Models<'_>, names: &BTreeMap<ValuesKey, String>) -> Result<String, String> {
    let mut out = format!(
        "//! {}: texts with known values. Services know more, and every text is kept.\n\nuse crate::types::runtime as rt;\n",
        models.service.title
    );
    for (key, used) in &models.values {
        let name = names.get(key).ok_or("a type without a name")?;
        let _ = write!(
            out,
            "\n/// `{}` of {}.\n#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]\npub struct {name}(rt::Cow<'static, str>);\n\nimpl {name} {{\n",
            key.0,
            owners(&used.owners)
        );
        let mut seen = BTreeSet::new();
        for value in &used.values {
            let constant = constant(value);
            if !seen.insert(constant.clone()) {
                return Err(format!("{name} has two constants {constant}"));
            }
            let _ = writeln!(out, "/// `{value}`.\npub const {constant}: Self = Self(rt::Cow::Borrowed({value:?}));");
        }
        out.push_str("\n/// Its text.\n#[must_use]\n#[inline]\npub fn as_str(&self) -> &str { &self.0 }\n}\n");
        let _ = write!(
            out,
            "\nimpl From<&str> for {name} {{\n#[inline]\nfn from(text: &str) -> Self {{ Self(rt::Cow::Owned(text.to_owned())) }}\n}}\n\nimpl From<String> for {name} {{\n#[inline]\nfn from(text: String) -> Self {{ Self(rt::Cow::Owned(text)) }}\n}}\n"
        );
        let _ = write!(
            out,
            "\nimpl rt::Typed for {name} {{\n#[inline]\nfn from_scalar(scalar: rt::Scalar<'_>) -> Option<Self> {{ rt::text(scalar).map(Self) }}\n\n#[inline]\nfn json(&self) -> rt::Value {{ self.as_str().into() }}\n\n#[inline]\nfn is_none(&self) -> bool {{ self.0.is_empty() }}\n}}\n"
        );
    }
    Ok(out)
}

pub(crate) fn owners(owners: &BTreeSet<String>) -> String {
    let first: Vec<String> = owners.iter().take(3).map(|owner| format!("`{owner}`")).collect();
    let more = if owners.len() > 3 { " and others" } else { "" };
    first.join(", ") + more
}
