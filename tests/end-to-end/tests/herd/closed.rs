//! A provider is closed while callers wait: they are told, and what is under way ends.

use crate::await_requests;
use crate::deserted::{start_tasks, start_threads};
use end_to_end::{Account, Caller, Manner, brisk, runtime};
use simulator::{Fault, FaultRule, Service};
use std::sync::Arc;
use std::time::Duration;
use trusted_profile::services::GetInstanceInitialization;
use trusted_profile::{Builder, Error, ErrorCode, Policy, Timeouts, TokenProvider};

/// A provider in no hurry, and a service that never answers.
fn patient(account: &Account) -> Builder {
    let hour = Duration::from_secs(3600);
    let times = Timeouts { connect: hour, attempt: hour, round: hour };
    account.vpc().policy(Policy { link_local: times, ..brisk() })
}

fn assert_closed(error: &Error) {
    assert_eq!((error.code(), error.message()), (ErrorCode::Closed, "the provider was closed"));
}

#[test]
fn threads_that_wait_for_a_token() {
    let account = Account::start();
    let hang = account.inject(FaultRule::on(Service::Metadata, Fault::Hang {}));
    let tokens = Arc::new(patient(&account).build_blocking().unwrap());
    let threads = start_threads(&tokens, 16);
    await_requests(&account, 1);
    tokens.close();
    for thread in threads {
        assert_closed(&thread.join().unwrap().unwrap_err());
    }
    account.remove_fault(hang);
    assert_closed(&tokens.token(None).unwrap_err());
    assert_eq!(account.journal().entries().len(), 1);
}

#[test]
fn tasks_that_wait_for_a_token() {
    let account = Account::start();
    let hang = account.inject(FaultRule::on(Service::Metadata, Fault::Hang {}));
    let tokens = patient(&account).build().unwrap();
    let tasks = start_tasks(&tokens, 50);
    await_requests(&account, 1);
    runtime().block_on(async {
        tokens.clone().close().await;
        for task in tasks {
            assert_closed(&task.await.unwrap().unwrap_err());
        }
    });
    account.remove_fault(hang);
    runtime().block_on(async {
        assert_closed(&tokens.token().await.unwrap_err());
        // A second time there is nothing to end.
        tokens.close().await;
    });
    assert_eq!(account.journal().entries().len(), 1);
}

#[test]
fn a_token_that_is_cached_can_still_be_had() {
    for manner in Manner::BOTH {
        let account = Account::start();
        // Due for refresh at once, and the refresh never ends by itself.
        account.inject(FaultRule::on(Service::Metadata, Fault::Hang {}).after(2));
        let policy = Policy { refresh_at: 1e-6, refresh_jitter: 0.0, ..brisk() };
        let tokens = Caller::new(account.vpc().policy(policy), manner);
        let token = tokens.token().unwrap();
        while account.journal().entries().len() < 3 {
            tokens.token().unwrap();
        }
        match &tokens {
            Caller::Async(tokens) => runtime().block_on(tokens.close()),
            Caller::Blocking(tokens) => tokens.close(),
        }
        for _ in 0..10 {
            assert_eq!(tokens.token().unwrap().expose(), token.expose());
        }
        assert_eq!(account.journal().entries().len(), 3, "{manner:?}");
    }
}

#[test]
fn a_callback_that_awaits_ends_with_its_unit() {
    let (held, mut ended) = tokio::sync::mpsc::channel::<()>(1);
    let (began, mut begins) = tokio::sync::mpsc::unbounded_channel();
    let callback = move || {
        let (held, began) = (held.clone(), began.clone());
        async move {
            began.send(()).unwrap();
            std::future::pending::<()>().await;
            drop(held);
            Err("never".into())
        }
    };
    let hour = Duration::from_secs(3600);
    let policy = Policy { input_lease: hour, ..brisk() };
    let tokens = TokenProvider::external(callback).policy(policy).build().unwrap();
    let task = start_tasks(&tokens, 1).swap_remove(0);
    runtime().block_on(async {
        begins.recv().await.unwrap();
        tokens.close().await;
        assert_closed(&task.await.unwrap().unwrap_err());
        drop(tokens);
        // Nobody holds the other end any more, the callback's own call included.
        assert_eq!(ended.recv().await, None);
    });
}

#[test]
fn a_read_of_metadata_that_waits() {
    let account = Account::start();
    account.inject(FaultRule::on(Service::Metadata, Fault::Hang {}).at("GET", "*"));
    let tokens = Arc::new(patient(&account).build_blocking().unwrap());
    let reader = {
        let tokens = Arc::clone(&tokens);
        std::thread::spawn(move || tokens.metadata(&GetInstanceInitialization {}, None).map(drop))
    };
    await_requests(&account, 2);
    tokens.close();
    assert_closed(&reader.join().unwrap().unwrap_err());
    assert_closed(&tokens.metadata(&GetInstanceInitialization {}, None).map(drop).unwrap_err());

    let tokens = patient(&account).build().unwrap();
    let reader = {
        let tokens = tokens.clone();
        runtime().spawn(async move { tokens.metadata(&GetInstanceInitialization {}).await.map(drop) })
    };
    await_requests(&account, 4);
    runtime().block_on(async {
        tokens.close().await;
        assert_closed(&reader.await.unwrap().unwrap_err());
    });
}
