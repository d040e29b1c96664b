//! The name of a cache entry: a digest of everything that decides whose token it is.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use trusted_profile::{Secret, SourceOptions};

/// A file name that tells nothing and differs with every option, secrets included, and every user.
pub(super) fn of(options: &SourceOptions, ca_bundle: Option<&Path>, user: u32) -> String {
    let mut digest = Sha256::new();
    field(&mut digest, "user", Some(&user.to_be_bytes()));
    field(&mut digest, "ca_bundle", ca_bundle.map(|path| path.as_os_str().as_bytes()));
    source(&mut digest, options);
    let mut name = String::new();
    for byte in digest.finalize() {
        // Writing to a String cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    name.push_str(".json");
    name
}

fn source(digest: &mut Sha256, options: &SourceOptions) {
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
        ("cr_token_file", cr_token_file.as_ref()),
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
    field(digest, "base", base.as_ref().map(|_| [].as_slice()));
    if let Some(base) = base {
        source(digest, base);
    }
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
        let mut names: HashSet<String> = sources.iter().map(|source| of(source, None, 0)).collect();
        names.insert(of(&base(), Some(Path::new("x")), 0));
        names.insert(of(&base(), None, 1));
        assert_eq!(names.len(), sources.len() + 2);
        assert!(names.iter().all(|name| name.len() == 69 && !name.contains('x')));
        assert_eq!(of(&base(), None, 0), of(&base(), None, 0));
    }
}
