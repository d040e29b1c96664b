//! What users hand over in files or on standard input, since command lines are public.

use crate::exit::{Exit, Failure};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use trusted_profile::Secret;

/// Larger than any token or key.
const MOST_BYTES: u64 = 64 << 10;

/// The text of `path`, or of standard input if that is `-`, without the blanks around it.
pub(crate) fn secret(path: &Path) -> Result<Secret, Failure> {
    let refuse = |exit, why: &dyn std::fmt::Display| Failure::new(exit, format!("{}: {why}", name(path)));
    let bytes = if path.as_os_str() == "-" { read(io::stdin().lock()) } else { File::open(path).and_then(read) };
    let bytes = bytes.map_err(|error| refuse(Exit::Local, &error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MOST_BYTES) {
        return Err(refuse(Exit::Input, &format!("expected at most {MOST_BYTES} bytes")));
    }
    let text = String::from_utf8(bytes).map_err(|_| refuse(Exit::Input, &"expected text"))?;
    match text.trim() {
        "" => Err(refuse(Exit::Input, &"it is empty")),
        text => Ok(Secret::new(text)),
    }
}

fn read(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MOST_BYTES.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// How messages call `path`.
pub(crate) fn name(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() }
}
