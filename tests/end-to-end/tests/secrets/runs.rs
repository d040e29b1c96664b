//! Programs that log everything there is to log, under every fault, and then panic.

use crate::faults;
use end_to_end::spellings::{SHORTEST, leaks};
use end_to_end::{Account, Outcome, Program};
use serde_json::Value;
use simulator::{Fault, FaultRule, Service};
use std::collections::BTreeSet;
use std::fs;
use std::sync::Mutex;
use std::thread;

/// A program in the account's world, with the client's every source (`src/bin/program.rs`).
fn program(account: &Account, task: &str, attempt_ms: &str) -> Program {
    Program::new(env!("CARGO_BIN_EXE_program"), &[task.as_ref()])
        .env("ATTEMPT_MS", attempt_ms)
        .env("METADATA_URL", account.metadata_url())
        .env("IAM_URL", account.iam_url())
        .env("PROFILE_ID", &account.seed.pod_profile.id)
        .env("CR_TOKEN_FILE", account.token_file())
        .env("API_KEY", &account.api_key.value)
        .env("CLIENT_ID", &account.client.0)
        .env("CLIENT_SECRET", &account.client.1)
}

/// What must not show: everything that the services were sent or gave out, and what the program was given.
fn secrets(account: &Account) -> BTreeSet<String> {
    let file = fs::read_to_string(account.token_file()).unwrap();
    let mut secrets: BTreeSet<String> = [account.api_key.value.clone(), account.client.1.clone(), file].into();
    secrets.extend(account.seed.instance.settings.user_data.clone());
    for entry in account.journal().entries() {
        secrets.extend(entry.header("authorization").and_then(|value| value.split_once(' ')).map(|(_, credential)| credential.to_owned()));
        let form = entry.form();
        let names = ["apikey", "cr_token", "access_token", "refresh_token", "client_secret"];
        secrets.extend(names.iter().filter_map(|name| form.get(*name).cloned()));
        if let Ok(answer) = serde_json::from_slice::<Value>(&entry.response_body) {
            let names = ["access_token", "refresh_token", "user_data"];
            secrets.extend(names.iter().filter_map(|name| answer[*name].as_str().map(str::to_owned)));
        }
    }
    secrets.retain(|secret| secret.len() >= SHORTEST && secret != "not_supported");
    secrets
}

fn assert_clean(outcome: &Outcome, secrets: &BTreeSet<String>, place: &str) {
    for (name, text) in [("stdout", &outcome.stdout), ("stderr", &outcome.stderr)] {
        let found = leaks(text, secrets);
        assert!(found.is_empty(), "{place}, {name}: {found:#?}");
    }
    // It got to its end, which is a panic while it holds everything.
    assert!(outcome.stderr.contains("panicked at") && outcome.stderr.contains("this program is done"), "{place}: {}", outcome.stderr);
}

#[test]
fn a_run_where_all_goes_well() {
    let account = Account::start();
    let outcome = program(&account, "everything", "10000").env("RUST_BACKTRACE", "full").run();
    let secrets = secrets(&account);
    // Both tokens of the instance, of the pod, of the key, of the client with refresh token, of the
    // assumed profile, for both providers, refreshed.
    assert!(secrets.len() >= 16, "only {} secrets", secrets.len());
    assert_clean(&outcome, &secrets, "no fault");
    for said in
        ["TRACE", "trusted_profile", "reqwest", "token refreshed", "event Refreshed", "user_data: Some([redacted])", "a dozen tokens"]
    {
        assert!(outcome.stdout.contains(said), "{said:?} is not in the output:\n{}", outcome.stdout);
    }
    // The harness would see the secrets if they were printed.
    let leaky = program(&account, "leak", "").run();
    let spellings: BTreeSet<&str> = leaks(&leaky.stdout, &secrets).into_iter().map(|leak| leak.spelling).collect();
    assert_eq!(
        spellings.into_iter().collect::<Vec<_>>(),
        ["base64", "base64url", "cut short", "decimal", "escaped", "hex", "percent", "raw"]
    );
}

#[test]
fn a_run_under_every_fault() {
    let count = faults::all(&Account::start()).len();
    let jobs = Mutex::new((0..count).collect::<Vec<_>>());
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let next = || jobs.lock().unwrap().pop();
                while let Some(index) = next() {
                    let account = Account::start();
                    let (fault, sources): (Fault, _) = faults::all(&account).swap_remove(index);
                    for service in [Service::Metadata, Service::Iam] {
                        account.inject(FaultRule::on(service, fault.clone()));
                    }
                    let outcome = program(&account, "everything", "400").env("SOURCES", sources).run();
                    assert_clean(&outcome, &secrets(&account), &format!("{fault:?}").chars().take(60).collect::<String>());
                }
            });
        }
    });
}
