//! Values that are one of several types.

use super::read::Reader;
use super::slot::Typed;
use crate::wire::Json;
use serde::de::DeserializeSeed;
use serde_json::Value;

/// An alternative of a union.
#[derive(Clone, Copy, Debug)]
pub struct Branch {
    /// The values of the property that tells the alternatives apart which mean this one.
    pub tags: &'static [&'static str],
    /// The properties that it always has.
    pub required: &'static [&'static str],
    /// The properties that have one value each, if they are there.
    pub fixed: &'static [(&'static str, &'static str)],
    /// All its properties.
    pub known: &'static [&'static str],
}

/// Which alternative a value is. The first whose tag it has; without a tag, the first of which all properties that are
/// required are there, and none has a value that means another one; rather one that knows every property than one that does
/// not. None: it is one that is not known.
#[must_use]
pub fn choose(value: &Value, tag: Option<&str>, branches: &[Branch]) -> Option<usize> {
    let members = value.as_object()?;
    if let Some(tag) = tag.and_then(|tag| members.get(tag)) {
        let tag = tag.as_str()?;
        return branches.iter().position(|branch| branch.tags.contains(&tag));
    }
    let fits = |branch: &Branch| {
        let is_whole = branch.required.iter().all(|name| members.contains_key(*name));
        is_whole && branch.fixed.iter().all(|(name, value)| members.get(*name).is_none_or(|given| given == value))
    };
    let knows_all = |branch: &Branch| members.keys().all(|name| branch.known.contains(&name.as_str()));
    let best = branches.iter().position(|branch| fits(branch) && knows_all(branch));
    best.or_else(|| branches.iter().position(fits))
}

/// Reads a value as the alternative that it is.
///
/// # Errors
/// The value, if it is none of those.
pub fn read<T: Typed>(value: Value) -> Result<Box<T>, Value> {
    let mut read = None::<T>;
    match Reader(&mut read).deserialize(value) {
        Ok(None) => {}
        Ok(Some(odd)) => return Err(odd),
        // JSON that was read before cannot be malformed.
        Err(_) => return Err(Value::Null),
    }
    read.map(Box::new).ok_or(Value::Null)
}

/// A value that is no alternative that is known: any object may be one that is newer.
///
/// # Errors
/// The value, if it is not an object.
pub fn unknown(value: Value) -> Result<Json, Value> {
    if value.is_object() { Ok(value.into()) } else { Err(value) }
}
