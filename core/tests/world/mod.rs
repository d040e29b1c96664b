//! A simulated world around one token machine: callers with tickets, two clocks that go wrong, and
//! services that answer anything. Whatever happens in it is checked against a model of the rules.
#![allow(dead_code, reason = "every test uses its part of the world")]
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

pub(crate) mod answers;
pub(crate) mod checks;
pub(crate) mod clocks;
pub(crate) mod exchanges;
pub(crate) mod model;
pub(crate) mod play;
pub(crate) mod script;
pub(crate) mod simulation;
pub(crate) mod sources;
