//! Reads of the metadata service with the identity token, by either provider.

use end_to_end::{Account, Caller, Manner, runtime};
use simulator::{Fault, FaultRule, Service};
use std::time::Duration;
use trusted_profile::services::{GetInstanceInitialization, InstanceInitialization};
use trusted_profile::{Error, ErrorCode, Reply};

fn initialization(tokens: &Caller) -> Result<Reply<InstanceInitialization>, Error> {
    match tokens {
        Caller::Async(tokens) => runtime().block_on(tokens.metadata(&GetInstanceInitialization {})),
        Caller::Blocking(tokens) => tokens.metadata(&GetInstanceInitialization {}, None),
    }
}

fn identity_tokens(account: &Account) -> usize {
    account.journal().count(Service::Metadata, "PUT", "/identity/v1/token")
}

#[test]
fn the_identity_token_serves_until_it_is_refused() {
    for manner in Manner::BOTH {
        let account = Account::start();
        let tokens = Caller::new(account.vpc(), manner);
        for _ in 0..3 {
            let reply = initialization(&tokens).unwrap();
            assert_eq!(reply.value.default_trusted_profile.unwrap().id.unwrap(), account.seed.instance_profile.id);
        }
        assert_eq!(identity_tokens(&account), 1);
        account.revoke_identity_tokens();
        assert_eq!(initialization(&tokens).unwrap_err().code(), ErrorCode::Unauthenticated);
        initialization(&tokens).unwrap();
        assert_eq!(identity_tokens(&account), 2);
    }
}

#[test]
fn refusals_and_sources_without_metadata() {
    for manner in Manner::BOTH {
        let account = Account::start();
        account.inject(FaultRule::on(Service::Metadata, Fault::Close {}).at("GET", "*"));
        let error = initialization(&Caller::new(account.vpc(), manner)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::MetadataUnreachable, "{error}");
        let error = initialization(&Caller::new(account.container(), manner)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidArgument, "{error}");
    }
}

#[test]
fn the_callers_bound_holds_for_token_and_answer() {
    let account = Account::start();
    let tokens = account.vpc().build_blocking().unwrap();
    for (method, path) in [("PUT", "/identity/v1/token"), ("GET", "*")] {
        let hang = account.inject(FaultRule::on(Service::Metadata, Fault::Latency { ms: 2000 }).at(method, path));
        let error = tokens.metadata(&GetInstanceInitialization {}, Some(Duration::from_millis(50))).map(drop).unwrap_err();
        assert_eq!(error.code(), ErrorCode::DeadlineExceeded, "{error}");
        account.remove_fault(hang);
        tokens.metadata(&GetInstanceInitialization {}, Some(Duration::from_secs(30))).map(drop).unwrap();
    }
}
