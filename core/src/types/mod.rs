//! Every operation and every schema of the metadata service, IAM and the VPC API, as Rust types. A feature for each
//! service, `types-vpc` and so on; `types` is all of them.
//!
//! An operation is a struct with its arguments as fields. Those that it cannot do without are plain, all others are
//! options. A schema is a struct of options: services leave out what newer versions of theirs always send. What of an
//! answer has no place in its type is in [`Other`]; so nothing is lost, and nothing unexpected fails a program.
//!
//! ```
//! # #[cfg(feature = "types-vpc")] {
//! use trusted_profile_core::operation::Target;
//! use trusted_profile_core::types::{TypedOperation, vpc};
//! use trusted_profile_core::wire::BaseUrl;
//!
//! let target = Target::new(BaseUrl::parse("endpoint", "https://us-south.iaas.cloud.ibm.com/v1").unwrap());
//! let update = vpc::UpdateInstance {
//!     id: "0717-1e09281b".to_owned(),
//!     body: vpc::InstancePatch { name: "other".to_owned().into(), ..Default::default() },
//!     ..Default::default()
//! };
//! let request = update.request(&target).unwrap();
//! assert_eq!(request.body(), br#"{"name":"other"}"#);
//!
//! let answer = br#"{"id": "0717-1e09281b", "status": "dreaming", "vcpu": "many", "new": 1}"#;
//! let instance = vpc::UpdateInstance::parse(http::Response::new(answer.to_vec())).unwrap().value;
//! assert_eq!(instance.id.as_deref(), Some("0717-1e09281b"));
//! // A value that the API's document does not list, an unexpected type, an unknown property:
//! assert_eq!(instance.status.unwrap().as_str(), "dreaming");
//! assert_eq!((instance.vcpu, instance.other.get("vcpu").unwrap()), (None, &"many".into()));
//! assert_eq!(instance.other.get("new").unwrap(), 1);
//! # }
//! ```

// Unit tests do without them: compiling them once more takes longer than all unit tests.
#[cfg(all(feature = "types-containers", not(test)))]
pub mod containers;
#[cfg(all(feature = "types-iam-access-groups", not(test)))]
pub mod iam_access_groups;
#[cfg(all(feature = "types-iam-identity", not(test)))]
pub mod iam_identity;
#[cfg(all(feature = "types-iam-policy-management", not(test)))]
pub mod iam_policy_management;
#[cfg(all(feature = "types-iam-token", not(test)))]
pub mod iam_token;
#[cfg(all(feature = "types-metadata", not(test)))]
pub mod metadata;
#[cfg(all(feature = "types-vpc", not(test)))]
pub mod vpc;

mod operation;
mod other;
mod patch;
mod read;
#[doc(hidden)]
pub mod runtime;
mod same;
mod slot;
mod union;
mod values;
mod write;

pub use operation::TypedOperation;
pub use other::Other;
pub use patch::Patch;
pub use slot::{Items, Model, Place, Scalar, Shape, Slot, Typed};
pub use values::DateTime;

use crate::wire::{Json, describe};
use read::Reader;
use serde::de::DeserializeSeed;

/// Reads JSON text as a `T`.
///
/// # Errors
/// A description of what is not JSON, or of a value of another kind than `T` as a whole; never the text itself.
pub fn from_slice<T: Typed>(bytes: &[u8]) -> Result<T, String> {
    let mut place = None;
    read_slice(&mut place, bytes)?;
    place.ok_or_else(|| "JSON of another type".to_owned())
}

/// Reads JSON text into a place.
///
/// # Errors
/// As [`from_slice`].
pub fn read_slice(place: &mut dyn Slot, bytes: &[u8]) -> Result<(), String> {
    let mut text = serde_json::Deserializer::from_slice(bytes);
    let odd = Reader(place).deserialize(&mut text).and_then(|odd| text.end().map(|()| odd)).map_err(|e| describe(&e))?;
    if odd.is_none() { Ok(()) } else { Err("JSON of another type".to_owned()) }
}

/// Reads JSON as a `T`.
///
/// # Errors
/// As [`from_slice`].
pub fn from_json<T: Typed>(json: &Json) -> Result<T, String> {
    let mut place = None;
    let odd = Reader(&mut place).deserialize(json.as_value()).map_err(|e| describe(&e))?;
    place.filter(|_| odd.is_none()).ok_or_else(|| "JSON of another type".to_owned())
}

/// `value` as JSON: with everything that is kept, and with secrets in plain text.
pub fn to_json<T: Typed>(value: &T) -> Json {
    value.json().into()
}
