//! The name of a cache entry: a digest of everything that decides whose token it is.

use super::subject;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{self, Path, PathBuf};
use trusted_profile::{Secret, SourceOptions};

/// A file name that tells nothing and differs with every option, secrets included, every user, and whomever
/// the token file of a container vouches for. `None` while that file cannot be read.
pub(super) fn of(options: &SourceOptions, ca_bundle: Option<&Path>, user: u32) -> Option<String> {
    let mut digest = Sha256::new();
    field(&mut digest, "user", Some(&user.to_be_bytes()));
    field(&mut digest, "ca_bundle", ca_bundle.map(place).as_ref().map(|path| path.as_os_str().as_bytes()));
    source(&mut digest, options)?;
    let mut name = String::new();
    for byte in digest.finalize() {
        // Writing to a String cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    name.push_str(".json");
    Some(name)
}

/// What `path` names, whatever the working directory is the next time. The last part stays as it is: the
/// kubelet makes a link of it, to another folder at each renewal.
fn place(path: &Path) -> PathBuf {
    let whole = path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match (whole.parent().and_then(|folder| folder.canonicalize().ok()), whole.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => whole,
    }
}

fn source(digest: &mut Sha256, options: &SourceOptions) -> Option<()> {
    // Taken apart by name, so that an option that is new cannot be forgotten here.
    let SourceOptions {
        source: name,
        profile_id,
        profile_crn,
        profile_name,
        account_id,
        cr_token,
        cr_token_file,
        api_key,
        token,
        endpoint,
        protocol,
        version,
        identity_token_expires_in,
        scope,
        client_id,
        client_secret,
        base,
    } = options;
    let texts = [
        ("source", Some(name)),
        ("profile_id", profile_id.as_ref()),
        ("profile_crn", profile_crn.as_ref()),
        ("profile_name", profile_name.as_ref()),
        ("account_id", account_id.as_ref()),
        ("endpoint", endpoint.as_ref()),
        ("protocol", protocol.as_ref()),
        ("version", version.as_ref()),
        ("scope", scope.as_ref()),
        ("client_id", client_id.as_ref()),
    ];
    for (name, value) in texts {
        field(digest, name, value.map(String::as_bytes));
    }
    for (name, value) in [("cr_token", cr_token), ("api_key", api_key), ("token", token), ("client_secret", client_secret)] {
        field(digest, name, value.as_ref().map(Secret::expose).map(str::as_bytes));
    }
    field(digest, "identity_token_expires_in", identity_token_expires_in.map(u64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
    let is_vouched_for = name == "container" && cr_token.is_none();
    let subject = if is_vouched_for { Some(subject::find(cr_token_file.as_deref())?) } else { None };
    let file = subject.as_ref().map(|subject| subject.path.as_path()).or(cr_token_file.as_deref().map(Path::new)).map(place);
    field(digest, "cr_token_file", file.as_ref().map(|path| path.as_os_str().as_bytes()));
    field(digest, "subject", subject.as_ref().map(|subject| subject.says.expose().as_bytes()));
    field(digest, "base", base.as_ref().map(|_| [].as_slice()));
    base.as_deref().map_or(Some(()), |base| source(digest, base))
}

/// Lengths stand before texts, so that no two sources look alike.
fn field(digest: &mut Sha256, name: &str, value: Option<&[u8]>) {
    digest.update(name);
    match value {
        None => digest.update([0]),
        Some(value) => {
            digest.update([1]);
            digest.update(u64::try_from(value.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn whatever_differs_has_a_name_of_its_own() {
        let text = || Some("x".to_owned());
        let secret = || Some(Secret::new("x"));
        let base = || SourceOptions { source: "vpc_instance".into(), ..SourceOptions::default() };
        let sources = [
            base(),
            SourceOptions { profile_id: text(), ..base() },
            SourceOptions { profile_id: Some(String::new()), ..base() },
            SourceOptions { profile_crn: text(), ..base() },
            SourceOptions { profile_name: text(), ..base() },
            SourceOptions { account_id: text(), ..base() },
            SourceOptions { cr_token_file: text(), ..base() },
            SourceOptions { cr_token: secret(), ..base() },
            SourceOptions { api_key: secret(), ..base() },
            SourceOptions { api_key: Some(Secret::new("y")), ..base() },
            SourceOptions { token: secret(), ..base() },
            SourceOptions { client_secret: secret(), ..base() },
            SourceOptions { endpoint: text(), ..base() },
            SourceOptions { protocol: text(), ..base() },
            SourceOptions { version: text(), ..base() },
            SourceOptions { identity_token_expires_in: Some(60), ..base() },
            SourceOptions { scope: text(), ..base() },
            SourceOptions { client_id: text(), ..base() },
            SourceOptions { base: Some(Box::new(base())), ..base() },
            SourceOptions { base: Some(Box::new(SourceOptions { endpoint: text(), ..base() })), ..base() },
        ];
        let mut names: HashSet<String> = sources.iter().map(|source| of(source, None, 0).unwrap()).collect();
        names.insert(of(&base(), Some(Path::new("x")), 0).unwrap());
        names.insert(of(&base(), None, 1).unwrap());
        assert_eq!(names.len(), sources.len() + 2);
        assert!(names.iter().all(|name| name.len() == 69 && !name.contains('x')));
        assert_eq!(of(&base(), None, 0), of(&base(), None, 0));
    }

    #[test]
    fn paths_are_what_they_name() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().canonicalize().unwrap();
        std::fs::create_dir(real.join("a")).unwrap();
        std::os::unix::fs::symlink(real.join("a"), real.join("link")).unwrap();
        assert_eq!(place(&real.join("link/../link/./token")), real.join("a/token"));
        assert_eq!(place(Path::new("token")), std::env::current_dir().unwrap().canonicalize().unwrap().join("token"));
    }

    #[test]
    fn a_container_is_whom_its_token_file_vouches_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sa-token");
        let container =
            SourceOptions { source: "container".into(), cr_token_file: Some(path.display().to_string()), ..SourceOptions::default() };
        let above = SourceOptions { source: "assume".into(), base: Some(Box::new(container.clone())), ..SourceOptions::default() };
        assert_eq!((of(&container, None, 0), of(&above, None, 0)), (None, None));
        let mut names = HashSet::new();
        for token in ["one", "other"] {
            std::fs::write(&path, token).unwrap();
            names.extend([of(&container, None, 0).unwrap(), of(&above, None, 0).unwrap()]);
            assert_eq!(of(&container, None, 0), of(&container, None, 0));
        }
        assert_eq!(names.len(), 4);
        let given = SourceOptions { cr_token: Some(Secret::new("t")), cr_token_file: None, ..container };
        assert!(of(&given, None, 0).is_some());
    }
}
