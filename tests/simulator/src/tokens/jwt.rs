//! Signing and verifying RS256 JSON Web Tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde_json::Value;

use super::keys::KeyPair;

/// Why a token was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Not a JWT, or its claims are not what they must be.
    Malformed,
    /// Signed by nobody we know, or altered.
    BadSignature,
    /// `exp` has passed on the service's clock.
    Expired,
    /// Withdrawn before its time.
    Revoked,
    /// Well formed, but not for this reader; the text says why.
    Unsuitable(&'static str),
}

impl Refusal {
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::Malformed => "the token is malformed",
            Self::BadSignature => "the token's signature is not valid",
            Self::Expired => "the token is expired",
            Self::Revoked => "the token was revoked",
            Self::Unsuitable(why) => why,
        }
    }
}

pub(crate) fn sign(key: &KeyPair, key_id: &str, claims: &Value) -> Result<String, String> {
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some(key_id.to_owned());
    encode(&header, claims, &key.encoding).map_err(|error| error.to_string())
}

/// Signs a header and claims exactly as they are given, odd ones included.
pub(crate) fn sign_as_is(key: &KeyPair, header: &Value, claims: &Value) -> Result<String, String> {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key.encoding, Algorithm::RS256).map_err(|error| error.to_string())?;
    Ok(format!("{message}.{signature}"))
}

/// The `kid` a token names.
pub(crate) fn key_id(token: &str) -> Option<String> {
    decode_header(token).ok().and_then(|header| header.kid)
}

/// Checks the signature and `exp`; everything else is the caller's.
pub(crate) fn verify(key: &KeyPair, token: &str, now_unix: i64) -> Result<Value, Refusal> {
    let mut validation = Validation::new(Algorithm::RS256);
    // The service's clock may be skewed on purpose, so `exp` is compared below instead.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let claims = decode::<Value>(token, &key.decoding, &validation)
        .map_err(|error| match error.kind() {
            jsonwebtoken::errors::ErrorKind::InvalidSignature => Refusal::BadSignature,
            _ => Refusal::Malformed,
        })?
        .claims;
    let expiry = claims.get("exp").and_then(Value::as_i64).ok_or(Refusal::Malformed)?;
    if now_unix >= expiry {
        return Err(Refusal::Expired);
    }
    Ok(claims)
}
