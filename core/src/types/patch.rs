//! Properties of a merge patch.

use super::slot::{Place, Scalar, Shape, Slot, Typed};
use serde_json::Value;
use std::fmt;

/// A property of a merge patch (RFC 7396), in which absent and `null` are not the same.
///
/// ```
/// use trusted_profile_core::types::Patch;
/// let name: Patch<String> = "other".to_owned().into();
/// assert_eq!(name, Patch::Set("other".to_owned()));
/// assert_eq!(Patch::<String>::default(), Patch::Keep);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// Absent: what the service has is left alone.
    #[default]
    Keep,
    /// `null`: what the service has is removed.
    Remove,
    /// What the service has from now on.
    Set(T),
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

impl<T: Typed> Slot for Patch<T> {
    fn put(&mut self, scalar: Scalar<'_>) -> bool {
        *self = match (scalar, T::from_scalar(scalar)) {
            (Scalar::Null, _) => Self::Remove,
            (_, Some(value)) => Self::Set(value),
            (_, None) => return false,
        };
        true
    }

    fn open(&mut self, shape: Shape) -> Option<Place<'_>> {
        *self = Self::Set(T::fresh(shape)?);
        match self {
            Self::Set(value) => value.place(),
            Self::Keep | Self::Remove => None,
        }
    }

    fn put_json(&mut self, value: Value) -> Result<(), Value> {
        *self = Self::Set(T::from_whole(value)?);
        Ok(())
    }

    fn clear(&mut self) {
        *self = Self::Keep;
    }

    fn json(&self) -> Option<Value> {
        match self {
            Self::Keep => None,
            Self::Remove => Some(Value::Null),
            Self::Set(value) => Some(value.json()),
        }
    }
    fn shown(&self) -> Option<&dyn fmt::Debug> {
        (!matches!(self, Self::Keep)).then_some(self)
    }
}
