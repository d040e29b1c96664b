//! Faults, by name: what can go wrong between a client and the services, on demand.
//!
//! The JSON form of [`FaultRule`] is a stable schema, `faults.schema.json` in this crate, because
//! scenario files in any language use it.

mod alter;
mod named;
mod rules;
mod script;

pub(crate) use alter::{Delivery, Ending, alter};
pub(crate) use named::NamedFault;
pub(crate) use rules::Faults;
pub use script::{Fault, FaultId, FaultRule, RetryAfter};
