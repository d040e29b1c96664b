//! Crowds that want a token at once, and callers, senders and runtimes that go away in the middle.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod callback;
mod closed;
mod crowd;
mod deserted;

use end_to_end::{Account, calm};
use simulator::{Fault, FaultRule, Service};
use std::time::{Duration, Instant};
use trusted_profile::{Builder, Policy, TokenProvider};

/// The requests of one way to a token.
type Requests = Vec<(Service, &'static str, &'static str)>;

/// Every way to a token with the requests it takes, in order.
fn ways(account: &Account) -> Vec<(&'static str, Builder, Requests)> {
    let identity = (Service::Metadata, "PUT", "/identity/v1/token");
    let instance = (Service::Metadata, "POST", "/identity/v1/iam_tokens");
    let iam = (Service::Iam, "POST", "/identity/token");
    // A failure is shared by whoever comes within a minute.
    let policy = || Policy { cooldown: Duration::from_secs(60), ..calm() };
    let pod = account.container().policy(policy());
    let assumed = TokenProvider::assume(account.vpc()).endpoint(account.iam_url()).profile_id(&account.seed.pod_profile.id);
    account.allow_assume(&account.seed.pod_profile.id, &account.seed.instance_profile.iam_id).unwrap();
    vec![
        ("vpc_instance", account.vpc().policy(policy()), vec![identity, instance]),
        ("container", pod, vec![iam]),
        ("assume", assumed.policy(policy()), vec![identity, instance, iam]),
    ]
}

/// Every request takes 200 ms more.
fn slow_down(account: &Account) {
    for service in [Service::Metadata, Service::Iam] {
        account.inject(FaultRule::on(service, Fault::Latency { ms: 200 }));
    }
}

/// The first request takes so long that its sender goes away meanwhile, however slow this machine is.
fn hold_up(account: &Account, service: Service) {
    account.inject(FaultRule::on(service, Fault::Latency { ms: 3000 }).times(1));
}

/// The services received each request so often, and nothing else.
fn assert_requests(account: &Account, requests: &Requests, times: usize, place: &str) {
    for (service, method, path) in requests {
        assert_eq!(account.journal().count(*service, method, path), times, "{place}: {method} {path}");
    }
    let total = account.journal().count_service(Service::Metadata) + account.journal().count_service(Service::Iam);
    assert_eq!(total, requests.len() * times, "{place}: {:?}", account.journal());
}

/// Waits until the services have received `count` requests.
fn await_requests(account: &Account, count: usize) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while account.journal().entries().len() < count {
        assert!(Instant::now() < deadline, "{} requests, not {count}", account.journal().entries().len());
        std::thread::sleep(Duration::from_millis(1));
    }
}
