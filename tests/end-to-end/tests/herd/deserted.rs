//! Whoever sends may go away, and whoever waits: the others get their token.

use crate::{assert_requests, await_requests, hold_up, ways};
use end_to_end::{Account, brisk, runtime};
use simulator::{Fault, FaultRule, Service};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tokio::runtime::Builder as RuntimeBuilder;
use tokio::task::JoinHandle;
use trusted_profile::{AccessToken, Error, ErrorCode, TokenProvider, blocking};

pub(crate) type Task = JoinHandle<Result<AccessToken, Error>>;

pub(crate) fn start_tasks(tokens: &TokenProvider, count: usize) -> Vec<Task> {
    (0..count)
        .map(|_| {
            let tokens = tokens.clone();
            runtime().spawn(async move { tokens.token().await })
        })
        .collect()
}

/// All of them got one and the same token.
fn assert_one_token(tasks: Vec<Task>) {
    let seen: BTreeSet<String> = runtime().block_on(async {
        let mut seen = BTreeSet::new();
        for task in tasks {
            seen.insert(task.await.unwrap().unwrap().expose().to_owned());
        }
        seen
    });
    assert_eq!(seen.len(), 1);
}

pub(crate) fn start_threads(tokens: &Arc<blocking::TokenProvider>, count: usize) -> Vec<thread::JoinHandle<Result<AccessToken, Error>>> {
    (0..count)
        .map(|_| {
            let tokens = Arc::clone(tokens);
            thread::spawn(move || tokens.token(None))
        })
        .collect()
}

/// All ways at once, for they spend their time waiting.
fn each_way(check: impl Fn(usize) + Sync) {
    thread::scope(|scope| {
        for way in 0..3 {
            let check = &check;
            scope.spawn(move || check(way));
        }
    });
}

#[test]
fn a_task_that_sends_and_tasks_that_wait_are_cancelled() {
    each_way(|way| {
        let account = Account::start();
        let (name, builder, requests) = ways(&account).swap_remove(way);
        hold_up(&account, requests[0].0);
        let tokens = builder.build().unwrap();
        let sender = start_tasks(&tokens, 1).swap_remove(0);
        await_requests(&account, 1);
        let waiters = start_tasks(&tokens, 50);
        let given_up = start_tasks(&tokens, 50);
        sender.abort();
        for task in given_up {
            task.abort();
        }
        assert!(runtime().block_on(sender).unwrap_err().is_cancelled(), "{name}");
        assert_one_token(waiters);
        // The exchange of the sender went on without it: no other was needed.
        assert_requests(&account, &requests, 1, name);
    });
}

#[test]
fn a_thread_that_sends_gives_up() {
    each_way(|way| {
        let account = Account::start();
        let (name, builder, requests) = ways(&account).swap_remove(way);
        hold_up(&account, requests[0].0);
        let tokens = Arc::new(builder.build_blocking().unwrap());
        let error = tokens.token(Some(Duration::from_millis(50))).unwrap_err();
        assert_eq!(error.code(), ErrorCode::DeadlineExceeded, "{name}: {error}");
        let seen: BTreeSet<String> =
            start_threads(&tokens, 16).into_iter().map(|thread| thread.join().unwrap().unwrap().expose().to_owned()).collect();
        assert_eq!(seen.len(), 1, "{name}");
        assert_requests(&account, &requests, 1, name);
    });
}

#[test]
fn a_runtime_shuts_down_while_tasks_of_another_wait() {
    for way in 0..3 {
        let account = Account::start();
        let (name, builder, requests) = ways(&account).swap_remove(way);
        account.inject(FaultRule::on(requests[0].0, Fault::Hang {}).times(1));
        let tokens = builder.build().unwrap();
        let doomed = RuntimeBuilder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let sender = {
            let tokens = tokens.clone();
            doomed.spawn(async move { tokens.token().await })
        };
        await_requests(&account, 1);
        let waiters = start_tasks(&tokens, 50);
        doomed.shutdown_background();
        assert_one_token(waiters);
        assert!(runtime().block_on(sender).unwrap_err().is_cancelled(), "{name}");
        // The first request, which was dropped with its runtime, once more.
        let (service, method, path) = requests[0];
        assert_eq!(account.journal().count(service, method, path), 2, "{name}");
    }
}

#[test]
fn a_runtime_is_no_longer_driven() {
    // Its tasks live, but never run again: only the lease tells.
    let account = Account::start();
    account.inject(FaultRule::on(Service::Metadata, Fault::Hang {}).times(1));
    let tokens = account.vpc().policy(brisk()).build().unwrap();
    let stuck = RuntimeBuilder::new_current_thread().enable_all().build().unwrap();
    let sender = {
        let tokens = tokens.clone();
        stuck.spawn(async move { tokens.token().await })
    };
    while account.journal().entries().is_empty() {
        stuck.block_on(async { tokio::time::sleep(Duration::from_millis(1)).await });
    }
    assert_one_token(start_tasks(&tokens, 50));
    assert_eq!(account.journal().count(Service::Metadata, "PUT", "/identity/v1/token"), 2);
    // Back to life: its late outcome changes nothing.
    let before = runtime().block_on(tokens.token()).unwrap();
    let late = stuck.block_on(sender).unwrap().unwrap();
    assert_eq!(late.expose(), before.expose());
}
