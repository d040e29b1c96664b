//! What a token costs on its way through the core: when it is there, when it is fetched, when it fails.
//!
//! `make bench`. The budget of a ready token is 50 ns.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark may panic")]

use divan::{Bencher, black_box};
use http::{Response, StatusCode};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use trusted_profile_core::operation::Operation;
use trusted_profile_core::services::{CreateIamToken, CreateIdentityToken, DEFAULT_VERSION, GetToken, Grant, Profile};
use trusted_profile_core::token::{ApiKey, Exchange, Iam};
use trusted_profile_core::wire::BaseUrl;
use trusted_profile_core::{Action, Error, Now, Policy, Secret, Slot, Source, Ticket, TokenManager};

fn main() {
    divan::Divan::from_args().max_time(Duration::from_secs(1)).main();
}

fn now() -> Now {
    Now { monotonic: Duration::from_secs(100), unix: Duration::from_secs(1_790_000_000) }
}

/// As long as IBM's: about 1.7 kB.
fn token() -> String {
    format!("{}.{}.{}", "eyJhbGciOiJSUzI1NiIsImtpZCI6IjIwMjYwNzAxIn0", "eyJp".repeat(330), "c2ln".repeat(85))
}

fn answer() -> Response<Vec<u8>> {
    let body = serde_json::json!({
        "access_token": token(), "refresh_token": "not_supported", "token_type": "Bearer", "expires_in": 3600,
        "expiration": 1_790_003_600, "scope": "ibm openid"
    });
    Response::builder().header("content-type", "application/json").body(body.to_string().into_bytes()).unwrap()
}

fn refusal() -> Response<Vec<u8>> {
    let body =
        r#"{"errorCode":"BXNIM0415E","errorMessage":"Provided API key could not be found.","context":{"requestId":"dXMtc291dGgtMQ"}}"#;
    let builder = Response::builder().status(StatusCode::BAD_REQUEST).header("content-type", "application/json");
    builder.body(body.as_bytes().to_vec()).unwrap()
}

fn machine() -> TokenManager {
    let key = ApiKey { api_key: Secret::new("sim-0123456789abcdef0123456789abcdef"), iam: Iam::default() };
    let policy = Policy { cooldown: Duration::ZERO, ..Policy::default() };
    TokenManager::new(Source::ApiKey(key), policy, 1).unwrap()
}

fn send(machine: &mut TokenManager, ticket: &mut Ticket) -> Box<Exchange> {
    match machine.poll(Slot::Iam, now(), ticket) {
        Action::Send(exchange) => exchange,
        other => panic!("{other:?}"),
    }
}

fn ready() -> TokenManager {
    let mut machine = machine();
    let exchange = send(&mut machine, &mut Ticket::new());
    machine.handle(now(), exchange.id, Ok(answer()));
    machine
}

#[divan::bench]
fn poll_when_ready(bencher: Bencher<'_, '_>) {
    let mut machine = ready();
    bencher.bench_local(|| machine.poll(Slot::Iam, black_box(now()), &mut Ticket::new()));
}

#[divan::bench]
fn poll_when_ready_behind_a_mutex(bencher: Bencher<'_, '_>) {
    let machine = Mutex::new(ready());
    bencher.bench_local(|| machine.lock().unwrap_or_else(PoisonError::into_inner).poll(Slot::Iam, black_box(now()), &mut Ticket::new()));
}

/// What a driver does for every call: a poll, and the question whether a refresh is due.
#[divan::bench]
fn poll_and_poll_refresh_behind_a_mutex(bencher: Bencher<'_, '_>) {
    let machine = Mutex::new(ready());
    bencher.bench_local(|| {
        let mut machine = machine.lock().unwrap_or_else(PoisonError::into_inner);
        let action = machine.poll(Slot::Iam, black_box(now()), &mut Ticket::new());
        (action, machine.poll_refresh(black_box(now())))
    });
}

#[divan::bench]
fn authorization_header(bencher: Bencher<'_, '_>) {
    let Action::Ready(token) = ready().poll(Slot::Iam, now(), &mut Ticket::new()) else { panic!("no token") };
    bencher.bench_local(|| black_box(&token).authorization());
}

#[divan::bench]
fn request_of_an_identity_token(bencher: Bencher<'_, '_>) {
    let base = BaseUrl::parse("endpoint", "http://169.254.169.254").unwrap();
    let operation = CreateIdentityToken { expires_in: Some(Duration::from_secs(300)), nonce: None };
    bencher.bench_local(|| black_box(&operation).request(&base, DEFAULT_VERSION).unwrap());
}

#[divan::bench]
fn request_of_an_instances_iam_token(bencher: Bencher<'_, '_>) {
    let base = BaseUrl::parse("endpoint", "http://169.254.169.254").unwrap();
    let profile = Profile::Id("Profile-9fd84264-7de4-4627-94c4-8ecde51d5ac5".to_owned());
    let operation = CreateIamToken { trusted_profile: Some(profile) };
    bencher.bench_local(|| black_box(&operation).request(&base, DEFAULT_VERSION).unwrap());
}

#[divan::bench]
fn request_of_a_pods_iam_token(bencher: Bencher<'_, '_>) {
    let base = BaseUrl::parse("endpoint", "https://iam.cloud.ibm.com").unwrap();
    let profile = Profile::Id("Profile-9fd84264-7de4-4627-94c4-8ecde51d5ac5".to_owned());
    let operation = GetToken { grant: Grant::CrToken { cr_token: Secret::new(token()), profile }, scope: None, client: None };
    bencher.bench_local(|| black_box(&operation).request(&base, DEFAULT_VERSION).unwrap());
}

#[divan::bench]
fn parse_a_token_answer(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(answer).bench_local_values(|answer| GetToken::parse(answer).unwrap());
}

/// From an empty cache to a token, transport aside.
#[divan::bench]
fn whole_round(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(|| (machine(), answer())).bench_local_values(|(mut machine, answer)| {
        let mut ticket = Ticket::new();
        let exchange = send(&mut machine, &mut ticket);
        machine.handle(now(), exchange.id, Ok(answer));
        (machine.poll(Slot::Iam, now(), &mut ticket), machine)
    });
}

fn fail(machine: &mut TokenManager, refusal: Response<Vec<u8>>) -> Error {
    let mut ticket = Ticket::new();
    let exchange = send(machine, &mut ticket);
    machine.handle(now(), exchange.id, Ok(refusal));
    match machine.poll(Slot::Iam, now(), &mut ticket) {
        Action::Failed(error) => error,
        other => panic!("{other:?}"),
    }
}

/// From an empty cache to an error with its causes.
#[divan::bench]
fn whole_round_that_fails(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(|| (machine(), refusal())).bench_local_values(|(mut machine, refusal)| (fail(&mut machine, refusal), machine));
}

#[divan::bench]
fn an_error_in_words(bencher: Bencher<'_, '_>) {
    let error = fail(&mut machine(), refusal());
    bencher.bench_local(|| black_box(&error).to_string());
}
