//! Pages and items, as streams and as iterators.

use crate::around::vpc;
use crate::every::patient;
use end_to_end::{Account, calm, runtime};
use futures_core::Stream;
use serde_json::json;
use simulator::{Fault, FaultRule, NewApiKey, Service};
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::pin;
use trusted_profile::{ErrorCode, TokenProvider, Vpc, blocking};

const NETWORKS: usize = 7;

fn with_networks() -> (Account, Vpc) {
    let account = Account::start();
    let vpc = vpc(&account);
    for number in 0..NETWORKS {
        runtime().block_on(vpc.call("create_vpc", json!({ "body": { "name": format!("net-{number}") } }))).unwrap();
    }
    account.journal().clear();
    (account, vpc)
}

/// What a stream yields, by the trait that every other crate knows.
async fn all<S: Stream>(stream: S) -> Vec<S::Item> {
    let mut stream = pin!(stream);
    let mut found = Vec::new();
    while let Some(item) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
        found.push(item);
    }
    found
}

fn pages_sent(account: &Account) -> usize {
    account.journal().count(Service::Vpc, "GET", "/v1/vpcs")
}

#[test]
fn every_item_comes_once_and_no_page_before_it_is_asked_for() {
    let (account, vpc) = with_networks();
    runtime().block_on(async {
        let items: Vec<_> = all(vpc.items("list_vpcs", json!({ "limit": 3 }))).await.into_iter().map(Result::unwrap).collect();
        let names: BTreeSet<&str> = items.iter().map(|item| item.text("name").unwrap()).collect();
        assert!(items.len() >= NETWORKS && (0..NETWORKS).all(|n| names.contains(format!("net-{n}").as_str())), "{names:?}");
        assert_eq!(names.len(), items.len());
        assert_eq!(pages_sent(&account), items.len().div_ceil(3));
        let pages = all(vpc.pages("list_vpcs", json!({ "limit": 3 }))).await;
        assert_eq!(pages.len(), items.len().div_ceil(3));
        account.journal().clear();
        let mut few = vpc.items("list_vpcs", json!({ "limit": 3 }));
        assert_eq!(pages_sent(&account), 0);
        few.next().await.unwrap().unwrap();
        assert_eq!(pages_sent(&account), 1);
    });
}

#[test]
fn threads_walk_as_tasks_do() {
    let (account, _) = with_networks();
    let key = account.create_api_key(NewApiKey { name: None, administrator: true }).value;
    let tokens = TokenProvider::api_key(key).endpoint(account.iam_url()).policy(calm()).build_blocking().unwrap();
    let vpc = blocking::Vpc::new(tokens).endpoint(account.vpc_url()).limits(patient());
    let items: Vec<_> = vpc.items("list_vpcs", json!({ "limit": 3 })).map(Result::unwrap).collect();
    assert!(items.len() >= NETWORKS);
    assert_eq!(vpc.pages("list_vpcs", json!({ "limit": 3 })).count(), items.len().div_ceil(3));
    let error = vpc.items("get_vpc", json!({ "id": "x" })).next().unwrap().unwrap_err();
    assert!(error.message().contains("has no pages"), "{error}");
}

#[test]
fn an_error_ends_a_walk() {
    let (account, vpc) = with_networks();
    let refusal = Fault::Status { status: 403, retry_after: None, code: None, message: None };
    account.inject(FaultRule::on(Service::Vpc, refusal).after(1));
    runtime().block_on(async {
        let items = all(vpc.items("list_vpcs", json!({ "limit": 3 }))).await;
        assert_eq!(items.len(), 4);
        assert_eq!(items[3].as_ref().unwrap_err().code(), ErrorCode::Forbidden);
        let mistakes = all(vpc.pages("list_vpcs", json!({ "limit": "three" }))).await;
        assert_eq!(mistakes.len(), 1);
        assert_eq!(mistakes[0].as_ref().unwrap_err().code(), ErrorCode::InvalidArgument);
    });
}
