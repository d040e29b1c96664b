//! The token machine as WebAssembly, for the TypeScript layer above it and for nobody else.
//!
//! Numbers, text and bytes cross the border; whatever has a structure crosses as JSON, which JavaScript reads and
//! writes by itself. Times are milliseconds. A panic is a trap: the layer above replaces the whole instance.

mod action;
#[cfg(feature = "environment")]
mod environment;
mod error;
mod machine;
mod options;
mod origins;
mod time;
mod token;
