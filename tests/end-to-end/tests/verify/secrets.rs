//! No token shows in what a verifier prints, logs or dies with.

use crate::Gate;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use end_to_end::Program;
use end_to_end::spellings::leaks;
use serde_json::json;
use std::collections::BTreeSet;

#[test]
fn tokens_good_and_bad() {
    let [gate, _] = Gate::both();
    let token = gate.token();
    let (message, _) = token.rsplit_once('.').unwrap();
    let long = URL_SAFE_NO_PAD.encode([7; 300]);
    let shown = [
        token.clone(),
        gate.signed(|header, _| header["kid"] = json!(long)),
        gate.signed(|header, _| header["jku"] = json!(format!("https://{long}.example"))),
        gate.signed(|_, claims| claims["iss"] = json!(token)),
        gate.signed(|_, claims| claims["exp"] = json!(token)),
        gate.signed(|_, claims| claims["account"]["bss"] = json!(format!("Bearer {token}"))),
        format!("{message}.{long}"),
        format!("Bearer {token}"),
        format!("{}.{}.{long}", URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{long}"}}"#)), URL_SAFE_NO_PAD.encode(&token)),
        format!("{message}.{}", "A".repeat(70_000)),
    ];
    let program = Program::new(env!("CARGO_BIN_EXE_program"), &["verify".as_ref()])
        .env("IAM_URL", gate.iam_url())
        .env("ACCOUNT_ID", gate.account_id())
        .env("RUST_BACKTRACE", "full")
        .input(shown.join("\n"));
    let outcome = program.run();
    let secrets: BTreeSet<String> = shown.iter().flat_map(|shown| shown.split(['.', ' '])).map(str::to_owned).chain([long]).collect();
    // Headers are alike in all tokens, and hold nothing.
    let header = token.split('.').next().unwrap();
    let secrets = secrets.into_iter().filter(|part| part.len() >= 40 && part != header && !part.starts_with("AAAA")).collect();
    for text in [&outcome.stdout, &outcome.stderr] {
        assert_eq!(leaks(text, &secrets), []);
    }
    // Each manner verified each of them, with everything logged, and then panicked.
    assert_eq!(outcome.stdout.matches("token_not_trusted: ").count(), 2 * 3 * (shown.len() - 1), "{}", outcome.stdout);
    assert_eq!(outcome.stdout.matches("accepted: VerifiedClaims").count(), 2, "{}", outcome.stdout);
    assert!(outcome.stdout.contains("TRACE") && outcome.stdout.contains("keys of IAM fetched"), "{}", outcome.stdout);
    assert!(outcome.stderr.contains("this program is done"), "{}", outcome.stderr);
}
