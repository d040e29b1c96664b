//! Why an argument was refused.

use std::fmt;

/// An argument that cannot be used: its name, what was given (never a secret), what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The argument's name, as the caller knows it.
    pub argument: &'static str,
    /// What was given, or a description of it where the value may be secret.
    pub given: String,
    /// What would have been accepted.
    pub expected: &'static str,
}

impl Invalid {
    /// An argument that was given as `given`, where `expected` was wanted.
    #[must_use]
    pub fn new(argument: &'static str, given: impl Into<String>, expected: &'static str) -> Self {
        Self { argument, given: given.into(), expected }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.given.as_str() {
            "" => write!(f, "{}: expected {}, got nothing", self.argument, self.expected),
            given => write!(f, "{}: expected {}, got {given:?}", self.argument, self.expected),
        }
    }
}

impl std::error::Error for Invalid {}
