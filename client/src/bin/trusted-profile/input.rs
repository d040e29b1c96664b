//! What users hand over in files or on standard input, since command lines are public.

use crate::exit::{Exit, Failure};
use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::AsFd as _;
use std::path::Path;
use trusted_profile::Secret;
use zeroize::Zeroizing;

/// Larger than any token or key.
const MOST_BYTES: usize = 64 << 10;

/// The text of `path`, or of standard input if that is `-`, without the blanks around it.
pub(crate) fn secret(path: &Path) -> Result<Secret, Failure> {
    // Not by `io::stdin`, whose buffer would keep the secret.
    let file = if path.as_os_str() == "-" { io::stdin().as_fd().try_clone_to_owned().map(File::from) } else { File::open(path) };
    text(path, file)
}

/// The text of the file `path` alone.
pub(crate) fn secret_in_file(path: &Path) -> Result<Secret, Failure> {
    text(path, File::open(path))
}

fn text(path: &Path, file: io::Result<File>) -> Result<Secret, Failure> {
    let refuse = |exit, why: &dyn std::fmt::Display| Failure::new(exit, format!("{}: {why}", name(path)));
    let bytes = file.and_then(read).map_err(|error| refuse(Exit::Local, &error))?;
    if bytes.len() > MOST_BYTES {
        return Err(refuse(Exit::Input, &format!("expected at most {MOST_BYTES} bytes")));
    }
    match std::str::from_utf8(&bytes).map(str::trim) {
        Err(_) => Err(refuse(Exit::Input, &"expected text")),
        Ok("") => Err(refuse(Exit::Input, &"it is empty")),
        Ok(text) => Ok(Secret::new(text)),
    }
}

fn read(file: File) -> io::Result<Zeroizing<Vec<u8>>> {
    // Sized once, with room to see the end: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST_BYTES.saturating_add(64)));
    let limit = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// How messages call `path`.
pub(crate) fn name(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() }
}
