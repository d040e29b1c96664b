//! What the program's surroundings hold: variables, credential files, the marks of a container. Looking
//! only; `trusted_profile_core::config` decides what it means.

use crate::files;
use std::env;
#[cfg(unix)]
use std::fs;
use std::fs::File;
use std::path::Path;
use trusted_profile_core::Secret;
use trusted_profile_core::config::{self, CredentialFile, Detected, Owner, Place, Surroundings, TOKEN_FOLDERS, credential_files};
use trusted_profile_core::token::FileProblem;

/// The longest credential file that is read, in bytes.
const LONGEST_FILE: usize = 64 * 1024;

/// Looks around once.
pub(crate) fn look() -> Surroundings {
    let texts = env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, Secret::new(value.into_string().ok()?))));
    let variables = texts.collect();
    let working_directory = env::current_dir().ok().and_then(|path| path.into_os_string().into_string().ok());
    let files = credential_files(&variables, working_directory.as_deref()).into_iter().map(|(place, path)| read(place, path)).collect();
    let token_folders = TOKEN_FOLDERS.iter().filter(|folder| Path::new(folder).is_dir()).map(|folder| (*folder).to_owned()).collect();
    Surroundings { variables, files, token_folders }
}

/// The one kind of source that this program may use where nothing is configured: `container` in a pod or
/// Code Engine, which is never its node, else `vpc_instance`. Nothing is sent.
#[must_use]
pub fn detect() -> Detected {
    config::detect(&look())
}

fn read(place: Place, path: String) -> CredentialFile {
    let file = files::open(&path);
    // Of the file that is read, whatever the path means by then.
    let owner = file.as_ref().ok().and_then(|file| owner(file, &path));
    let content = match file.and_then(|file| files::read_text(&file, LONGEST_FILE)) {
        // A file that says nothing is a file that is there.
        Err(FileProblem::Empty) => Ok(Secret::new("")),
        other => other,
    };
    CredentialFile { place, path, content, owner }
}

#[cfg(unix)]
fn owner(file: &File, path: &str) -> Option<Owner> {
    use std::os::unix::fs::MetadataExt as _;
    let file = file.metadata().ok()?;
    let link = fs::symlink_metadata(path).ok()?;
    let link_owner = link.is_symlink().then(|| link.uid());
    Some(Owner { owner: file.uid(), user: rustix::process::geteuid().as_raw(), mode: file.mode(), link_owner })
}

/// No user ids that could be compared.
#[cfg(not(unix))]
fn owner(_file: &File, _path: &str) -> Option<Owner> {
    None
}
