//! What a client does around an operation: tokens, tags, waiting, an end.

use crate::every::patient;
use end_to_end::{Account, Manner, calm, runtime};
use serde_json::{Value, json};
use simulator::{Config, Fault, FaultRule, InstanceKind, NewApiKey, NewLink, Service, Simulator};
use std::sync::Arc;
use std::time::{Duration, Instant};
use trusted_profile::{Builder, Content, Error, ErrorCode, Iam, Limits, Metadata, Reply, TokenProvider, Until, Vpc, blocking};

/// A provider of an administrator.
fn administrator(account: &Account) -> Builder {
    let key = account.create_api_key(NewApiKey { name: Some("administrator".to_owned()), administrator: true }).value;
    TokenProvider::api_key(key).endpoint(account.iam_url()).policy(calm())
}

pub(crate) fn vpc(account: &Account) -> Vpc {
    Vpc::new(&administrator(account).build().unwrap()).endpoint(account.vpc_url()).limits(patient())
}

fn json_of(reply: Reply<Content>) -> Value {
    reply.value.json().unwrap().as_value().clone()
}

#[test]
fn a_refused_token_is_replaced_once() {
    for manner in Manner::BOTH {
        let account = Account::start();
        let builder = administrator(&account);
        let url = account.vpc_url();
        let call: Box<dyn Fn() -> Result<Reply<Content>, Error>> = match manner {
            Manner::Async => {
                let vpc = Vpc::new(&builder.build().unwrap()).endpoint(url).limits(patient());
                Box::new(move || runtime().block_on(vpc.call("list_regions", json!({}))))
            }
            Manner::Blocking => {
                let vpc = blocking::Vpc::new(builder.build_blocking().unwrap()).endpoint(url).limits(patient());
                Box::new(move || vpc.call("list_regions", json!({})))
            }
        };
        let tokens = || account.journal().count(Service::Iam, "POST", "/identity/token");
        call().unwrap();
        assert_eq!(tokens(), 1);
        account.revoke_iam_tokens();
        call().unwrap();
        assert_eq!(tokens(), 2);
        // One that is refused again and again is the service's answer.
        let refusal = Fault::Status { status: 401, retry_after: None, code: None, message: None };
        account.inject(FaultRule::on(Service::Vpc, refusal));
        account.journal().clear();
        let error = call().unwrap_err();
        assert_eq!((error.code(), error.status()), (ErrorCode::Unauthenticated, Some(401)), "{error}");
        assert!(account.journal().count_service(Service::Vpc) <= 2);
    }
}

#[test]
fn a_profile_that_is_not_linked_stops_no_metadata_read() {
    let simulator = Simulator::start_blocking(Config::default()).unwrap();
    let profile = simulator.create_profile("not-linked");
    let builder = || TokenProvider::vpc_instance().profile_id(&profile.id).endpoint(simulator.metadata_url()).policy(calm());
    let tokens = builder().build().unwrap();
    let id = simulator.primary_instance().id;
    let read = runtime().block_on(Metadata::new(&tokens).limits(patient()).call("get_instance", json!({}))).unwrap();
    assert_eq!(json_of(read)["id"], id);
    assert_eq!(runtime().block_on(tokens.token()).unwrap_err().code(), ErrorCode::ProfileNotLinked);
    let metadata = blocking::Metadata::new(builder().build_blocking().unwrap()).limits(patient());
    assert_eq!(json_of(metadata.call("metadata.get_instance", json!({})).unwrap())["id"], id);
}

#[test]
fn a_link_is_waited_for() {
    let simulator = Simulator::start_blocking(Config::default()).unwrap();
    let profile = simulator.create_profile("late");
    let tokens = TokenProvider::vpc_instance().endpoint(simulator.metadata_url()).policy(calm()).build().unwrap();
    let metadata = Metadata::new(&tokens).limits(patient());
    let refused = || simulator.journal().count(Service::Metadata, "POST", "/identity/v1/iam_tokens");
    runtime().block_on(async {
        let arguments = json!({ "body": { "trusted_profile": { "id": profile.id } } });
        let mut until = Until::link_effective();
        until.every = Duration::from_millis(20);
        let waiting = metadata.until("create_iam_token", arguments, until);
        let link = async {
            while refused() == 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            simulator.create_link(&profile.id, NewLink::instance(&simulator.primary_instance())).unwrap();
        };
        let (token, ()) = tokio::join!(waiting, link);
        assert!(token.unwrap().value.json().unwrap().text("access_token").is_some());
        metadata.wait_until_linked(Some(&profile.id)).await.unwrap();
    });
}

#[test]
fn bare_metal_servers_say_what_they_lack() {
    let account = Account::start();
    account.update_primary_instance(|settings| settings.kind = InstanceKind::Bms);
    let builder = || TokenProvider::bare_metal().endpoint(account.metadata_url()).policy(calm());
    let tokens = builder().build().unwrap();
    let metadata = Metadata::new(&tokens).limits(patient());
    let errors = [
        runtime().block_on(metadata.call("get_instance", json!({}))).unwrap_err(),
        blocking::Metadata::new(builder().build_blocking().unwrap()).call("list_keys", json!({})).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.code(), ErrorCode::NotFound, "{error}");
        assert!(error.notes().iter().any(|note| note.contains("bare metal server")), "{error}");
    }
    // What it has, it has.
    let profile = account.create_profile("of-metal");
    account.create_link(&profile.id, NewLink::instance(&account.primary_instance())).unwrap();
    let profile = json!({ "body": { "trusted_profile": { "id": profile.id } } });
    runtime().block_on(metadata.call("create_identity_token", json!({}))).unwrap();
    let answer = runtime().block_on(metadata.call("create_iam_token", profile)).unwrap();
    assert_eq!(answer.status, 200);
    assert!(json_of(answer)["access_token"].is_string());
}

#[test]
fn sources_without_metadata_and_wrong_settings_are_told_before_anything_is_sent() {
    let account = Account::start();
    let tokens = account.container().build().unwrap();
    let told = |operation: &str, error: Error| {
        assert_eq!(error.code(), ErrorCode::InvalidArgument, "{operation}: {error}");
        error.message().to_owned()
    };
    let run =
        |vpc: &Vpc, operation: &str, arguments: Value| told(operation, runtime().block_on(vpc.call(operation, arguments)).unwrap_err());
    let said = told("get_instance", runtime().block_on(Metadata::new(&tokens).call("get_instance", json!({}))).unwrap_err());
    assert!(said.contains("source: expected vpc_instance or bare_metal"), "{said}");
    let vpc = Vpc::new(&tokens);
    for (client, operation, arguments, words) in [
        (vpc.clone(), "list_instances", json!({}), "region: expected"),
        (vpc.clone().region("eu"), "list_instance", json!({}), "did you mean vpc.list_instances?"),
        (vpc.clone().region("eu"), "iam_identity.list_profiles", json!({}), "this client has those of vpc"),
        (vpc.clone().region("eu"), "get_instance", json!({ "id": ".." }), "id: expected"),
        (vpc.clone().region("eu"), "list_instances", json!({ "limits": 1 }), "limit"),
        (vpc.clone().endpoint("http://10.0.0.1/v1"), "list_instances", json!({}), "endpoint: expected"),
        (vpc.clone().region("eu").version("soon"), "list_instances", json!({}), "version: expected"),
    ] {
        let said = run(&client, operation, arguments);
        assert!(said.contains(words), "{operation}: {said}");
    }
    let iam = Iam::new(&tokens).endpoint(account.iam_url());
    let said = told("get_account_settings", runtime().block_on(iam.call("get_account_settings", json!({}))).unwrap_err());
    assert!(said.contains("iam_identity.get_account_settings or iam_access_groups.get_account_settings"), "{said}");
    assert_eq!(account.journal().entries().len(), 0);
}

#[test]
fn what_was_read_is_what_is_changed() {
    let account = Account::start();
    let tokens = administrator(&account).build().unwrap();
    let client = || Iam::new(&tokens).endpoint(account.iam_url()).limits(patient());
    let iam = client();
    let call = |iam: &Iam, operation: &str, arguments: Value| runtime().block_on(iam.call(operation, arguments));
    let body = json!({ "body": { "name": "reports", "account_id": account.account_id() } });
    let profile = json_of(call(&iam, "create_profile", body).unwrap());
    let id = profile["id"].as_str().unwrap();
    let change = |name: &str| json!({ "profile_id": id, "body": { "name": name } });
    let said = call(&iam, "update_profile", change("a")).unwrap_err();
    assert!(said.message().contains("was not read before"), "{said}");
    call(&iam, "get_profile", json!({ "profile_id": id })).unwrap();
    call(&iam, "update_profile", change("a")).unwrap();
    // Its own change was the last thing it knew; a clone knows it as well.
    call(&iam.clone(), "update_profile", change("b")).unwrap();
    let other = client();
    call(&other, "get_profile", json!({ "profile_id": id })).unwrap();
    call(&other, "update_profile", change("c")).unwrap();
    assert_eq!(call(&iam, "update_profile", change("d")).unwrap_err().status(), Some(409));
}

#[test]
fn an_instance_is_waited_for_and_what_never_comes_is_told() {
    let account = Account::start();
    let vpc = vpc(&account);
    let id = account.seed.instance.id.clone();
    runtime().block_on(async {
        let reply = vpc.wait_until_running(&id).await.unwrap();
        assert_eq!(reply.value.json().unwrap().text("status"), Some("running"));
        let status = |wanted: &str, never: &[&str]| {
            let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
            Until::property(texts(&["status"]), texts(&[wanted]), texts(never))
        };
        let mut never = status("stopped", &[]);
        (never.every, never.within) = (Duration::from_millis(5), Duration::from_millis(50));
        let error = vpc.until("get_instance", json!({ "id": id }), never).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::DeadlineExceeded, "{error}");
        let stopped = status("stopped", &["running"]);
        let error = vpc.until("get_instance", json!({ "id": id }), stopped).await.unwrap_err();
        assert!(error.message().contains("status is running, and will not become stopped"), "{error}");
    });
}

#[test]
fn the_end_of_a_provider_ends_its_calls() {
    let account = Account::start();
    account.inject(FaultRule::on(Service::Vpc, Fault::Latency { ms: 60_000 }));
    let tokens = administrator(&account).build().unwrap();
    let vpc = Vpc::new(&tokens).endpoint(account.vpc_url()).limits(patient());
    let under_way = || account.journal().count_service(Service::Iam) == 1;
    let code = runtime().block_on(async {
        let call = tokio::spawn(async move { vpc.call("list_regions", json!({})).await.unwrap_err().code() });
        while !under_way() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokens.close().await;
        call.await.unwrap()
    });
    assert_eq!(code, ErrorCode::Closed);
    let tokens = Arc::new(administrator(&account).build_blocking().unwrap());
    let vpc = blocking::Vpc::new(tokens.clone()).endpoint(account.vpc_url()).limits(patient());
    let call = std::thread::spawn(move || vpc.call("list_regions", json!({})).unwrap_err().code());
    while account.journal().count_service(Service::Iam) < 2 {
        std::thread::sleep(Duration::from_millis(5));
    }
    tokens.close();
    assert_eq!(call.join().unwrap(), ErrorCode::Closed);
}

#[test]
fn a_call_that_nobody_waits_for_any_more_harms_no_other_and_a_late_one_ends() {
    let account = Account::start();
    let vpc = vpc(&account);
    let hang = account.inject(FaultRule::on(Service::Vpc, Fault::Latency { ms: 60_000 }));
    runtime().block_on(async {
        assert!(tokio::time::timeout(Duration::from_millis(50), vpc.call("list_regions", json!({}))).await.is_err());
        let short = Limits { attempt: Duration::from_millis(100), deadline: Duration::from_millis(300), ..patient() };
        let error = vpc.clone().limits(short).call("list_regions", json!({})).await.unwrap_err();
        assert!(matches!(error.code(), ErrorCode::ServiceUnreachable | ErrorCode::DeadlineExceeded), "{error}");
        account.remove_fault(hang);
        vpc.call("list_regions", json!({})).await.unwrap();
    });
}

#[test]
fn waiting_for_a_token_is_within_the_time_of_a_call() {
    let simulator = Simulator::start_blocking(Config::default()).unwrap();
    simulator.inject(FaultRule::on(Service::Metadata, Fault::Latency { ms: 60_000 }));
    let builder = || TokenProvider::vpc_instance().endpoint(simulator.metadata_url()).policy(calm());
    let short = Limits { deadline: Duration::from_millis(300), ..patient() };
    let mut until = Until::link_effective();
    until.within = Duration::from_millis(300);
    let (tokens, start) = (builder().build().unwrap(), Instant::now());
    let metadata = Metadata::new(&tokens).limits(short.clone());
    let threads = blocking::Metadata::new(builder().build_blocking().unwrap()).limits(short);
    let errors = runtime().block_on(async {
        [
            metadata.call("get_instance", json!({})).await.unwrap_err(),
            metadata.pages("list_placement_groups", json!({})).next().await.unwrap().unwrap_err(),
            metadata.until("create_iam_token", json!({}), until.clone()).await.unwrap_err(),
            threads.call("get_instance", json!({})).unwrap_err(),
            threads.pages("list_placement_groups", json!({})).next().unwrap().unwrap_err(),
            threads.until("create_iam_token", json!({}), until).unwrap_err(),
        ]
    });
    for error in errors {
        assert_eq!((error.code(), error.attempts()), (ErrorCode::DeadlineExceeded, 0), "{error}");
    }
    // One attempt for a token takes 10 s.
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}
