//! What a JWT says about itself, unverified.

use crate::wire::{Json, decode_url_safe};
use serde_json::Value;
use zeroize::Zeroizing;

/// The claims of a JWT whose signature nobody checked. For messages and hints, never for a decision
/// about trust: a verified token is another type.
#[derive(Clone, Debug)]
pub struct UnverifiedClaims(Json);

impl UnverifiedClaims {
    /// Reads the middle part of `token`; `None` when it is not a JWT.
    #[must_use]
    pub fn read(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let (_header, claims, _signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let bytes = Zeroizing::new(decode_url_safe(claims)?);
        let json = Json::parse(&bytes).ok()?;
        json.as_value().is_object().then_some(Self(json))
    }

    /// All claims.
    #[must_use]
    pub const fn json(&self) -> &Json {
        &self.0
    }

    /// `iam_id`, such as `iam-Profile-<uuid>`.
    #[must_use]
    pub fn iam_id(&self) -> Option<&str> {
        self.0.text("iam_id")
    }

    /// `account.bss`.
    #[must_use]
    pub fn account_id(&self) -> Option<&str> {
        self.0.get("account")?.get("bss")?.as_str()
    }

    /// `exp`, in seconds since 1970.
    #[must_use]
    pub fn expires_at(&self) -> Option<i64> {
        self.0.get("exp").and_then(Value::as_i64)
    }

    /// The audiences, whether `aud` is one text or a list.
    #[must_use]
    pub fn audiences(&self) -> Vec<&str> {
        match self.0.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Namespace and service account of a projected Kubernetes token.
    #[must_use]
    pub fn service_account(&self) -> Option<(&str, &str)> {
        self.0.text("sub")?.strip_prefix("system:serviceaccount:")?.split_once(':')
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn jwt(claims: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn claims_of_both_kinds_of_token() {
        let iam = UnverifiedClaims::read(&jwt(r#"{"iam_id":"iam-Profile-1","account":{"bss":"acc"},"exp":7}"#)).unwrap();
        assert_eq!((iam.iam_id(), iam.account_id(), iam.expires_at()), (Some("iam-Profile-1"), Some("acc"), Some(7)));
        let pod = UnverifiedClaims::read(&jwt(r#"{"sub":"system:serviceaccount:prod:worker","aud":["iam","x"]}"#)).unwrap();
        assert_eq!((pod.service_account(), pod.audiences()), (Some(("prod", "worker")), vec!["iam", "x"]));
        assert_eq!(UnverifiedClaims::read(&jwt(r#"{"aud":"iam"}"#)).unwrap().audiences(), ["iam"]);
    }

    #[test]
    fn what_is_no_jwt() {
        for text in ["", "opaque", "a.b", "a.b.c.d", "e30.e30=.c2ln", "e30.!!.c2ln", &jwt("[]"), &jwt("{")] {
            assert!(UnverifiedClaims::read(text).is_none(), "{text}");
        }
    }
}
