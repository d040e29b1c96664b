//! Every kind of fault that the simulator knows, and services that repeat what they were sent.

use end_to_end::Account;
use serde_json::Value;
use simulator::{Fault, RetryAfter};

/// One of each kind, and the sources that meet it; all, if none is named.
pub(crate) fn all(account: &Account) -> Vec<(Fault, &'static str)> {
    let faults = vec![
        Fault::Latency { ms: 20 },
        Fault::Hang {},
        Fault::Refuse {},
        Fault::NotListening {},
        Fault::Unreachable {},
        Fault::Reset {},
        Fault::Close {},
        Fault::CloseMidBody { after_bytes: None, reset: false },
        Fault::Drip { interval_ms: 50 },
        Fault::Html { status: 200 },
        Fault::EmptyBody { status: 200 },
        Fault::EmptyObject { status: 200 },
        Fault::TruncatedJson {},
        Fault::InvalidJson {},
        Fault::OpaqueToken {},
        Fault::MissingExpiresIn {},
        Fault::ExpiresInString {},
        Fault::HugeBody { bytes: 2_000_000, content_length: false },
        Fault::GzipBomb { bytes: 2_000_000 },
        Fault::Redirect { status: 307, location: "http://127.0.0.1:9/".to_owned() },
        Fault::Skew { seconds: 90 },
        Fault::ExpiredOnArrival {},
        Fault::ContentType { value: "text/plain".to_owned() },
        Fault::ExtraFields {},
        Fault::ConnectionClose {},
    ];
    // Services that put what they were sent into their words.
    let file = std::fs::read_to_string(account.token_file()).unwrap();
    let echoes = [(&account.api_key.value, "api_key,assume"), (&account.client.1, "api_key of a client"), (&file, "container")];
    let mut faults: Vec<_> = faults.into_iter().map(|fault| (fault, "")).collect();
    for (secret, senders) in echoes {
        let message = Some(format!("the credential {secret} is not accepted"));
        let retry_after = Some(RetryAfter::Text("0".to_owned()));
        faults.push((Fault::Status { status: 400, retry_after, code: Some("BXNIM0106E".to_owned()), message }, senders));
    }
    faults
}

#[test]
fn the_list_has_every_kind() {
    let schema: Value = serde_json::from_str(include_str!("../../../simulator/faults.schema.json")).unwrap();
    let kinds: Vec<&str> =
        schema.pointer("/$defs/fault/oneOf").unwrap().as_array().unwrap().iter().map(|kind| kind["title"].as_str().unwrap()).collect();
    assert!(kinds.len() >= 25, "{kinds:?}");
    let account = Account::start();
    let listed: Vec<Value> = all(&account).iter().map(|(fault, _)| serde_json::to_value(fault).unwrap()["kind"].clone()).collect();
    for kind in kinds {
        assert!(listed.iter().any(|listed| listed == kind), "{kind} is not in the list");
    }
}
