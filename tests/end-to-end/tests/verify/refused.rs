//! Tokens that are kept out, each for the reason that it is kept out for.

use crate::Gate;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use simulator::elsewhere::Elsewhere;
use trusted_profile::verify::IBM_CLOUD_ISSUER;

const NOT_ITS_SIGNATURE: &str = "the token's signature is not that of the key it names";

#[test]
fn tokens_of_other_issuers_and_accounts() {
    for gate in Gate::both() {
        let (_, claims) = gate.parts();
        let account = claims["account"]["bss"].as_str().unwrap();
        let with = |pointer: &str, value: Value| gate.signed(|_, claims| *claims.pointer_mut(pointer).unwrap() = value);
        let without = |name: &str| gate.signed(|_, claims| drop(claims.as_object_mut().unwrap().remove(name)));
        assert_eq!(gate.refusal(&without("iss")), format!("the token has no iss; {IBM_CLOUD_ISSUER:?} is expected"));
        let other = "https://iam.test.cloud.ibm.com/identity";
        assert_eq!(
            gate.refusal(&with("/iss", json!(other))),
            format!("the token's iss is {other:?}, not the expected {IBM_CLOUD_ISSUER:?}")
        );
        let missing = format!("the token has no account.bss; {account:?} is expected");
        assert_eq!(gate.refusal(&without("account")), missing);
        assert_eq!(gate.refusal(&with("/account", json!({"valid": true}))), missing);
        let stranger = "fedcba0987654321fedcba0987654321";
        assert_eq!(
            gate.refusal(&with("/account/bss", json!(stranger))),
            format!("the token's account.bss is {stranger:?}, not the expected {account:?}")
        );
        assert_eq!(gate.refusal(&without("iam_id")), "the token names nobody: it has no iam_id");
    }
}

#[test]
fn tokens_of_another_time() {
    for gate in Gate::both() {
        let shifted = |seconds: i64| {
            gate.signed(|_, claims| {
                for name in ["iat", "exp"] {
                    claims[name] = json!(claims[name].as_i64().unwrap() + seconds);
                }
            })
        };
        assert!(gate.refusal(&shifted(-4000)).starts_with("the token expired 40"));
        assert!(gate.refusal(&shifted(4000)).starts_with("the token is not valid yet: its iat is "));
        for name in ["exp", "iat"] {
            let without = gate.signed(|_, claims| drop(claims.as_object_mut().unwrap().remove(name)));
            assert_eq!(gate.refusal(&without), format!("the token has no {name}"));
        }
        let text = gate.signed(|_, claims| claims["exp"] = json!("4000000000"));
        assert_eq!(gate.refusal(&text), "the token's exp is no time in whole seconds");
    }
}

#[test]
fn keys_that_a_token_brings_along_are_not_even_asked_for() {
    let elsewhere = Elsewhere::start().unwrap();
    for gate in Gate::both() {
        let key = gate.listed_key();
        let requests = gate.key_requests();
        let brought = [
            ("jku", json!(elsewhere.url())),
            ("x5u", json!(elsewhere.url())),
            ("jwk", key),
            ("x5c", json!(["AQAB"])),
            ("crit", json!(["exp"])),
        ];
        for (name, value) in brought {
            // Signed by IAM, so that nothing but the header speaks against it.
            let token = gate.signed(|header, _| header[name] = value);
            assert_eq!(gate.refusal(&token), format!("the token's header has {name}, which is not accepted"));
        }
        assert_eq!(gate.key_requests(), requests);
    }
    assert_eq!(elsewhere.recorded(), []);
}

#[test]
fn tokens_that_were_changed() {
    for gate in Gate::both() {
        let token = gate.token();
        let (message, signature) = token.rsplit_once('.').unwrap();
        let (header, claims) = gate.parts();
        let mut more = claims;
        more["scope"] = json!("everything");
        assert_eq!(gate.refusal(&format!("{}.{signature}", Gate::unsigned(&header, &more))), NOT_ITS_SIGNATURE);
        for end in [token.len() - 1, token.len() - 4, message.len() + 1] {
            assert_eq!(gate.refusal(&token[..end]), NOT_ITS_SIGNATURE, "cut at {end} of {}", token.len());
        }
        assert_eq!(gate.refusal(&token[..message.len()]), "the token is not three parts with dots between them");
        let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
        bytes[100] ^= 1;
        assert_eq!(gate.refusal(&format!("{message}.{}", URL_SAFE_NO_PAD.encode(&bytes))), NOT_ITS_SIGNATURE);
        gate.verifier.verify(&token).unwrap();
    }
}

#[test]
fn what_is_no_token() {
    for gate in Gate::both() {
        let token = gate.token();
        for around in [format!(" {token}"), format!("{token} "), format!("{token}\n"), format!("Bearer {token}"), format!("{token}\0")] {
            assert_eq!(gate.refusal(&around), "the token holds characters that no JWT holds, such as blanks");
        }
        assert_eq!(gate.refusal(&gate.account.api_key.value), "the token is not three parts with dots between them");
        assert_eq!(gate.refusal(""), "the token is not three parts with dots between them");
        // Nothing was asked of anybody for these.
        assert_eq!(gate.key_requests(), 0);
        let huge = gate.signed(|_, claims| claims["name"] = json!("a".repeat(64 << 10)));
        assert_eq!(gate.refusal(&huge), "the token is longer than 64 KiB");
        assert_eq!(gate.key_requests(), 0);
        let large = gate.signed(|_, claims| claims["name"] = json!("a".repeat(40 << 10)));
        gate.verifier.verify(&large).unwrap();
    }
}

#[test]
fn claims_that_are_none() {
    for gate in Gate::both() {
        let (header, claims) = gate.parts();
        let inner = gate.token();
        let nested = (0..200).fold(claims, |inner, _| json!([inner]));
        for odd in [json!(inner), json!([]), json!(7), json!(null), nested] {
            let token = gate.account.sign_with_iam_key(&header, &odd).unwrap();
            assert_eq!(gate.refusal(&token), "the token's claims are not a JSON object");
        }
        let deep = gate.signed(|_, claims| claims["authn"] = (0..200).fold(json!({}), |inner, _| json!({ "authn": inner })));
        assert_eq!(gate.refusal(&deep), "the token's claims are not a JSON object");
    }
}
