//! The core as WebAssembly, for the TypeScript layer above it and for nobody else: two modules of one crate, that of the token
//! machine (feature `token`) and that of operations (feature `catalog`), so that a page loads what it uses.
//!
//! Numbers, text and bytes cross the border; whatever has a structure crosses as JSON, which JavaScript reads and
//! writes by itself. Times are milliseconds. A panic is a trap: the layer above replaces the whole instance.

mod error;
mod exchange;
#[cfg(feature = "catalog")]
mod operations;
mod time;
#[cfg(feature = "token")]
mod tokens;
