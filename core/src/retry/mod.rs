//! What may be tried again, and when. Pure functions of the outcome, a seed and the time.
#![deny(clippy::arithmetic_side_effects)]

mod backoff;
mod classify;

pub(crate) use backoff::{Backoff, retry_after};
pub(crate) use classify::{Class, status_class, transport_class};
