//! Whom a container's token file vouches for: the same path may hold another cluster's token the next time.

use crate::input;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use trusted_profile::{Secret, UnverifiedClaims};
use trusted_profile_core::token::DEFAULT_CR_TOKEN_FILES;

/// A token file that can be read.
pub(super) struct Subject {
    pub(super) path: PathBuf,
    /// What its token says apart from times, so that a token that was merely renewed says the same.
    pub(super) says: Secret,
}

/// Members of a token that every renewal changes.
const CHANGING: [&str; 4] = ["exp", "iat", "nbf", "jti"];

/// The file that the library would read: `file`, or else the first of the usual places that holds something.
/// `None` if there is none.
pub(super) fn find(file: Option<&str>) -> Option<Subject> {
    let usual = DEFAULT_CR_TOKEN_FILES.as_slice();
    let mut paths = file.as_ref().map_or(usual, std::slice::from_ref).iter().map(Path::new);
    paths.find_map(|path| {
        // A pipe could be read once only.
        let token = fs::metadata(path).ok().filter(fs::Metadata::is_file).and_then(|_| input::secret_in_file(path).ok())?;
        Some(Subject { path: path.to_owned(), says: lasting(token) })
    })
}

/// A text that is no JWT speaks for itself alone.
fn lasting(token: Secret) -> Secret {
    let Some(mut claims) = UnverifiedClaims::read(token.expose()).map(|claims| claims.json().as_value().clone()) else { return token };
    if let Some(members) = claims.as_object_mut() {
        members.retain(|name, _| !CHANGING.contains(&name.as_str()));
    }
    if let Some(members) = claims.get_mut("kubernetes.io").and_then(Value::as_object_mut) {
        members.remove("warnafter");
    }
    Secret::new(claims.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn says(token: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sa-token");
        fs::write(&path, format!("{token}\n")).unwrap();
        find(path.to_str()).unwrap().says.expose().to_owned()
    }

    #[test]
    fn a_renewed_token_says_the_same_and_anybody_elses_does_not() {
        let jwt = |claims: &str| says(&format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims)));
        let first =
            jwt(r#"{"iss":"a","sub":"s","exp":1,"iat":1,"nbf":1,"jti":"1","kubernetes.io":{"warnafter":1,"serviceaccount":{"uid":"u"}}}"#);
        let renewed =
            r#"{"iss":"a","sub":"s","exp":2,"iat":2,"nbf":2,"jti":"2","kubernetes.io":{"warnafter":2,"serviceaccount":{"uid":"u"}}}"#;
        assert_eq!(jwt(renewed), first);
        for (what, other) in [(r#""iss":"a""#, r#""iss":"b""#), (r#""sub":"s""#, r#""sub":"t""#), (r#""uid":"u""#, r#""uid":"v""#)] {
            assert_ne!(jwt(&renewed.replace(what, other)), first, "{other}");
        }
        assert_eq!(says("opaque"), "opaque");
    }

    #[test]
    fn what_the_library_would_not_read_is_nobodys() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sa-token");
        let find = || find(path.to_str());
        assert!(find().is_none());
        fs::write(&path, " \n").unwrap();
        assert!(find().is_none());
        fs::write(&path, vec![b'a'; (64 << 10) + 1]).unwrap();
        assert!(find().is_none());
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(find().is_none());
    }
}
