//! Reading compute resource token files, and others that hold secrets.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use trusted_profile_core::Secret;
use trusted_profile_core::token::{FileProblem, FileRead};
use zeroize::Zeroizing;

/// Reads `paths` in order and stops after the first that holds something.
pub(crate) fn read_in_order(paths: &[String], max_bytes: usize) -> Vec<FileRead> {
    let mut reads = Vec::new();
    for path in paths {
        let result = read(path, max_bytes);
        let is_found = result.is_ok();
        reads.push(FileRead { path: path.clone(), result });
        if is_found {
            break;
        }
    }
    reads
}

fn read(path: &str, max_bytes: usize) -> Result<Secret, FileProblem> {
    read_text(&open(path)?, max_bytes)
}

pub(crate) fn open(path: &str) -> Result<File, FileProblem> {
    let mut options = File::options();
    options.read(true);
    // A pipe could block for ever, even one that only just took the file's place. Links are followed, since the
    // kubelet works with them.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    let file = options.open(path).map_err(|e| problem(e.kind()))?;
    if file.metadata().map_err(|e| problem(e.kind()))?.is_file() { Ok(file) } else { Err(FileProblem::Denied) }
}

pub(crate) fn read_text(file: &File, max_bytes: usize) -> Result<Secret, FileProblem> {
    let limit = u64::try_from(max_bytes).unwrap_or(u64::MAX);
    // Sized once, so that no half-grown copy of the token stays behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(max_bytes.saturating_add(1)));
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| problem(e.kind()))?;
    if bytes.len() > max_bytes {
        return Err(FileProblem::TooLarge);
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| FileProblem::NotText)?;
    if text.trim_ascii().is_empty() { Err(FileProblem::Empty) } else { Ok(Secret::new(text)) }
}

fn problem(kind: ErrorKind) -> FileProblem {
    match kind {
        ErrorKind::NotFound | ErrorKind::NotADirectory => FileProblem::NotFound,
        _ => FileProblem::Denied,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn in_folder(files: &[(&str, &[u8])], check: impl Fn(&dyn Fn(&str) -> String)) {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            fs::write(folder.path().join(name), content).unwrap();
        }
        check(&|name| folder.path().join(name).display().to_string());
    }

    #[test]
    fn the_first_file_that_holds_something_ends_the_search() {
        in_folder(&[("empty", b" \n"), ("token", b"abc\n"), ("later", b"def")], |path| {
            let reads = read_in_order(&[path("none"), path("empty"), path("token"), path("later")], 100);
            let results: Vec<_> = reads.into_iter().map(|r| r.result.map(|s| s.expose().to_owned())).collect();
            assert_eq!(results, [Err(FileProblem::NotFound), Err(FileProblem::Empty), Ok("abc\n".to_owned())]);
        });
    }

    #[test]
    fn what_cannot_be_a_token_file() {
        in_folder(&[("big", &[b'a'; 11]), ("fits", &[b'a'; 10]), ("binary", &[0xff, 0xfe])], |path| {
            assert_eq!(read(&path("big"), 10), Err(FileProblem::TooLarge));
            assert!(read(&path("fits"), 10).is_ok());
            assert_eq!(read(&path("binary"), 10), Err(FileProblem::NotText));
            assert_eq!(read(&path("."), 10), Err(FileProblem::Denied));
            assert_eq!(read("/dev/null", 10), Err(FileProblem::Denied), "no device");
            assert_eq!(read(&path("fits/x"), 10), Err(FileProblem::NotFound));
        });
    }
}
