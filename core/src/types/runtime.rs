//! What generated code is made of.

pub use super::same::{debug, is_same};
pub use super::slot::{Items, Model, Place, Scalar, Shape, Slot, Typed};
pub use super::union::{Branch, choose, read, unknown};
pub use super::values::text;
pub use super::{DateTime, Other, Patch, TypedOperation};
pub use crate::operation::Entry;
pub use crate::secret::Secret;
pub use crate::wire::Json;
pub use serde_json::Value;
pub use std::borrow::Cow;
pub use std::collections::BTreeMap;
