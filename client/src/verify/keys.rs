//! The keys of IAM that can be used, and RS256 with them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use std::collections::HashMap;
use std::fmt;
use trusted_profile_core::error::{Error, ErrorCode};
use trusted_profile_core::services::JsonWebKey;

/// The usable keys of one answer, by `kid`.
pub(super) struct KeySet(HashMap<String, Vec<PublicKey>>);

/// An RSA key of 2048 to 8192 bits, as `ring` wants it: big-endian, without leading zeros.
#[derive(PartialEq, Eq)]
pub(super) struct PublicKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl KeySet {
    /// Leaves out what cannot verify RS256, or should not.
    ///
    /// # Errors
    /// `MalformedResponse` when nothing is left: such an answer replaces no keys (R16).
    pub(super) fn new(listed: &[JsonWebKey]) -> Result<Self, Error> {
        let mut keys = HashMap::<String, Vec<PublicKey>>::new();
        for (place, key) in listed.iter().enumerate() {
            match PublicKey::read(key) {
                Ok(usable) => {
                    let same_kid = keys.entry(key.kid.clone()).or_default();
                    if !same_kid.contains(&usable) {
                        same_kid.push(usable);
                    }
                }
                Err(reason) => tracing::debug!(target: "trusted_profile", place, reason, "a key of IAM is left out"),
            }
        }
        if keys.is_empty() {
            let message = format!("IAM lists {} keys, and none of them is an RSA key for RS256 of 2048 to 8192 bits", listed.len());
            return Err(Error::new(ErrorCode::MalformedResponse, message).explained(&[]));
        }
        Ok(Self(keys))
    }

    /// The keys called `kid`: usually one, never none.
    pub(super) fn get(&self, kid: &str) -> Option<&[PublicKey]> {
        self.0.get(kid).map(Vec::as_slice)
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeySet({} keys)", self.0.len())
    }
}

impl PublicKey {
    fn read(key: &JsonWebKey) -> Result<Self, &'static str> {
        if key.kty != "RSA" {
            return Err("not an RSA key");
        }
        if key.alg.as_deref().is_some_and(|alg| alg != "RS256") {
            return Err("for another algorithm");
        }
        let number = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_deref()?).ok().map(without_leading_zeros);
        let (Some(modulus), Some(exponent)) = (number(&key.n), number(&key.e)) else {
            return Err("modulus or exponent cannot be read");
        };
        // Told here, so that the log says why; `ring` would refuse such keys as well.
        let bits = modulus.first().map_or(0, |first| modulus.len().saturating_mul(8).saturating_sub(first.leading_zeros() as usize));
        if !(2048..=8192).contains(&bits) {
            return Err("shorter than 2048 or longer than 8192 bits");
        }
        Ok(Self { modulus, exponent })
    }

    /// Whether `signature` is RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, section 3.3) of `signed` by
    /// this key.
    pub(super) fn has_signed(&self, signed: &[u8], signature: &[u8]) -> bool {
        let key = RsaPublicKeyComponents { n: &self.modulus, e: &self.exponent };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature).is_ok()
    }
}

fn without_leading_zeros(number: Vec<u8>) -> Vec<u8> {
    number.into_iter().skip_while(|byte| *byte == 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use trusted_profile_core::operation::Operation as _;
    use trusted_profile_core::services::ListIdentityKeys;

    /// The key, the signed text and the signature of RFC 7515, appendix A.2.
    const MODULUS: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    const SIGNED: &str =
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

    fn listed(keys: serde_json::Value) -> Vec<JsonWebKey> {
        let answer = http::Response::new(json!({ "keys": keys }).to_string().into_bytes());
        ListIdentityKeys::parse(answer).unwrap().value
    }

    fn modulus(bytes: usize, first: u8) -> String {
        let mut modulus = vec![0xff; bytes];
        modulus[0] = first;
        URL_SAFE_NO_PAD.encode(modulus)
    }

    #[test]
    fn the_example_of_the_rfc() {
        let keys = KeySet::new(&listed(json!([{"kid": "a", "kty": "RSA", "n": MODULUS, "e": "AQAB"}]))).unwrap();
        let signature = URL_SAFE_NO_PAD.decode(SIGNATURE).unwrap();
        let key = &keys.get("a").unwrap()[0];
        assert!(key.has_signed(SIGNED.as_bytes(), &signature));
        assert!(!key.has_signed(&SIGNED.as_bytes()[1..], &signature));
        for broken in [&signature[1..], &[], &[signature.as_slice(), &[0]].concat(), &[&[0], signature.as_slice()].concat()] {
            assert!(!key.has_signed(SIGNED.as_bytes(), broken));
        }
        let mut bent = signature.clone();
        bent[200] ^= 1;
        assert!(!key.has_signed(SIGNED.as_bytes(), &bent));
    }

    #[test]
    fn a_modulus_with_leading_zeros_is_the_same_key() {
        let padded = URL_SAFE_NO_PAD.encode([vec![0, 0], URL_SAFE_NO_PAD.decode(MODULUS).unwrap()].concat());
        let keys = json!([{"kid": "a", "kty": "RSA", "n": MODULUS, "e": "AQAB"}, {"kid": "a", "kty": "RSA", "n": padded, "e": "AAEAAQ"}]);
        let keys = KeySet::new(&listed(keys)).unwrap();
        assert_eq!(keys.get("a").map(<[PublicKey]>::len), Some(1));
    }

    #[test]
    fn keys_that_cannot_be_used_are_left_out() {
        let good = modulus(256, 0x80);
        let keys = json!([
            {"kid": "good", "kty": "RSA", "n": good, "e": "AQAB"},
            {"kid": "told", "kty": "RSA", "alg": "RS256", "n": good, "e": "AQAB"},
            {"kid": "other alg", "kty": "RSA", "alg": "RS512", "n": good, "e": "AQAB"},
            {"kid": "no alg of RSA", "kty": "RSA", "alg": "HS256", "n": good, "e": "AQAB"},
            {"kid": "other kind", "kty": "EC", "crv": "P-256", "x": "AQAB", "y": "AQAB"},
            {"kid": "secret", "kty": "oct", "k": good},
            {"kid": "2047 bits", "kty": "RSA", "n": modulus(256, 0x7f), "e": "AQAB"},
            {"kid": "1024 bits", "kty": "RSA", "n": modulus(128, 0x80), "e": "AQAB"},
            {"kid": "1024 bits and zeros", "kty": "RSA", "n": URL_SAFE_NO_PAD.encode([vec![0; 128], vec![0xff; 128]].concat()), "e": "AQAB"},
            {"kid": "8200 bits", "kty": "RSA", "n": modulus(1025, 0x80), "e": "AQAB"},
            {"kid": "nothing", "kty": "RSA", "n": "", "e": "AQAB"},
            {"kid": "no exponent", "kty": "RSA", "n": good},
            {"kid": "no base64url", "kty": "RSA", "n": "+/==", "e": "AQAB"},
        ]);
        let mut names: Vec<String> = KeySet::new(&listed(keys)).unwrap().0.into_keys().collect();
        names.sort();
        assert_eq!(names, ["good", "told"]);
    }

    #[test]
    fn an_odd_exponent_verifies_nothing() {
        for exponent in ["AQ", "Ag", "AA", ""] {
            let keys = KeySet::new(&listed(json!([{"kid": "a", "kty": "RSA", "n": MODULUS, "e": exponent}]))).unwrap();
            let signature = URL_SAFE_NO_PAD.decode(SIGNATURE).unwrap();
            assert!(!keys.get("a").unwrap()[0].has_signed(SIGNED.as_bytes(), &signature), "{exponent}");
        }
    }

    #[test]
    fn two_keys_may_share_a_name() {
        let keys = json!([{"kid": "a", "kty": "RSA", "n": modulus(256, 0x80), "e": "AQAB"}, {"kid": "a", "kty": "RSA", "n": MODULUS, "e": "AQAB"}]);
        let keys = KeySet::new(&listed(keys)).unwrap();
        let signature = URL_SAFE_NO_PAD.decode(SIGNATURE).unwrap();
        let (signed, same_name) = (SIGNED.as_bytes(), keys.get("a").unwrap());
        assert_eq!(same_name.iter().map(|key| key.has_signed(signed, &signature)).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn an_answer_without_a_usable_key_is_no_answer() {
        for keys in [json!([]), json!([{"kid": "a", "kty": "EC"}])] {
            let error = KeySet::new(&listed(keys)).unwrap_err();
            assert_eq!(error.code(), ErrorCode::MalformedResponse);
            assert!(error.message().contains("none of them is an RSA key for RS256"), "{error}");
        }
    }
}
