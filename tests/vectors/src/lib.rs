//! The corpus that pins what the token machine and its operations do, and its Rust runner.
//!
//! `scripts/` holds the machine's behaviour step by step, `operations/` what is pure: requests,
//! answers and the small languages of addresses, dates and options. Both are plain JSON, so that
//! every language's wrapper plays them through its own interface. `README.md` describes the format.

pub mod action;
pub mod call_script;
pub mod calls;
pub mod canary;
pub mod catalog;
pub mod configuration;
pub mod corpus;
pub mod coverage;
pub mod expected;
pub mod failure;
pub mod leaks;
pub mod operation;
pub mod player;
pub mod pure;
pub mod request;
pub mod script;
pub mod shown;
pub mod state;
mod unread;

/// Says what differs, unless nothing does.
///
/// # Errors
/// Both values, and what they are values of.
pub fn same<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, found: &T) -> Result<(), String> {
    if expected == found { Ok(()) } else { Err(format!("{what}: expected {expected:?}, found {found:?}")) }
}

/// [`same`], for an expectation that need not be there.
///
/// # Errors
/// As [`same`].
pub fn same_if_given<T: PartialEq + std::fmt::Debug>(what: &str, expected: Option<&T>, found: &T) -> Result<(), String> {
    expected.map_or(Ok(()), |expected| same(what, expected, found))
}
