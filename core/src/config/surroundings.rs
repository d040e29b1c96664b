//! What a wrapper has to look at, and what it found.

use crate::secret::Secret;
use crate::token::FileProblem;
use std::collections::BTreeMap;

/// What a wrapper found around the program.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// All environment variables whose names and values are text.
    pub variables: BTreeMap<String, Secret>,
    /// What came of the files that [`credential_files`] names, in its order.
    pub files: Vec<CredentialFile>,
    /// Those of [`TOKEN_FOLDERS`] that exist.
    pub token_folders: Vec<String>,
}

/// A credential file, there or not.
#[derive(Clone, Debug)]
pub struct CredentialFile {
    /// Why it was looked at.
    pub place: Place,
    /// Its path.
    pub path: String,
    /// Its text, up to 64 KiB, or why there is none. A file that is there and holds nothing is an empty text.
    pub content: Result<Secret, FileProblem>,
    /// Who owns it, on systems that tell.
    pub owner: Option<Owner>,
}

/// Why a credential file is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `IBM_CREDENTIALS_FILE` names it.
    Named,
    /// `ibm-credentials.env` in the working directory.
    WorkingDirectory,
    /// `ibm-credentials.env` in the user's home directory.
    Home,
}

/// Who may have written a file: numbers of POSIX `stat`, links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The user id of the file's owner.
    pub owner: u32,
    /// The effective user id of this process.
    pub user: u32,
    /// The permission bits.
    pub mode: u32,
    /// If the path itself is a link: the user id of the link's owner.
    pub link_owner: Option<u32>,
}

impl Owner {
    /// R20: owned by this user or root, and writable by nobody else. A link is as good as whoever made it, or
    /// it would choose among this user's own files.
    pub(super) fn is_trusted(self) -> bool {
        let is_ours = |owner| owner == self.user || owner == 0;
        is_ours(self.owner) && self.link_owner.is_none_or(is_ours) && self.mode & 0o022 == 0
    }
}

/// Folders that exist only inside a container that is given an identity of its own. Their presence
/// tells a pod, or Code Engine, even where its variables were removed.
pub const TOKEN_FOLDERS: [&str; 3] =
    ["/var/run/secrets/tokens", "/var/run/secrets/codeengine.cloud.ibm.com", "/var/run/secrets/kubernetes.io/serviceaccount"];

/// The credential files to read, in order. When `IBM_CREDENTIALS_FILE` names one, no other counts.
///
/// `working_directory` is absent where there is none, as in a browser.
#[must_use]
pub fn credential_files(variables: &BTreeMap<String, Secret>, working_directory: Option<&str>) -> Vec<(Place, String)> {
    let variable = |name: &str| variables.get(name).map(Secret::expose).filter(|value| !value.is_empty());
    if let Some(path) = variable("IBM_CREDENTIALS_FILE") {
        return vec![(Place::Named, path.to_owned())];
    }
    let home = variable("HOME").or_else(|| variable("USERPROFILE"));
    let mut files: Vec<(Place, String)> = Vec::new();
    for (place, folder) in [(Place::WorkingDirectory, working_directory), (Place::Home, home)] {
        let path = folder.map(|folder| [folder.trim_end_matches('/'), "/ibm-credentials.env"].concat());
        // A program that runs in its home directory has one such file; it need not be trusted less there.
        files.retain(|(_, known)| Some(known) != path.as_ref());
        files.extend(path.map(|path| (place, path)));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(variables: &[(&str, &str)], folder: Option<&str>) -> Vec<(Place, String)> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value))).collect();
        credential_files(&variables, folder)
    }

    #[test]
    fn a_named_file_is_the_only_one() {
        assert_eq!(paths(&[("IBM_CREDENTIALS_FILE", "/a"), ("HOME", "/h")], Some("/w")), [(Place::Named, "/a".to_owned())]);
        let both = [(Place::WorkingDirectory, "/w/ibm-credentials.env".to_owned()), (Place::Home, "/h/ibm-credentials.env".to_owned())];
        assert_eq!(paths(&[("IBM_CREDENTIALS_FILE", ""), ("HOME", "/h/")], Some("/w")), both);
        assert_eq!(paths(&[("USERPROFILE", "C:/u")], None), [(Place::Home, "C:/u/ibm-credentials.env".to_owned())]);
        assert_eq!(paths(&[("HOME", "/h")], Some("/h/")), [(Place::Home, "/h/ibm-credentials.env".to_owned())]);
        assert_eq!(paths(&[], Some("/")), [(Place::WorkingDirectory, "/ibm-credentials.env".to_owned())]);
        assert!(paths(&[], None).is_empty());
    }

    #[test]
    fn who_may_have_written_a_file() {
        let trusted = |owner, mode| Owner { owner, user: 1000, mode, link_owner: None }.is_trusted();
        let linked = |link_owner| Owner { owner: 1000, user: 1000, mode: 0o600, link_owner: Some(link_owner) }.is_trusted();
        assert!(linked(1000) && linked(0) && !linked(1001));
        assert!(trusted(1000, 0o100_600) && trusted(1000, 0o644) && trusted(0, 0o644));
        assert!(!trusted(1001, 0o600) && !trusted(1000, 0o666) && !trusted(1000, 0o664) && !trusted(0, 0o646));
    }
}
