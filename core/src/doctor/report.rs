//! What a doctor says.

use crate::error::Error;
use serde_json::{Value, json};
use std::fmt;

/// The result of an examination. Holds no secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// Every check, in the order of the way to the token.
    pub checks: Vec<Check>,
    /// The error that a program gets, if it gets one.
    pub error: Option<Error>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// Its name, such as `dns`.
    pub name: &'static str,
    /// How it came out.
    pub verdict: Verdict,
    /// What was found, in one line.
    pub found: String,
    /// The likely causes of a failure with their fixes, most likely first.
    pub remedies: Vec<Remedy>,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is as it should be.
    Pass,
    /// It is not.
    Fail,
    /// Something before it failed, or it cannot be seen from here.
    NotReached,
}

/// A likely cause and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// The cause, in plain words.
    pub cause: String,
    /// The fix.
    pub fix: String,
}

impl Verdict {
    /// `pass`, `fail` or `not_reached`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotReached => "not_reached",
        }
    }
}

impl Check {
    pub(super) fn pass(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Pass, found: found.into(), remedies: Vec::new() }
    }

    pub(super) fn fail(name: &'static str, found: impl Into<String>, remedies: Vec<Remedy>) -> Self {
        Self { name, verdict: Verdict::Fail, found: found.into(), remedies }
    }

    pub(super) fn not_reached(name: &'static str, why: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::NotReached, found: why.into(), remedies: Vec::new() }
    }
}

impl Remedy {
    pub(super) fn new(cause: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { cause: cause.into(), fix: fix.into() }
    }

    /// The ranked causes of an error.
    pub(super) fn of(error: &Error) -> Vec<Self> {
        error.causes().iter().map(|cause| Self::new(cause.cause, cause.fix)).collect()
    }
}

impl Report {
    /// The report on settings that cannot be used: nothing else could be looked at.
    #[must_use]
    pub fn of_settings(error: Error) -> Self {
        let found = std::iter::once(error.message().to_owned()).chain(error.notes().iter().cloned()).collect::<Vec<_>>().join("\n");
        let remedy = Remedy::new("the settings cannot be used as they are", "correct the setting that is named");
        Self { checks: vec![Check::fail("source", found, vec![remedy])], error: Some(error) }
    }

    /// Whether every check that could be made came out well.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.error.is_none() && self.checks.iter().all(|check| check.verdict != Verdict::Fail)
    }

    /// The most likely cause of the first failure.
    #[must_use]
    pub fn first_remedy(&self) -> Option<&Remedy> {
        self.checks.iter().filter(|check| check.verdict == Verdict::Fail).find_map(|check| check.remedies.first())
    }

    /// The report as JSON: `well`, `checks` with `name`, `verdict`, `found` and `remedies`, and the
    /// `error`'s code, kind and text.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let remedies = |check: &Check| -> Vec<Value> {
            check.remedies.iter().map(|remedy| json!({ "cause": remedy.cause, "fix": remedy.fix })).collect()
        };
        let checks = self.checks.iter().map(
            |check| json!({ "name": check.name, "verdict": check.verdict.as_str(), "found": check.found, "remedies": remedies(check) }),
        );
        let error = self
            .error
            .as_ref()
            .map(|error| json!({ "code": error.code().as_str(), "kind": error.code().kind().as_str(), "text": error.to_string() }));
        json!({ "well": self.is_well(), "checks": checks.collect::<Vec<_>>(), "error": error })
    }
}

impl fmt::Display for Report {
    /// A line for each check; under a failed one its causes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widest = self.checks.iter().map(|check| check.name.len()).max().unwrap_or_default();
        for check in &self.checks {
            let mark = match check.verdict {
                Verdict::Pass => "pass",
                Verdict::Fail => "FAIL",
                Verdict::NotReached => "  - ",
            };
            writeln!(f, "{mark}  {:widest$}  {}", check.name, check.found.replace('\n', "\n        "))?;
            for (rank, remedy) in (1_u8..).zip(&check.remedies) {
                writeln!(f, "        {rank}. {}", remedy.cause)?;
                writeln!(f, "           Fix: {}", remedy.fix)?;
            }
        }
        match (&self.error, self.is_well()) {
            (None, true) => writeln!(f, "\nAll is well: this program gets its token."),
            (None, false) => writeln!(f, "\nThis program gets its token, but see what failed above."),
            (Some(error), _) => writeln!(f, "\nThis program gets no token: {}", error.code().as_str()),
        }
    }
}
