//! Tokens that try to have their signature checked in another way than IAM signs.

use crate::Gate;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use rsa::pkcs1::{EncodeRsaPrivateKey as _, EncodeRsaPublicKey as _};
use rsa::pkcs8::EncodePublicKey as _;
use rsa::{BigUint, RsaPrivateKey, RsaPublicKey};
use serde_json::{Value, json};
use std::sync::OnceLock;

/// A key of somebody who is not IAM.
fn own_key() -> &'static RsaPrivateKey {
    static KEY: OnceLock<RsaPrivateKey> = OnceLock::new();
    KEY.get_or_init(|| RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap())
}

fn signed_with(key: &EncodingKey, algorithm: Algorithm, header: &Value, claims: &Value) -> String {
    let message = Gate::unsigned(header, claims);
    let signature = crypto::sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}")
}

fn forged(algorithm: Algorithm, header: &Value, claims: &Value) -> String {
    let key = EncodingKey::from_rsa_der(own_key().to_pkcs1_der().unwrap().as_bytes());
    signed_with(&key, algorithm, header, claims)
}

#[test]
fn no_algorithm_at_all() {
    for gate in Gate::both() {
        let (header, claims) = gate.parts();
        for name in ["none", "None", "NONE", ""] {
            let header = json!({"kid": header["kid"], "typ": "JWT", "alg": name});
            for signature in ["", "c2ln", gate.token().rsplit_once('.').unwrap().1] {
                let token = format!("{}.{signature}", Gate::unsigned(&header, &claims));
                let words = "the token's header cannot be read, or names no algorithm that is known; RS256 is accepted";
                assert_eq!(gate.refusal(&token), words);
            }
        }
        // RS256 with no signature is none either.
        let token = format!("{}.", Gate::unsigned(&header, &claims));
        assert_eq!(gate.refusal(&token), "the token's signature is not that of the key it names");
    }
}

#[test]
fn the_public_key_as_a_shared_secret() {
    for gate in Gate::both() {
        let listed = gate.listed_key();
        let number = |name: &str| URL_SAFE_NO_PAD.decode(listed[name].as_str().unwrap()).unwrap();
        let public = RsaPublicKey::new(BigUint::from_bytes_be(&number("n")), BigUint::from_bytes_be(&number("e"))).unwrap();
        let spki = public.to_public_key_der().unwrap().into_vec();
        let secrets = [
            ("PEM", public.to_public_key_pem(Default::default()).unwrap().into_bytes()),
            ("PEM, cut", public.to_public_key_pem(Default::default()).unwrap().trim_end().as_bytes().to_vec()),
            ("PKCS#1 PEM", public.to_pkcs1_pem(Default::default()).unwrap().into_bytes()),
            ("DER", spki.clone()),
            ("DER in base64", STANDARD.encode(spki).into_bytes()),
            ("PKCS#1 DER", public.to_pkcs1_der().unwrap().into_vec()),
            ("modulus", number("n")),
            ("modulus as listed", listed["n"].as_str().unwrap().as_bytes().to_vec()),
            ("key as listed", listed.to_string().into_bytes()),
        ];
        let (header, claims) = gate.parts();
        for (name, secret) in secrets {
            for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
                let header = json!({"kid": header["kid"], "alg": algorithm});
                let token = signed_with(&EncodingKey::from_secret(&secret), algorithm, &header, &claims);
                let words = format!("the token's algorithm is {algorithm:?}; only RS256 is accepted");
                assert_eq!(gate.refusal(&token), words, "{name}");
                // The same under the name of the algorithm that is accepted.
                let relabelled = json!({"kid": header["kid"], "alg": "RS256"});
                let token = signed_with(&EncodingKey::from_secret(&secret), algorithm, &relabelled, &claims);
                assert_eq!(gate.refusal(&token), "the token's signature is not that of the key it names", "{name}");
            }
        }
    }
}

#[test]
fn another_key_and_other_algorithms_of_rsa() {
    for gate in Gate::both() {
        let (header, claims) = gate.parts();
        // A kid that IAM lists, but not its key.
        let token = forged(Algorithm::RS256, &header, &claims);
        assert_eq!(gate.refusal(&token), "the token's signature is not that of the key it names");
        let foreign = json!({"kid": "mine", "alg": "RS256"});
        assert_eq!(gate.refusal(&forged(Algorithm::RS256, &foreign, &claims)), "the key that the token names (kid) is not one of IAM's");
        // IAM's own signature, under another name of it.
        let renamed = gate.signed(|header, _| header["kid"] = json!("mine"));
        assert_eq!(gate.refusal(&renamed), "the key that the token names (kid) is not one of IAM's");
        let unnamed = gate.signed(|header, _| drop(header.as_object_mut().unwrap().remove("kid")));
        assert_eq!(gate.refusal(&unnamed), "the token's header names no key (kid)");
        for algorithm in [Algorithm::RS384, Algorithm::RS512, Algorithm::PS256] {
            let header = json!({"kid": header["kid"], "alg": algorithm});
            let words = format!("the token's algorithm is {algorithm:?}; only RS256 is accepted");
            assert_eq!(gate.refusal(&forged(algorithm, &header, &claims)), words);
            let relabelled = json!({"kid": header["kid"], "alg": "RS256"});
            assert_eq!(gate.refusal(&forged(algorithm, &relabelled, &claims)), "the token's signature is not that of the key it names");
        }
    }
}

#[test]
fn the_key_of_another_kid_does_not_do() {
    for gate in Gate::both() {
        gate.account.rotate_iam_key();
        // Both keys are listed; the second signs, and the token names the first.
        let token = gate.signed(|header, _| header["kid"] = json!("sim-iam-1"));
        assert_eq!(gate.refusal(&token), "the token's signature is not that of the key it names");
    }
}
