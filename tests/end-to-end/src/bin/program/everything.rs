//! A program that uses every source with each provider, shows all it has, and panics with it.

use crate::{capture, print, variable};
use end_to_end::spellings::spell;
use end_to_end::{Caller, Manner, calm, runtime};
use std::error::Error as StdError;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};
use trusted_profile::services::GetInstanceInitialization;
use trusted_profile::{AccessToken, Builder, Error, Policy, Timeouts, TokenProvider, blocking};

/// As patient as the test says; and every token is due for refresh as soon as it was used.
fn policy() -> Policy {
    let attempt = Duration::from_millis(variable("ATTEMPT_MS").parse().unwrap());
    let times = Timeouts { connect: attempt, attempt, round: attempt * 2 };
    Policy { link_local: times, remote: times, max_attempts: 2, refresh_at: 1e-6, refresh_jitter: 0.0, ..calm() }
}

type Source = (&'static str, Builder);

fn sources() -> Vec<Source> {
    let cr_token = fs::read_to_string(variable("CR_TOKEN_FILE")).unwrap();
    let vpc = || TokenProvider::vpc_instance().endpoint(variable("METADATA_URL"));
    let key = || TokenProvider::api_key(variable("API_KEY")).endpoint(variable("IAM_URL"));
    let quoting = move || Err(format!("401 for Authorization: Bearer {cr_token} (that was all)").into());
    vec![
        ("vpc_instance", vpc()),
        ("container", container(&variable("PROFILE_ID"))),
        ("container of another profile", container("Profile-00000000-0000-0000-0000-000000000000")),
        ("api_key", key()),
        ("api_key of a client", key().client_credentials(variable("CLIENT_ID"), variable("CLIENT_SECRET"))),
        ("assume", TokenProvider::assume(key()).endpoint(variable("IAM_URL")).profile_id(variable("PROFILE_ID"))),
        ("external", blocking::TokenProvider::external_blocking(quoting)),
        ("bearer", TokenProvider::bearer(fs::read_to_string(variable("CR_TOKEN_FILE")).unwrap())),
    ]
}

fn container(profile: &str) -> Builder {
    TokenProvider::container().endpoint(variable("IAM_URL")).profile_id(profile).cr_token_file(variable("CR_TOKEN_FILE"))
}

/// Whether the test wants this source.
fn is_wanted((name, _): &Source) -> bool {
    let wanted = std::env::var("SOURCES").unwrap_or_default();
    wanted.split(',').any(|start| name.starts_with(start))
}

/// All that a program could print of an error.
pub(crate) fn show_error(error: &Error) {
    let mut cause: Option<&dyn StdError> = Some(error);
    while let Some(current) = cause {
        print(&format!("{current}\n{current:?}\n{current:#?}"));
        cause = current.source();
    }
    print(&format!("{:?} {:?} {:?}", error.service(), error.causes(), error.notes()));
}

/// Everything one source gives, shown in every way it can be.
fn exercise((name, source): Source, manner: Manner) -> (Caller, Option<AccessToken>) {
    let shown = format!("{name}, {manner:?}");
    let on_event = move |event: &trusted_profile::Event| print(&format!("event {event:?}\n{event:#?}"));
    let tokens = Caller::new(source.policy(policy()).on_event(on_event), manner);
    let mut last = None;
    for _ in 0..2 {
        match tokens.token() {
            Ok(token) => {
                print(&format!("{shown}: {token:?} {token:#?} {:?} {:?}", token.authorization(), token.unverified_claims()));
                last = Some(token);
            }
            Err(error) => show_error(&error),
        }
        // The refresh that the call started is to be logged as well.
        let deadline = Instant::now() + policy().remote.round;
        while tokens.describe().status.slots.iter().any(|slot| slot.fetching) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(5));
        }
    }
    if let (Caller::Async(provider), "vpc_instance") = (&tokens, name) {
        match runtime().block_on(provider.metadata(&GetInstanceInitialization {})) {
            Ok(reply) => print(&format!("{reply:?}\n{reply:#?}")),
            Err(error) => show_error(&error),
        }
    }
    if let Some(token) = &last {
        match &tokens {
            Caller::Async(provider) => provider.invalidate(token),
            Caller::Blocking(provider) => provider.invalidate(token),
        }
    }
    let description = tokens.describe();
    print(&format!("{description}\n{description:?}\n{description:#?}"));
    (tokens, last)
}

pub(crate) fn run() {
    capture::start();
    let exercised: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = Manner::BOTH
            .into_iter()
            .flat_map(|manner| sources().into_iter().filter(is_wanted).map(move |source| (source, manner)))
            .map(|(source, manner)| scope.spawn(move || exercise(source, manner)))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let (providers, tokens): (Vec<Caller>, Vec<_>) = exercised.into_iter().unzip();
    let tokens: Vec<AccessToken> = tokens.into_iter().flatten().collect();
    if tokens.len() >= 12 {
        print("a dozen tokens");
    }
    let descriptions: Vec<_> = providers.iter().map(Caller::describe).collect();
    panic!("this program is done, and holds {tokens:?}, {descriptions:#?}");
}

/// What must never happen: a secret in each spelling, for those who say they would notice.
pub(crate) fn leak() {
    for (spelling, text) in spell(&variable("API_KEY")) {
        print(&format!("{spelling}: {text}"));
    }
}
