//! A program that uses the client, for tests that need a process of its own: its environment, its
//! standard output, its panics.
#![expect(clippy::unwrap_used, clippy::panic, reason = "whatever goes wrong here is the test's failure")]

mod capture;
mod everything;
#[cfg(target_os = "linux")]
mod unaided;
mod verify;

use end_to_end::{Caller, Manner, plain_client, runtime};
use std::io::Write as _;
use trusted_profile::{Builder, TokenProvider};

fn variable(name: &str) -> String {
    std::env::var(name).unwrap()
}

fn print(text: &str) {
    // One write a line: many threads log.
    std::io::stdout().write_all(format!("{text}\n").as_bytes()).unwrap();
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("fetch") => fetch(),
        Some("everything") => everything::run(),
        Some("leak") => everything::leak(),
        Some("verify") => verify::run(),
        #[cfg(target_os = "linux")]
        Some("instance") => unaided::instance(),
        #[cfg(target_os = "linux")]
        Some("pod") => unaided::pod(),
        #[cfg(target_os = "linux")]
        Some("ask") => unaided::ask(),
        other => print(&format!("no such task: {other:?}")),
    }
}

/// A token of each source over each scheme with each provider, and two requests of a client that
/// obeys the environment.
fn fetch() {
    let mut tokens = Vec::new();
    for scheme in ["", "HTTPS_"] {
        for manner in Manner::BOTH {
            for source in sources(scheme) {
                tokens.push(Caller::new(source.ca_bundle(variable("CA_BUNDLE")), manner).token().unwrap().expose().to_owned());
            }
        }
    }
    let client = plain_client().build().unwrap();
    for control in ["http://127.0.0.9:9/control", "https://127.0.0.9:9/control"] {
        // Without a proxy nothing answers there, and that is fine.
        let _ = runtime().block_on(client.get(control).send());
    }
    print(&serde_json::json!({ "tokens": tokens }).to_string());
}

fn sources(scheme: &str) -> [Builder; 2] {
    let vpc = TokenProvider::vpc_instance().endpoint(variable(&format!("METADATA_{scheme}URL")));
    let pod = TokenProvider::container()
        .endpoint(variable(&format!("IAM_{scheme}URL")))
        .profile_id(variable("PROFILE_ID"))
        .cr_token_file(variable("CR_TOKEN_FILE"));
    [vpc, pod]
}
