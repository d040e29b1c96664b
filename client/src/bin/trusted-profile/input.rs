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

/// Larger than any body of a request: its user data may be 64 KiB, and is written in other ways.
const MOST_BYTES_OF_A_DOCUMENT: usize = 1 << 20;

/// The text of `path`, or of standard input if that is `-`, without the blanks around it.
pub(crate) fn secret(path: &Path) -> Result<Secret, Failure> {
    text(path, open(path), MOST_BYTES)
}

/// The same of what may be larger than a secret, and hold some.
pub(crate) fn document(path: &Path) -> Result<Secret, Failure> {
    text(path, open(path), MOST_BYTES_OF_A_DOCUMENT)
}

/// The text of the file `path` alone.
pub(crate) fn secret_in_file(path: &Path) -> Result<Secret, Failure> {
    text(path, File::open(path), MOST_BYTES)
}

fn open(path: &Path) -> io::Result<File> {
    // Not by `io::stdin`, whose buffer would keep the secret.
    if path.as_os_str() == "-" { io::stdin().as_fd().try_clone_to_owned().map(File::from) } else { File::open(path) }
}

fn text(path: &Path, file: io::Result<File>, most: usize) -> Result<Secret, Failure> {
    let refuse = |exit, why: &dyn std::fmt::Display| Failure::new(exit, format!("{}: {why}", name(path)));
    let bytes = file.and_then(|file| read(file, most)).map_err(|error| refuse(Exit::Local, &error))?;
    if bytes.len() > most {
        return Err(refuse(Exit::Input, &format!("expected at most {most} bytes")));
    }
    match std::str::from_utf8(&bytes).map(str::trim) {
        Err(_) => Err(refuse(Exit::Input, &"expected text")),
        Ok("") => Err(refuse(Exit::Input, &"it is empty")),
        Ok(text) => Ok(Secret::new(text)),
    }
}

fn read(file: File, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    // Sized once, with room to see the end: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(most.saturating_add(64)));
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// How messages call `path`.
pub(crate) fn name(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() }
}
