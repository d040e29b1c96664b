//! Proxies and a `.netrc` of the environment: neither gets to see a request for a token.

use end_to_end::{Account, Program};
use serde_json::Value;
use simulator::proxy::{INVENTED_TOKEN, RecordingProxy};
use simulator::{DefaultTrustedProfile, InstanceSettings, Protocol, Service};
use std::fs;

const SPELLINGS: [&str; 6] = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// What the program in `src/bin/program.rs` is told about the account.
fn fetch(account: &Account, environment: &[(&str, String)]) -> Value {
    // An instance answers in one scheme, so the other scheme takes another instance.
    let secure = account.create_instance(InstanceSettings {
        protocol: Protocol::Https,
        default_trusted_profile: Some(DefaultTrustedProfile::linked(&account.seed.instance_profile.id)),
        ..InstanceSettings::default()
    });
    let secure_url = account.instance_metadata_https_url(&secure.unwrap().id).unwrap();
    let mut program = Program::new(env!("CARGO_BIN_EXE_program"), &["fetch".as_ref()])
        .env("METADATA_URL", account.metadata_url())
        .env("IAM_URL", account.iam_url())
        .env("IAM_HTTPS_URL", account.iam_https_url().unwrap())
        .env("METADATA_HTTPS_URL", secure_url)
        .env("CA_BUNDLE", account.ca_bundle())
        .env("PROFILE_ID", &account.seed.pod_profile.id)
        .env("CR_TOKEN_FILE", account.token_file());
    for (name, value) in environment {
        program = program.env(name, value);
    }
    let outcome = program.run();
    assert!(outcome.succeeded, "{}", outcome.stderr);
    serde_json::from_str(&outcome.stdout).unwrap()
}

/// Every request for a token came straight to the account, and every token is one of its own.
fn assert_straight(account: &Account, answer: &Value, place: &str) {
    let tokens = answer["tokens"].as_array().unwrap();
    assert_eq!(tokens.len(), 8, "{place}");
    for token in tokens {
        let token = token.as_str().unwrap();
        assert_ne!(token, INVENTED_TOKEN, "{place}");
        assert_eq!(end_to_end::get(&account.greeting_url(), token), 200, "{place}");
    }
    // Two ways to a token, in both schemes, for both providers: 4 x 2 + 4 requests.
    let count = |service| account.journal().count_service(service);
    assert_eq!((count(Service::Metadata), count(Service::Iam)), (8, 4), "{place}");
}

#[test]
fn no_proxy_of_the_environment_sees_a_request_for_a_token() {
    std::thread::scope(|scope| {
        for spelling in SPELLINGS {
            scope.spawn(move || {
                let account = Account::start_with_tls();
                let proxy = RecordingProxy::start().unwrap();
                let answer = fetch(&account, &[(spelling, proxy.url())]);
                // The control: the same program's plain client does go through the proxy.
                let recorded: Vec<(String, String)> = proxy.recorded().into_iter().map(|r| (r.method, r.target)).collect();
                let over_http = ("GET".to_owned(), "http://127.0.0.9:9/control".to_owned());
                let over_https = ("CONNECT".to_owned(), "127.0.0.9:9".to_owned());
                let expected = match spelling.to_ascii_lowercase().as_str() {
                    "http_proxy" => vec![over_http],
                    "https_proxy" => vec![over_https],
                    _ => vec![over_http, over_https],
                };
                assert_eq!(recorded, expected, "{spelling}");
                assert_straight(&account, &answer, spelling);
            });
        }
    });
}

#[test]
fn a_netrc_changes_nothing() {
    let account = Account::start_with_tls();
    let netrc = account.scratch().join(".netrc");
    fs::write(&netrc, "default login mallory password stolen\nmachine 127.0.0.1 login mallory password stolen\n").unwrap();
    let (home, netrc) = (account.scratch().display().to_string(), netrc.display().to_string());
    let answer = fetch(&account, &[("HOME", home), ("NETRC", netrc)]);
    assert_straight(&account, &answer, ".netrc");
    for entry in account.journal().entries() {
        let authorization = entry.header("authorization");
        assert!(authorization.is_none_or(|value| value.starts_with("Bearer eyJ")), "{entry:?}: {authorization:?}");
    }
}
