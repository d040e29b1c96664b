//! The user's runtime folder, and whether folders and files are the user's alone.

use std::env;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// `$XDG_RUNTIME_DIR`, or why there is no such place.
pub(crate) fn find() -> Result<PathBuf, String> {
    let runtime = env::var_os("XDG_RUNTIME_DIR").filter(|path| !path.is_empty());
    let runtime = PathBuf::from(runtime.ok_or("XDG_RUNTIME_DIR is not set")?);
    if !runtime.is_absolute() {
        return Err(format!("XDG_RUNTIME_DIR is {}, not an absolute path", runtime.display()));
    }
    check_folder(&runtime, user()).map(|()| runtime)
}

/// Who runs this program.
pub(crate) fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Refuses what is not a folder of `user` alone.
pub(crate) fn check_folder(path: &Path, user: u32) -> Result<(), String> {
    let metadata = fs::symlink_metadata(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let check = if metadata.is_dir() { check(&metadata, user, 0o700) } else { Err("it is not a folder".to_owned()) };
    check.map_err(|why| format!("{}: {why}", path.display()))
}

/// Refuses what is not of `user`, or has another mode.
pub(crate) fn check(metadata: &Metadata, user: u32, mode: u32) -> Result<(), String> {
    if metadata.uid() != user {
        return Err(format!("it belongs to user {}, not to user {user}", metadata.uid()));
    }
    match metadata.mode() & 0o7777 {
        found if found == mode => Ok(()),
        found => Err(format!("its mode is {found:04o}, not {mode:04o}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_folder_of_somebody_else_is_refused() {
        let folder = tempfile::Builder::new().permissions(Permissions::from_mode(0o700)).tempdir().unwrap();
        let us = user();
        assert_eq!(check_folder(folder.path(), us), Ok(()));
        assert!(check_folder(folder.path(), us + 1).unwrap_err().contains("belongs to user"));
        fs::set_permissions(folder.path(), Permissions::from_mode(0o750)).unwrap();
        assert!(check_folder(folder.path(), us).unwrap_err().contains("mode is 0750, not 0700"));
    }
}
