//! What the fetching of keys costs, and what its failures do.

use crate::Gate;
use crate::gate::Either;
use end_to_end::{Account, Manner, runtime};
use serde_json::json;
use simulator::{Fault, FaultRule, Service};
use std::thread;
use std::time::Duration;
use trusted_profile::ErrorCode;

fn on_keys(fault: Fault) -> FaultRule {
    FaultRule::on(Service::Iam, fault).at("GET", "/identity/keys")
}

#[test]
fn keys_are_fetched_once_for_a_crowd() {
    for gate in Gate::both() {
        let token = gate.token();
        gate.inject(FaultRule::on(Service::Iam, Fault::Latency { ms: 200 }));
        thread::scope(|scope| {
            for _ in 0..64 {
                scope.spawn(|| gate.verifier.verify(&token).unwrap());
            }
        });
        assert_eq!(gate.key_requests(), 1);
        gate.verifier.verify(&token).unwrap();
        assert_eq!(gate.key_requests(), 1);
    }
}

#[test]
fn a_new_key_of_iam_is_found_after_one_more_fetch() {
    for gate in Gate::both() {
        let old = gate.token();
        gate.verifier.verify(&old).unwrap();
        gate.account.rotate_iam_key();
        let new = gate.token();
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| gate.verifier.verify(&new).unwrap());
            }
        });
        assert_eq!(gate.key_requests(), 2);
        gate.verifier.verify(&old).unwrap();
        assert_eq!(gate.key_requests(), 2);
    }
}

#[test]
fn a_flood_of_foreign_keys_is_one_more_fetch() {
    for gate in Gate::both() {
        let token = gate.token();
        gate.verifier.verify(&token).unwrap();
        let foreign: Vec<String> = (0..200).map(|n| gate.signed(|header, _| header["kid"] = json!(format!("foreign-{n}")))).collect();
        thread::scope(|scope| {
            for part in foreign.chunks(25) {
                let gate = &gate;
                scope.spawn(move || {
                    for token in part {
                        assert_eq!(gate.refusal(token), "the key that the token names (kid) is not one of IAM's");
                    }
                });
            }
        });
        assert_eq!(gate.key_requests(), 2);
        gate.verifier.verify(&token).unwrap();
    }
}

#[test]
fn keys_serve_on_while_iam_is_down() {
    for gate in Gate::both() {
        let token = gate.token();
        gate.verifier.verify(&token).unwrap();
        gate.account.rotate_iam_key();
        let new = gate.token();
        let faults = [
            Fault::NotListening {},
            Fault::Status { status: 503, retry_after: None, code: None, message: None },
            Fault::EmptyObject { status: 200 },
        ];
        for fault in faults {
            let id = gate.inject(on_keys(fault));
            // Nobody can tell whether the new key is IAM's: that is no refusal.
            let error = gate.verifier.verify(&new).unwrap_err();
            assert!(error.code() != ErrorCode::TokenNotTrusted && error.is_transient(), "{error}");
            gate.verifier.verify(&token).unwrap();
            gate.remove_fault(id);
        }
        // The pause after the failure holds: one request, not three.
        assert!(gate.key_requests() <= 2, "{}", gate.key_requests());
    }
}

#[test]
fn without_keys_nothing_is_decided() {
    for manner in Manner::BOTH {
        let account = Account::start();
        let gate = Gate { verifier: Either::new(Gate::builder_for(&account), manner), account };
        let token = gate.token();
        for (fault, code) in [
            (Fault::NotListening {}, ErrorCode::ServiceUnreachable),
            (Fault::Status { status: 500, retry_after: None, code: None, message: None }, ErrorCode::ServiceFailed),
            (Fault::Html { status: 200 }, ErrorCode::MalformedResponse),
            (Fault::HugeBody { bytes: 10 << 20, content_length: true }, ErrorCode::ResponseTooLarge),
        ] {
            let verifier = Either::new(Gate::builder_for(&gate), manner);
            let id = gate.inject(on_keys(fault));
            let error = verifier.verify(&token).unwrap_err();
            assert_eq!(error.code(), code, "{error}");
            assert!(!error.causes().is_empty(), "{error}");
            gate.remove_fault(id);
            // A pause of seconds keeps others from asking at once.
            assert_eq!(verifier.verify(&token).unwrap_err().code(), code);
            gate.verifier.verify(&token).unwrap();
        }
    }
}

#[test]
fn whoever_gives_up_takes_nobody_along() {
    let [tasks, threads] = Gate::both();
    for gate in [&tasks, &threads] {
        gate.inject(on_keys(Fault::Latency { ms: 2000 }));
    }
    let token = tasks.token();
    let Either::Async(verifier) = &tasks.verifier else { panic!("the first is async") };
    runtime().block_on(async {
        let impatient = tokio::time::timeout(Duration::from_millis(50), verifier.verify(&token)).await;
        assert!(impatient.is_err());
        verifier.verify(&token).await.unwrap();
    });
    assert_eq!(tasks.key_requests(), 1);
    let token = threads.token();
    let Either::Blocking(verifier) = &threads.verifier else { panic!("the second blocks") };
    let error = verifier.verify(&token, Some(Duration::from_millis(50))).unwrap_err();
    assert_eq!(error.code(), ErrorCode::DeadlineExceeded, "{error}");
    verifier.verify(&token, None).unwrap();
    assert_eq!(threads.key_requests(), 1);
}

#[test]
fn a_runtime_that_goes_away_takes_its_fetch_along_and_nothing_else() {
    let [gate, _] = Gate::both();
    gate.inject(on_keys(Fault::Hang {}).times(1));
    let token = gate.token();
    let Either::Async(verifier) = gate.verifier.clone() else { panic!("the first is async") };
    let doomed = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let sender = {
        let (verifier, token) = (verifier.clone(), token.clone());
        doomed.spawn(async move { verifier.verify(&token).await.map(drop) })
    };
    while gate.key_requests() == 0 {
        thread::sleep(Duration::from_millis(1));
    }
    let waiter = runtime().spawn(async move { verifier.verify(&token).await.map(drop) });
    doomed.shutdown_background();
    runtime().block_on(waiter).unwrap().unwrap();
    assert!(runtime().block_on(sender).unwrap_err().is_cancelled());
    assert_eq!(gate.key_requests(), 2);
}

#[test]
fn outside_a_runtime_it_says_so() {
    let [gate, _] = Gate::both();
    let token = gate.token();
    let Either::Async(verifier) = &gate.verifier else { panic!("the first is async") };
    let error = polled_once(verifier.verify(&token)).unwrap_err();
    assert_eq!(error.message(), "verify() has to be awaited on a tokio runtime");
}

/// Polls once, which has to do.
fn polled_once<F: Future>(future: F) -> F::Output {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => panic!("it waits for something"),
    }
}
