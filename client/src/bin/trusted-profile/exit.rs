//! How the program ends: an exit code for each kind of failure, so that scripts can tell them apart.

use crate::print::note;
use std::fmt::Write as _;
use std::process::ExitCode;
use trusted_profile::{Error, ErrorKind};

/// The exit codes of failures, as `sysexits.h` numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Unwell = 1,
    Input = 65,
    Local = 66,
    Unreachable = 69,
    Internal = 70,
    System = 71,
    CannotWrite = 73,
    Output = 74,
    Service = 75,
    Refused = 77,
    Configuration = 78,
    CannotRun = 126,
    NotFound = 127,
}

impl Exit {
    /// The exit code of an error of the library.
    pub(crate) fn of(error: &Error) -> Self {
        match error.code().kind() {
            ErrorKind::Configuration => Self::Configuration,
            ErrorKind::Local => Self::Local,
            ErrorKind::Unreachable => Self::Unreachable,
            ErrorKind::Refused => Self::Refused,
            ErrorKind::Service => Self::Service,
            _ => Self::Internal,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Every exit code and what it says.
pub(crate) const MEANINGS: [(&str, &str); 17] = [
    ("0", "done"),
    ("1", "doctor: there is a token, and yet something is wrong"),
    ("2", "the command line is wrong; nothing was done"),
    ("65", "the input is not what it should be, such as a token that is not a JWT"),
    ("66", "this machine: a file with a token or key cannot be read"),
    ("69", "unreachable: name, network, proxy or TLS, or no answer in time"),
    ("70", "a defect of this program"),
    ("71", "the operating system refused something, such as a port"),
    ("73", "a file cannot be written"),
    ("74", "standard output cannot be written"),
    ("75", "the service failed, or something answered in its place; later may be better"),
    ("77", "the service refused: identity, profile, key or access"),
    ("78", "a setting is missing or wrong; nothing was sent"),
    ("126", "exec: the command cannot be run"),
    ("127", "exec: the command was not found"),
    ("128+N", "exec --token-file: signal N ended the command; or, as for write-file, it came before there was a token"),
    ("141", "nobody reads standard output any more"),
];

/// A reader that went away has ended this program as SIGPIPE would have.
const NOBODY_READS: u8 = 141;

/// The table of exit codes.
pub(crate) fn help() -> String {
    let mut text = "Exit codes:".to_owned();
    for (code, meaning) in MEANINGS {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n  {code:<6} {meaning}");
    }
    text.push_str("\n\nThe command of exec ends with its own code.");
    text
}

/// Why the program ends early: what to say, and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    text: String,
    /// The library's, if it is one of those.
    error: Option<Error>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, text: impl Into<String>) -> Self {
        Self { code: exit as u8, text: text.into(), error: None }
    }

    /// The reader of standard output has gone: there is nobody to tell.
    pub(crate) const fn nobody_reads() -> Self {
        Self { code: NOBODY_READS, text: String::new(), error: None }
    }

    /// A signal came while there was nothing to end but this program. Whoever sent it knows.
    pub(crate) fn interrupted(signal: i32) -> Self {
        Self { code: u8::try_from(signal.saturating_add(128)).unwrap_or(Exit::Internal as u8), text: String::new(), error: None }
    }

    /// The library's error, or the failure as it is.
    pub(crate) fn into_error(self) -> Result<Error, Self> {
        match self.error {
            Some(error) => Ok(error),
            None => Err(self),
        }
    }

    /// What there is to say.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Says it, and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        if !self.text.is_empty() {
            note(&self.text);
        }
        if self.error.as_ref().is_some_and(|error| error.code().kind() != ErrorKind::Configuration) {
            note("doctor with the same options looks at everything on the way");
        }
        ExitCode::from(self.code)
    }
}

impl From<Error> for Failure {
    /// The library's own text: the message, what the service said, the likely causes by rank.
    fn from(error: Error) -> Self {
        Self { error: Some(error.clone()), ..Self::new(Exit::of(&error), error.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trusted_profile::ErrorCode;

    #[test]
    fn every_kind_of_error_has_its_code_and_every_code_its_meaning() {
        let codes = [
            (ErrorCode::InvalidArgument, 78),
            (ErrorCode::CrTokenUnavailable, 66),
            (ErrorCode::ServiceUnreachable, 69),
            (ErrorCode::DeadlineExceeded, 69),
            (ErrorCode::ServiceFailed, 75),
            (ErrorCode::ApiKeyRefused, 77),
            (ErrorCode::Internal, 70),
        ];
        for (error, code) in codes {
            let failure = Failure::from(Error::new(error, "x"));
            assert_eq!((failure.code, failure.text()), (code, format!("{}: x", error.as_str()).as_str()));
            assert!(help().contains(&format!("\n  {code} ")), "{code}");
        }
        assert!(help().contains(&format!("\n  {NOBODY_READS} ")));
    }
}
