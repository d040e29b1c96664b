//! One exchange for any number of callers.

use crate::{assert_requests, slow_down, ways};
use end_to_end::{Account, runtime};
use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

#[test]
fn sixty_four_threads_share_one_exchange() {
    for way in 0..3 {
        let account = Account::start();
        slow_down(&account);
        let (name, builder, requests) = ways(&account).swap_remove(way);
        let tokens = builder.build_blocking().unwrap();
        let start = Barrier::new(64);
        let seen: BTreeSet<String> = thread::scope(|scope| {
            let threads: Vec<_> = (0..64)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        tokens.token(None).unwrap().expose().to_owned()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(seen.len(), 1, "{name}");
        assert_requests(&account, &requests, 1, name);
    }
}

#[test]
fn a_thousand_tasks_share_one_exchange() {
    for way in 0..3 {
        let account = Account::start();
        slow_down(&account);
        let (name, builder, requests) = ways(&account).swap_remove(way);
        let tokens = builder.build().unwrap();
        let tasks: Vec<_> = (0..1000)
            .map(|_| {
                let tokens = tokens.clone();
                runtime().spawn(async move { tokens.token().await.unwrap().expose().to_owned() })
            })
            .collect();
        let seen: BTreeSet<String> = runtime().block_on(async {
            let mut seen = BTreeSet::new();
            for task in tasks {
                seen.insert(task.await.unwrap());
            }
            seen
        });
        assert_eq!(seen.len(), 1, "{name}");
        assert_requests(&account, &requests, 1, name);
    }
}

#[test]
fn a_thousand_tasks_share_one_failure() {
    let account = Account::start();
    account.update_primary_instance(|settings| settings.default_trusted_profile = None);
    slow_down(&account);
    let (name, builder, requests) = ways(&account).swap_remove(0);
    let tokens = builder.build().unwrap();
    let tasks: Vec<_> = (0..1000)
        .map(|_| {
            let tokens = tokens.clone();
            runtime().spawn(async move { tokens.token().await.unwrap_err() })
        })
        .collect();
    runtime().block_on(async {
        for task in tasks {
            assert_eq!(task.await.unwrap().code(), trusted_profile::ErrorCode::NoDefaultProfile);
        }
    });
    // The latency fault hides the refusal from nobody: still one request for each step.
    assert_requests(&account, &requests, 1, name);
}
