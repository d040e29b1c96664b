//! Tokens that are let in: those of every way to a token.

use crate::gate::{Either, Gate};
use end_to_end::{Account, Caller, Manner};
use serde_json::json;
use trusted_profile::TokenProvider;
use trusted_profile::verify::IBM_CLOUD_ISSUER;

#[test]
fn a_token_of_each_flow() {
    let account = Account::start();
    let (instance, pod) = (&account.seed.instance_profile, &account.seed.pod_profile);
    account.allow_assume(&pod.id, &instance.iam_id).unwrap();
    let key = || TokenProvider::api_key(&account.api_key.value).endpoint(account.iam_url());
    let assume = |base| TokenProvider::assume(base).endpoint(account.iam_url()).profile_id(&pod.id);
    let flows = [
        ("vpc_instance", account.vpc(), &instance.iam_id),
        ("container", account.container(), &pod.iam_id),
        ("api_key", key(), &account.api_key.iam_id),
        ("api_key, assume", assume(key()), &pod.iam_id),
        ("vpc_instance, assume", assume(account.vpc()), &pod.iam_id),
    ];
    let verifiers = Manner::BOTH.map(|manner| Either::new(Gate::builder_for(&account), manner));
    for (name, source, iam_id) in flows {
        let token = Caller::new(source, Manner::Blocking).token().unwrap();
        for verifier in &verifiers {
            let claims = verifier.verify(token.expose()).unwrap();
            assert_eq!((claims.iam_id(), claims.account_id()), (iam_id.as_str(), account.account_id().as_str()), "{name}");
            assert_eq!(claims.issuer(), IBM_CLOUD_ISSUER, "{name}");
            assert_eq!(claims.expires_at() - claims.issued_at(), 3600, "{name}");
            assert_eq!(claims.subject(), iam_id.strip_prefix("iam-"), "{name}");
            assert_eq!(claims.json().get("account").unwrap()["bss"], account.account_id(), "{name}");
        }
    }
}

#[test]
fn whoever_is_expected_by_name() {
    for gate in Gate::both() {
        let iam_id = &gate.account.api_key.iam_id;
        let bare = iam_id.strip_prefix("iam-").unwrap();
        let only = |builder, manner| Either::new(builder, manner);
        for manner in Manner::BOTH {
            only(Gate::builder_for(&gate).iam_id(iam_id), manner).verify(&gate.token()).unwrap();
            only(Gate::builder_for(&gate).profile_id(bare), manner).verify(&gate.token()).unwrap();
            let error = only(Gate::builder_for(&gate).profile_id("Profile-0"), manner).verify(&gate.token()).unwrap_err();
            assert_eq!(error.message(), format!("the token's iam_id is {iam_id:?}, not the expected \"iam-Profile-0\""));
        }
    }
}

#[test]
fn a_minute_of_clock_skew_either_way() {
    for gate in Gate::both() {
        for seconds in [-55, 55] {
            let token = gate.signed(|_, claims| {
                let (iat, now) = (claims["iat"].as_i64().unwrap(), claims["iat"].as_i64().unwrap());
                claims["iat"] = json!(iat + seconds.max(0));
                claims["exp"] = json!(now + if seconds < 0 { seconds } else { 3600 });
            });
            gate.verifier.verify(&token).unwrap();
        }
    }
}

#[test]
fn an_option_that_cannot_be_used_is_named() {
    use trusted_profile::verify::Verifier;
    let builder = || Verifier::builder(IBM_CLOUD_ISSUER, "acc");
    for (name, builder) in [
        ("issuer", Verifier::builder("", "acc")),
        ("account_id", Verifier::builder(IBM_CLOUD_ISSUER, "")),
        ("iam_id", builder().profile_id("")),
        ("endpoint", builder().endpoint("http://iam.example.com")),
        ("region", builder().endpoint("private(US)")),
        ("private_proxy", builder().private_proxy("not an address")),
        ("ca_bundle", builder().ca_bundle("/nowhere/ca.pem")),
    ] {
        let error = builder.build().err().unwrap();
        assert!(error.message().starts_with(&format!("{name}: ")), "{error}");
    }
}
