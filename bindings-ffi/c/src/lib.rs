//! The token machine, calls of every operation, and providers that drive them, for C and for whatever calls C.
//!
//! `include/trusted_profile.h` is written from this crate by `bindings-ffi/c/header-gen`: what its documentation says of C
//! is said here, and the modules stand in the order of the header. Names are those of C, so that they can be found.
//!
//! # Safety
//! The same for every function: a handle is NULL or one that this library made and nobody freed; `length` bytes can be
//! read at a pointer that comes with a length, or the length is 0; what is written to is NULL or can be written to.
//! Whatever can be checked is checked.
#![allow(non_camel_case_types, reason = "the names are those of C")]
#![allow(clippy::missing_safety_doc, reason = "it is the same for all, and stands above")]
#![allow(clippy::too_many_arguments, reason = "in C a text is two arguments, and two clocks are two more")]

#[cfg(feature = "operations")]
mod answer;
mod border;
mod text;

pub mod error_code;
pub mod names;

pub mod accessors;
pub mod result;

pub mod machine;
pub mod report;

pub mod files;
pub mod origins;
pub mod surroundings;

#[cfg(feature = "operations")]
pub mod client;

#[cfg(feature = "operations")]
pub mod call;

#[cfg(feature = "transport")]
pub mod callback;
#[cfg(feature = "transport")]
pub mod provider;

#[cfg(all(feature = "operations", feature = "transport"))]
pub mod operations;

#[cfg(target_family = "wasm")]
pub mod guest;
