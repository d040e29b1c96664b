//! What came of the files that hold a compute resource token.

use crate::border::{alone, answer, bytes, free, lent, tell, text};
use crate::names::read_problem;
use crate::result::tp_result;
use std::ffi::c_char;
use std::sync::Mutex;
use trusted_profile_core::Secret;
use trusted_profile_core::token::{FileProblem, FileRead};

/// The files of a `TP_NEED_FILES`, one after the other as they were tried. Used by one thread at a time.
pub struct tp_files {
    reads: Mutex<Vec<FileRead>>,
}

impl tp_files {
    #[cfg(feature = "transport")]
    pub(crate) fn of(reads: Vec<FileRead>) -> Self {
        Self { reads: Mutex::new(reads) }
    }

    /// A copy for the machine, which keeps what it is given.
    pub(crate) fn copy(&self) -> Result<Vec<FileRead>, trusted_profile_core::Error> {
        let reads = alone("files", &self.reads)?;
        Ok(reads.iter().map(|read| FileRead { path: read.path.clone(), result: read.result.clone() }).collect())
    }
}

/// An empty list. It is freed by `tp_files_free`.
#[unsafe(no_mangle)]
pub extern "C" fn tp_files_new() -> *mut tp_files {
    tell(std::ptr::null_mut(), || Box::into_raw(Box::new(tp_files { reads: Mutex::default() })))
}

/// Frees the list and overwrites what it holds. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_files_free(files: *mut tp_files) {
    // SAFETY: the caller gives the handle back.
    unsafe { free(files) };
}

/// Adds the next path that was tried, and what came of it.
///
/// `problem` is one of `TP_FILE_...`; `content` is read only with `TP_FILE_READ`, and is a secret: overwrite your copy.
/// Returns NULL, or `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT`; then nothing is added.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_files_add(
    files: *mut tp_files,
    path: *const c_char,
    path_length: usize,
    content: *const u8,
    content_length: usize,
    problem: u32,
) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let files = unsafe { lent("files", files) }?;
        // SAFETY: so are the text and its length.
        let path = unsafe { text("path", path, path_length) }?;
        let result = match read_problem(problem)? {
            Some(problem) => Err(problem),
            None => {
                // SAFETY: so are the bytes and their length.
                let content = unsafe { bytes("content", content, content_length) }?;
                std::str::from_utf8(content).map(Secret::new).map_err(|_| FileProblem::NotText)
            }
        };
        alone("files", &files.reads)?.push(FileRead { path: path.to_owned(), result });
        Ok(None)
    })
}
