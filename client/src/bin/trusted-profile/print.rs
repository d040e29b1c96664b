//! What is printed: results on standard output, everything else on standard error.

use crate::exit::{Exit, Failure};
use std::fmt;
use std::io::{self, ErrorKind, Write as _};

/// Prints a result, ended by a line break, and sees to it that it has left.
pub(crate) fn result(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    out.write_all(text.as_bytes()).and_then(|()| out.write_all(end.as_bytes())).and_then(|()| out.flush()).map_err(|error| {
        match error.kind() {
            ErrorKind::BrokenPipe => Failure::nobody_reads(),
            _ => Failure::new(Exit::Output, format!("standard output cannot be written: {error}")),
        }
    })
}

/// Says something to people. Where standard error is closed, nobody wants to know.
pub(crate) fn note(text: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "trusted-profile: {text}");
}
