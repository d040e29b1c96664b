//! The simple types of values, lists and maps.

use super::slot::{Items, Place, Scalar, Shape, Slot, Typed};
use crate::secret::Secret;
use crate::time::parse_rfc3339;
use crate::wire::Json;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// A date and time, as the service wrote it: no digit of it is lost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DateTime(String);

impl DateTime {
    /// From its text, in RFC 3339, such as `2026-11-28T12:00:00Z`.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The whole seconds since 1970-01-01T00:00:00Z. None: the text is no RFC 3339.
    #[must_use]
    pub fn unix_seconds(&self) -> Option<i64> {
        parse_rfc3339(&self.0)
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for DateTime {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for DateTime {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Typed for DateTime {
    fn from_scalar(scalar: Scalar<'_>) -> Option<Self> {
        String::from_scalar(scalar).map(Self)
    }

    fn json(&self) -> Value {
        self.0.as_str().into()
    }
}

/// A text with known values, of which none is taken for granted.
#[must_use]
pub fn text(scalar: Scalar<'_>) -> Option<Cow<'static, str>> {
    String::from_scalar(scalar).map(Cow::Owned)
}

impl Typed for String {
    fn from_scalar(scalar: Scalar<'_>) -> Option<Self> {
        match scalar {
            Scalar::Text(text) => Some(text.to_owned()),
            _ => None,
        }
    }

    fn json(&self) -> Value {
        self.as_str().into()
    }

    fn is_none(&self) -> bool {
        self.is_empty()
    }
}

impl Typed for Secret {
    fn from_scalar(scalar: Scalar<'_>) -> Option<Self> {
        String::from_scalar(scalar).map(Self::new)
    }

    fn json(&self) -> Value {
        self.expose().into()
    }

    fn is_none(&self) -> bool {
        self.is_empty()
    }
}

impl Typed for bool {
    fn from_scalar(scalar: Scalar<'_>) -> Option<Self> {
        match scalar {
            Scalar::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    fn json(&self) -> Value {
        (*self).into()
    }
}

/// Larger ones are left aside, unchanged.
impl Typed for i64 {
    fn from_scalar(scalar: Scalar<'_>) -> Option<Self> {
        match scalar {
            Scalar::Integer(number) => Some(number),
            _ => None,
        }
    }

    fn json(&self) -> Value {
        (*self).into()
    }
}

/// Whole numbers that it cannot hold are left aside, unchanged.
impl Typed for f64 {
    fn from_scalar(scalar: Scalar<'_>) -> Option<Self> {
        match scalar {
            Scalar::Real(number) => Some(number),
            #[expect(clippy::cast_precision_loss, reason = "it is small enough")]
            Scalar::Integer(number) => (number.unsigned_abs() < EXACT).then_some(number as Self),
            _ => None,
        }
    }

    fn json(&self) -> Value {
        let is_whole = self.fract() == 0.0 && self.abs() < EXACT as Self && !(*self == 0.0 && self.is_sign_negative());
        #[expect(clippy::cast_possible_truncation, reason = "it is a small whole number")]
        if is_whole { (*self as i64).into() } else { (*self).into() }
    }
}

/// Below it, a float holds every whole number.
const EXACT: u64 = 1 << 53;

/// Anything.
impl Typed for Json {
    fn from_scalar(scalar: Scalar<'_>) -> Option<Self> {
        Some(scalar.json().into())
    }

    fn from_whole(value: Value) -> Result<Self, Value> {
        Ok(value.into())
    }

    fn json(&self) -> Value {
        self.as_value().clone()
    }
}

/// Nothing, whatever comes.
impl Typed for () {
    fn from_scalar(_: Scalar<'_>) -> Option<Self> {
        Some(())
    }

    fn from_whole(_: Value) -> Result<Self, Value> {
        Ok(())
    }

    fn json(&self) -> Value {
        Value::Null
    }
}

impl<T: Typed> Typed for Vec<T> {
    fn fresh(shape: Shape) -> Option<Self> {
        (shape == Shape::List).then(Self::new)
    }

    fn place(&mut self) -> Option<Place<'_>> {
        Some(Place::Items(self))
    }

    fn json(&self) -> Value {
        self.iter().map(T::json).collect()
    }
}

impl<T: Typed> Items for Vec<T> {
    fn add(&mut self, _: &str, fill: &mut dyn FnMut(&mut dyn Slot)) {
        let mut item = None::<T>;
        fill(&mut item);
        self.extend(item);
    }
}

impl<T: Typed> Typed for BTreeMap<String, T> {
    fn fresh(shape: Shape) -> Option<Self> {
        (shape == Shape::Object).then(Self::new)
    }

    fn place(&mut self) -> Option<Place<'_>> {
        Some(Place::Items(self))
    }

    fn json(&self) -> Value {
        Value::Object(self.iter().map(|(name, item)| (name.clone(), item.json())).collect())
    }
}

impl<T: Typed> Items for BTreeMap<String, T> {
    fn add(&mut self, name: &str, fill: &mut dyn FnMut(&mut dyn Slot)) {
        let mut item = None::<T>;
        fill(&mut item);
        self.extend(item.map(|item| (name.to_owned(), item)));
    }
}
