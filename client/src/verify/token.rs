//! Which tokens are looked at, and whether a signature is good. Pure.

use super::keys::PublicKey;
use super::refusal::refused;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header};
use serde_json::Value;
use std::fmt;
use trusted_profile_core::error::{Condition, Error};
use trusted_profile_core::wire::Json;

/// IAM's tokens have a few KiB. What is longer is not even read.
const MAX_BYTES: usize = 64 << 10;

/// A token of acceptable form. What it claims is unknown until its signature was checked.
pub(super) struct Shown<'a> {
    token: &'a str,
    kid: String,
}

impl<'a> Shown<'a> {
    /// Reads the header of `token` and decides whether to go on.
    pub(super) fn read(token: &'a str) -> Result<Self, Error> {
        let form = |why: &str| refused(Condition::TokenForm, why);
        if token.len() > MAX_BYTES {
            return Err(form("the token is longer than 64 KiB"));
        }
        if !token.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')) {
            return Err(form("the token holds characters that no JWT holds, such as blanks"));
        }
        if token.split('.').count() != 3 {
            return Err(form("the token is not three parts with dots between them"));
        }
        // jsonwebtoken's own errors may quote the token.
        let header = jsonwebtoken::decode_header(token)
            .map_err(|_| form("the token's header cannot be read, or names no algorithm that is known; RS256 is accepted"))?;
        accept(header).map(|kid| Self { token, kid })
    }

    /// The key that the token says it was signed with.
    pub(super) fn kid(&self) -> &str {
        &self.kid
    }

    /// The claims, if one of `keys` signed them. IAM could list two keys under one `kid`.
    pub(super) fn claims(&self, keys: &[PublicKey]) -> Result<Json, Error> {
        let bad = || refused(Condition::TokenSignature, "the token's signature is not that of the key it names");
        let (signed, signature) = self.token.rsplit_once('.').ok_or_else(bad)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| bad())?;
        if !keys.iter().any(|key| key.has_signed(signed.as_bytes(), &signature)) {
            return Err(bad());
        }
        // The name of this function is for those who have not just checked the signature.
        let claims = jsonwebtoken::dangerous::insecure_decode_claims::<Value>(self.token).ok().filter(Value::is_object);
        claims.map(Json::from).ok_or_else(|| refused(Condition::TokenForm, "the token's claims are not a JSON object"))
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shown([redacted])")
    }
}

/// The key id of a header that asks for nothing but RS256 with a key of ours.
fn accept(header: Header) -> Result<String, Error> {
    let form = |why: String| Err(refused(Condition::TokenForm, why));
    if header.alg != Algorithm::RS256 {
        return form(format!("the token's algorithm is {:?}; only RS256 is accepted", header.alg));
    }
    // RFC 7515: keys and addresses of keys (4.1.2 to 4.1.6), and what a reader must understand (4.1.11).
    let asked = [
        ("jku", header.jku.is_some()),
        ("jwk", header.jwk.is_some()),
        ("x5u", header.x5u.is_some()),
        ("x5c", header.x5c.is_some()),
        ("crit", header.crit.is_some()),
        ("enc", header.enc.is_some()),
        ("zip", header.zip.is_some()),
    ];
    if let Some((name, _)) = asked.into_iter().find(|(_, is_asked)| *is_asked) {
        return form(format!("the token's header has {name}, which is not accepted"));
    }
    match header.kid {
        Some(kid) if !kid.is_empty() => Ok(kid),
        _ => form("the token's header names no key (kid)".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use trusted_profile_core::ErrorCode;

    fn token(header: &str) -> String {
        format!("{}.e30.c2ln", URL_SAFE_NO_PAD.encode(header))
    }

    fn refusal(token: &str) -> String {
        let error = Shown::read(token).unwrap_err();
        assert_eq!(error.code(), ErrorCode::TokenNotTrusted);
        assert!(error.causes().iter().all(|cause| cause.when == [Condition::TokenForm]) && error.causes().len() == 2, "{error}");
        error.message().to_owned()
    }

    #[test]
    fn a_header_as_iam_writes_it() {
        let token = token(r#"{"kid":"20261101","alg":"RS256"}"#);
        let shown = Shown::read(&token).unwrap();
        assert_eq!((shown.kid(), format!("{shown:?}").as_str()), ("20261101", "Shown([redacted])"));
    }

    #[test]
    fn forms_that_are_none() {
        let good = token(r#"{"kid":"1","alg":"RS256"}"#);
        let huge = format!("{good}{}", "A".repeat(MAX_BYTES));
        assert_eq!(refusal(&huge), "the token is longer than 64 KiB");
        assert!(Shown::read(&huge[..MAX_BYTES]).is_ok());
        for text in
            [format!(" {good}"), format!("{good}\n"), format!("Bearer {good}"), good.replace('.', ". "), format!("{good}="), "ü".to_owned()]
        {
            assert_eq!(refusal(&text), "the token holds characters that no JWT holds, such as blanks");
        }
        for text in ["", "opaque", "a.b", &format!("{good}.x"), &good[..good.rfind('.').unwrap()]] {
            assert_eq!(refusal(text), "the token is not three parts with dots between them");
        }
    }

    #[test]
    fn headers_that_cannot_be_read() {
        let unreadable = "the token's header cannot be read, or names no algorithm that is known; RS256 is accepted";
        let deep = format!(r#"{{"kid":"1","alg":"RS256","a":{}{}}}"#, "[".repeat(2000), "]".repeat(2000));
        for header in [
            "",
            "{",
            "[]",
            "7",
            r#"{"kid":"1"}"#,
            r#"{"kid":"1","alg":"none"}"#,
            r#"{"kid":"1","alg":"rs256"}"#,
            r#"{"kid":"1","alg":["RS256"]}"#,
            r#"{"kid":"1","alg":"HS256","alg":"RS256"}"#,
            r#"{"kid":["1"],"alg":"RS256"}"#,
            &deep,
        ] {
            assert_eq!(refusal(&token(header)), unreadable, "{header}");
        }
        assert_eq!(refusal("e30=.e30.c2ln"), "the token holds characters that no JWT holds, such as blanks");
        assert_eq!(refusal("e3.e30.c2ln"), unreadable);
        assert_eq!(refusal(".."), unreadable);
    }

    #[test]
    fn only_rs256_and_nothing_else_in_the_header() {
        for alg in ["HS256", "HS384", "HS512", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"] {
            let header = json!({"kid": "1", "alg": alg}).to_string();
            assert_eq!(refusal(&token(&header)), format!("the token's algorithm is {alg}; only RS256 is accepted"));
        }
        let key = json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"});
        let asked = [
            ("jku", json!("https://keys.example")),
            ("jwk", key),
            ("x5u", json!("https://keys.example")),
            ("x5c", json!(["AQAB"])),
            ("crit", json!(["exp"])),
            ("crit", json!([])),
            ("enc", json!("A128GCM")),
            ("zip", json!("DEF")),
        ];
        for (name, value) in asked {
            let header = json!({"kid": "1", "alg": "RS256", name: value}).to_string();
            assert_eq!(refusal(&token(&header)), format!("the token's header has {name}, which is not accepted"));
        }
        for header in [r#"{"alg":"RS256"}"#, r#"{"kid":"","alg":"RS256"}"#, r#"{"kid":null,"alg":"RS256"}"#] {
            assert_eq!(refusal(&token(header)), "the token's header names no key (kid)");
        }
    }
}
