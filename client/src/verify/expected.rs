//! Which claims are accepted. Pure: time is an argument.

use super::claims::VerifiedClaims;
use super::refusal::refused;
use trusted_profile_core::error::{Condition, Error};
use trusted_profile_core::wire::{Invalid, Json, Redactor};

/// How far the clocks of IAM and of this machine may be apart, in seconds.
const LEEWAY: i64 = 60;

/// What a token has to say to be accepted.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    pub(super) issuer: String,
    pub(super) account_id: String,
    pub(super) iam_id: Option<String>,
}

impl Expected {
    /// An expectation that was left empty would be none.
    pub(super) fn validate(&self) -> Result<(), Invalid> {
        let iam_id = self.iam_id.as_ref().map(|id| ("iam_id", id));
        for (name, value) in [("issuer", &self.issuer), ("account_id", &self.account_id)].into_iter().chain(iam_id) {
            if value.is_empty() || !value.bytes().all(|b| b.is_ascii_graphic()) {
                return Err(Invalid::new(name, value, "visible ASCII characters, at least one"));
            }
        }
        Ok(())
    }

    /// The claims of a token whose signature is good, at the time `unix` in seconds since 1970.
    pub(super) fn accept(&self, json: Json, unix: i64) -> Result<VerifiedClaims, Error> {
        let text = |pointer: &str| json.as_value().pointer(pointer).and_then(serde_json::Value::as_str);
        exactly("iss", text("/iss"), &self.issuer)?;
        exactly("account.bss", text("/account/bss"), &self.account_id)?;
        let iam_id = text("/iam_id").filter(|id| !id.is_empty());
        let iam_id = iam_id.ok_or_else(|| refused(Condition::TokenIdentity, "the token names nobody: it has no iam_id"))?;
        if let Some(expected) = &self.iam_id {
            exactly("iam_id", Some(iam_id), expected)?;
        }
        let iam_id = iam_id.to_owned();
        let expires_at = time(&json, "exp")?.ok_or_else(|| missing("exp"))?;
        let issued_at = time(&json, "iat")?.ok_or_else(|| missing("iat"))?;
        let past = unix.saturating_sub(expires_at);
        if past >= LEEWAY {
            return Err(refused(Condition::TokenTime, format!("the token expired {past} s ago")));
        }
        for (name, begins) in [("iat", Some(issued_at)), ("nbf", time(&json, "nbf")?)] {
            let ahead = begins.map_or(0, |begins| begins.saturating_sub(unix));
            if ahead > LEEWAY {
                return Err(refused(Condition::TokenTime, format!("the token is not valid yet: its {name} is {ahead} s ahead")));
            }
        }
        Ok(VerifiedClaims { iam_id, account_id: self.account_id.clone(), issuer: self.issuer.clone(), issued_at, expires_at, json })
    }
}

fn exactly(name: &str, found: Option<&str>, expected: &str) -> Result<(), Error> {
    match found {
        Some(found) if found == expected => Ok(()),
        Some(found) => {
            let found = Redactor::default().excerpt(found);
            Err(refused(Condition::TokenIdentity, format!("the token's {name} is {found:?}, not the expected {expected:?}")))
        }
        None => Err(refused(Condition::TokenIdentity, format!("the token has no {name}; {expected:?} is expected"))),
    }
}

fn missing(name: &str) -> Error {
    refused(Condition::TokenForm, format!("the token has no {name}"))
}

/// A time in whole seconds. One that is anything else is not left out, but refused.
fn time(json: &Json, name: &str) -> Result<Option<i64>, Error> {
    let unreadable = || refused(Condition::TokenForm, format!("the token's {name} is no time in whole seconds"));
    json.get(name).map(|value| value.as_i64().ok_or_else(unreadable)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use trusted_profile_core::ErrorCode;

    const NOW: i64 = 1_790_000_000;

    fn expected() -> Expected {
        Expected { issuer: "https://iam.example/identity".to_owned(), account_id: "acc".to_owned(), iam_id: None }
    }

    fn claims() -> Value {
        json!({"iss": "https://iam.example/identity", "account": {"bss": "acc"}, "iam_id": "iam-Profile-1", "sub": "Profile-1", "iat": NOW - 10, "exp": NOW + 3590})
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[name] = value;
        claims
    }

    fn without(name: &str) -> Value {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        claims
    }

    fn refusal(claims: Value) -> (String, Vec<Condition>) {
        let error = expected().accept(Json::from(claims), NOW).unwrap_err();
        assert_eq!(error.code(), ErrorCode::TokenNotTrusted, "{error}");
        (error.message().to_owned(), error.causes().iter().flat_map(|cause| cause.when).copied().collect())
    }

    #[test]
    fn what_is_expected_is_accepted() {
        let accepted = expected().accept(Json::from(claims()), NOW).unwrap();
        assert_eq!((accepted.iam_id(), accepted.account_id(), accepted.subject()), ("iam-Profile-1", "acc", Some("Profile-1")));
        assert_eq!((accepted.issuer(), accepted.issued_at(), accepted.expires_at()), (&*expected().issuer, NOW - 10, NOW + 3590));
        assert_eq!(accepted.json().text("sub"), Some("Profile-1"));
        let only = Expected { iam_id: Some("iam-Profile-1".to_owned()), ..expected() };
        assert!(only.accept(Json::from(claims()), NOW).is_ok());
    }

    #[test]
    fn issuer_account_and_identity_are_compared_exactly() {
        let identity = |why: &str| (why.to_owned(), vec![Condition::TokenIdentity]);
        let issuer = "\"https://iam.example/identity\"";
        assert_eq!(refusal(without("iss")), identity(&format!("the token has no iss; {issuer} is expected")));
        for other in ["https://iam.example/identity/", "HTTPS://iam.example/identity", "https://iam.example", ""] {
            assert_eq!(refusal(with("iss", json!(other))), identity(&format!("the token's iss is {other:?}, not the expected {issuer}")));
        }
        assert_eq!(refusal(with("iss", json!([expected().issuer]))), identity(&format!("the token has no iss; {issuer} is expected")));
        let none = identity("the token has no account.bss; \"acc\" is expected");
        for account in [json!(null), json!({}), json!("acc"), json!({"bss": ["acc"]}), json!({"bss": null})] {
            assert_eq!(refusal(with("account", account)), none);
        }
        assert_eq!(refusal(without("account")), none);
        let other = identity("the token's account.bss is \"acc2\", not the expected \"acc\"");
        assert_eq!(refusal(with("account", json!({"bss": "acc2"}))), other);
        for nobody in [with("iam_id", json!("")), without("iam_id")] {
            assert_eq!(refusal(nobody), identity("the token names nobody: it has no iam_id"));
        }
        let only = Expected { iam_id: Some("iam-Profile-2".to_owned()), ..expected() };
        let error = only.accept(Json::from(claims()), NOW).unwrap_err();
        assert_eq!(error.message(), "the token's iam_id is \"iam-Profile-1\", not the expected \"iam-Profile-2\"");
    }

    #[test]
    fn times_have_a_minute_of_leeway() {
        let time = |why: &str| (why.to_owned(), vec![Condition::TokenTime, Condition::TokenTime]);
        for good in [with("exp", json!(NOW - 59)), with("iat", json!(NOW + 60)), with("nbf", json!(NOW + 60))] {
            assert!(expected().accept(Json::from(good), NOW).is_ok());
        }
        assert_eq!(refusal(with("exp", json!(NOW - 60))).0, "the token expired 60 s ago");
        assert!(refusal(with("exp", json!(i64::MIN))).0.starts_with("the token expired "));
        assert_eq!(refusal(with("iat", json!(NOW + 61))).0, "the token is not valid yet: its iat is 61 s ahead");
        assert_eq!(refusal(with("nbf", json!(NOW + 61))), time("the token is not valid yet: its nbf is 61 s ahead"));
    }

    #[test]
    fn times_are_whole_numbers() {
        for name in ["exp", "iat", "nbf"] {
            for odd in [json!("1790000000"), json!(1.79e9), json!(u64::MAX), json!(null), json!([1])] {
                let (message, conditions) = refusal(with(name, odd.clone()));
                assert_eq!(message, format!("the token's {name} is no time in whole seconds"), "{odd}");
                assert!(conditions.contains(&Condition::TokenForm));
            }
        }
        assert_eq!(refusal(without("exp")).0, "the token has no exp");
        assert_eq!(refusal(without("iat")).0, "the token has no iat");
    }

    #[test]
    fn a_claim_that_looks_like_a_token_is_not_repeated() {
        let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJpYW0tUHJvZmlsZS0xIn0.c2lnbmF0dXJlIHRoYXQgaXMgbG9uZyBlbm91Z2g";
        let (message, _) = refusal(with("iss", json!(token)));
        assert!(!message.contains("eyJzdWIi"), "{message}");
    }

    #[test]
    fn an_empty_expectation_is_refused() {
        for (change, name) in [
            (Expected { issuer: String::new(), ..expected() }, "issuer"),
            (Expected { account_id: " ".to_owned(), ..expected() }, "account_id"),
            (Expected { iam_id: Some(String::new()), ..expected() }, "iam_id"),
        ] {
            assert_eq!(change.validate().unwrap_err().argument, name);
        }
        assert_eq!(expected().validate(), Ok(()));
    }
}
