//! The folder of the cache, which must be the user's alone, and its files.

use crate::runtime_folder::{self, check, check_folder};
use std::fs::{self, DirBuilder, File};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// More than any entry has.
const MOST_BYTES: u64 = 256 << 10;

/// `$XDG_RUNTIME_DIR/trusted-profile`, made if need be; or why there is no such place.
pub(super) fn private(user: u32) -> Result<PathBuf, String> {
    let folder = runtime_folder::find()?.join("trusted-profile");
    match DirBuilder::new().mode(0o700).create(&folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(format!("{}: {error}", folder.display())),
        _ => check_folder(&folder, user).map(|()| folder),
    }
}

/// The content of `path`; `None` when there is no such file; or why it cannot be trusted.
pub(super) fn read(path: &Path, user: u32) -> Result<Option<Zeroizing<String>>, String> {
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        metadata => metadata.map_err(|error| error.to_string())?,
    };
    if !metadata.is_file() {
        return Err("it is not a file".to_owned());
    }
    check(&metadata, user, 0o600)?;
    let mut text = Zeroizing::new(String::new());
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(MOST_BYTES).read_to_string(&mut text).map_err(|error| error.to_string())?;
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    #[test]
    fn only_the_users_own_and_private_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("entry");
        let us = runtime_folder::user();
        assert_eq!(read(&path, us), Ok(None));
        fs::write(&path, "kept").unwrap();
        for (mode, user, refusal) in [(0o600, us, None), (0o640, us, Some("mode is 0640")), (0o600, us + 1, Some("belongs to user"))] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let outcome = read(&path, user);
            match refusal {
                None => assert_eq!(outcome.unwrap().unwrap().as_str(), "kept"),
                Some(why) => assert!(outcome.unwrap_err().contains(why)),
            }
        }
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        symlink(&path, folder.path().join("link")).unwrap();
        assert_eq!(read(&folder.path().join("link"), us), Err("it is not a file".to_owned()));
    }
}
