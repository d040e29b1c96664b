//! Providers that are told no address, so that they call the real ones. They check first that those
//! are the simulator's.

use crate::{print, variable};
use end_to_end::isolation::assert_isolated;
use end_to_end::{Caller, Manner, plain_client, runtime};
use serde_json::{Value, json};
use std::thread;
use trusted_profile::services::{GetInstanceInitialization, InstanceInitialization};
use trusted_profile::{AccessToken, Builder, Error, Policy, SourceOptions, TokenProvider, Verdict, blocking};

/// An instance's tokens and one metadata read in each manner, with nothing set at all; and the requests of a client
/// that obeys the environment.
pub(crate) fn instance() {
    assert_isolated();
    let tokens = TokenProvider::vpc_instance().build().unwrap();
    let asynchronous = runtime().block_on(async {
        let (token, identity) = (tokens.token().await.unwrap(), tokens.identity_token().await.unwrap());
        let read = tokens.metadata(&GetInstanceInitialization {}).await.unwrap();
        shown_of(&token, &identity, read.value)
    });
    let tokens = blocking::TokenProvider::vpc_instance().build_blocking().unwrap();
    let (token, identity) = (tokens.token(None).unwrap(), tokens.identity_token(None).unwrap());
    let read = tokens.metadata(&GetInstanceInitialization {}, None).unwrap();
    let blocking = shown_of(&token, &identity, read.value);
    control_requests();
    print(&json!({ "async": asynchronous, "blocking": blocking }).to_string());
}

fn shown_of(token: &AccessToken, identity: &AccessToken, read: InstanceInitialization) -> Value {
    let profile = read.default_trusted_profile.and_then(|profile| profile.id);
    json!({ "token": token.expose(), "identity": identity.expose(), "default_trusted_profile": profile })
}

/// A pod's token, with nothing set but the profile and, if given, the kind of endpoint.
pub(crate) fn pod() {
    assert_isolated();
    let builder = || {
        let builder = TokenProvider::container().profile_id(variable("PROFILE_ID"));
        if let Ok(endpoint) = std::env::var("ENDPOINT") { builder.endpoint(endpoint) } else { builder }
    };
    let tokens = Manner::BOTH.map(|manner| Caller::new(builder(), manner).token().unwrap().expose().to_owned());
    control_requests();
    print(&json!({ "tokens": tokens }).to_string());
}

fn control_requests() {
    let client = plain_client().build().unwrap();
    for control in ["http://control.example/", "https://control.example/"] {
        // Without a proxy the name does not resolve, and that is fine.
        let _ = runtime().block_on(client.get(control).send());
    }
}

/// Asks once in each manner and asks the doctor, with the options and the policy given as JSON, and shows what came of it.
pub(crate) fn ask() {
    assert_isolated();
    let answers = thread::scope(|scope| {
        let asked = Manner::BOTH.map(|manner| scope.spawn(move || answer(manner)));
        let examined = scope.spawn(examination);
        (asked.map(|thread| thread.join().unwrap()), examined.join().unwrap())
    });
    let ([asynchronous, threaded], examined) = answers;
    print(&json!({ "async": asynchronous, "blocking": threaded, "doctor": examined }).to_string());
}

/// A builder of what the test asks for.
fn builder() -> Builder {
    let options: SourceOptions = serde_json::from_str(&variable("OPTIONS")).unwrap();
    let policy: Policy = serde_json::from_str(&variable("POLICY")).unwrap();
    Builder::from_options(options).policy(policy)
}

/// What the doctor says: whether there is a token, which checks failed, and the causes in their order.
fn examination() -> Value {
    let report = builder().diagnose_blocking().unwrap();
    let failed: Vec<_> = report.checks.iter().filter(|check| check.verdict == Verdict::Fail).collect();
    let causes = failed.iter().flat_map(|check| &check.remedies).map(|remedy| format!("{}. Fix: {}", remedy.cause, remedy.fix));
    json!({
        "token": report.error.is_none(),
        "code": report.error.as_ref().map(|error| error.code().as_str()),
        "failed": failed.iter().map(|check| check.name).collect::<Vec<_>>(),
        "causes": causes.collect::<Vec<_>>(),
        "text": report.to_string(),
    })
}

fn answer(manner: Manner) -> Value {
    let tokens = Caller::new(builder(), manner);
    match tokens.token() {
        Ok(_) => json!({ "token": true, "skew": tokens.describe().status.clock_skew_seconds }),
        Err(error) => shown(&error),
    }
}

fn shown(error: &Error) -> Value {
    let causes: Vec<String> = error.causes().iter().map(|cause| format!("{}. Fix: {}", cause.cause, cause.fix)).collect();
    json!({ "code": error.code().as_str(), "causes": causes, "text": error.to_string() })
}
