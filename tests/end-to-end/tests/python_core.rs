//! IBM's Python SDK core, unmodified, gets its tokens and its refusals from the simulator: that is
//! how we know that the simulator is honest.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use end_to_end::{Account, Program, python};
use serde_json::{Value, json};
use simulator::{
    ApiKeyState, Config, Fault, FaultRule, InstanceSettings, NewApiKey, NewLink, RetryAfter, Service, ServiceAccountToken, Simulator,
};

/// Runs `cases` one after the other in one Python.
fn run(cases: &[Value]) -> Vec<Value> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/python/ibm_sdk_core.py");
    let home = tempfile::tempdir().unwrap();
    let program = Program::new(python(), &[script.as_ref()]).env("HOME", home.path()).input(json!(cases).to_string());
    let outcome = program.run();
    assert!(outcome.succeeded, "{}", outcome.stderr);
    let answer: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let pinned = format!("ibm-cloud-sdk-core=={}", answer["version"].as_str().unwrap());
    assert!(include_str!("../../../scripts/requirements/ibm-core.txt").contains(&pinned), "{pinned} is not what is pinned");
    let results = answer["results"].as_array().unwrap().clone();
    assert_eq!(results.len(), cases.len());
    results
}

/// A case of `authenticator` that reads the greeting afterwards.
fn case(account: &Account, authenticator: &str, url: &str, options: Value) -> Value {
    let object = format!("/{}/greeting.txt", account.seed.bucket);
    json!({ "authenticator": authenticator, "url": url, "options": options, "object": [account.object_store_url(), object] })
}

fn vpc(account: &Account, options: Value) -> Value {
    case(account, "vpc", &account.metadata_url(), options)
}

fn container(account: &Account, options: Value) -> Value {
    case(account, "container", &account.iam_url(), options)
}

/// Every result is a token that the object store took.
fn assert_tokens(account: &Account, results: &[Value]) {
    for result in results {
        assert!(result["token"].as_str().is_some_and(|token| token.starts_with("eyJ")), "{result}");
        assert_eq!((&result["object_status"], &result["object"]), (&json!(200), &json!("hello\n")), "{result}");
    }
    let reads = account.journal().matching(Service::ObjectStore, "GET", "/*");
    assert_eq!(reads.len(), results.len());
    for (read, result) in reads.iter().zip(results) {
        assert_eq!(read.header("authorization").unwrap(), format!("Bearer {}", result["token"].as_str().unwrap()));
    }
}

/// An `ApiException` with that status whose body or message says `what`.
fn assert_refused(result: &Value, status: u16, what: &str) {
    assert_eq!(result["exception"], "ApiException", "{result}");
    assert_eq!(result["status"], status, "{result}");
    assert!(result.to_string().contains(what), "{what}: {result}");
}

#[test]
fn a_vpc_instance_with_both_versions_and_every_way_to_name_a_profile() {
    let account = Account::start();
    let profile = &account.seed.instance_profile;
    let ways = [json!({}), json!({ "iam_profile_id": profile.id }), json!({ "iam_profile_crn": profile.crn })];
    let mut cases = Vec::new();
    for version in ["2022-03-01", "2025-08-26"] {
        for way in &ways {
            let mut options = way.clone();
            options["service_version"] = json!(version);
            cases.push(vpc(&account, options));
        }
    }
    // Its own default version is the old one.
    cases.push(vpc(&account, json!({})));
    assert_tokens(&account, &run(&cases));
    let count = |method, path| account.journal().count(Service::Metadata, method, path);
    assert_eq!((count("PUT", "/instance_identity/v1/token"), count("POST", "/instance_identity/v1/iam_token")), (4, 4));
    assert_eq!((count("PUT", "/identity/v1/token"), count("POST", "/identity/v1/iam_tokens")), (3, 3));
}

#[test]
fn a_container_with_a_projected_token() {
    let account = Account::start();
    let profile = &account.seed.pod_profile;
    let file = account.token_file();
    let cases = [
        container(&account, json!({ "iam_profile_id": profile.id, "cr_token_filename": file })),
        container(&account, json!({ "iam_profile_name": profile.name, "cr_token_filename": file })),
        container(
            &account,
            json!({ "iam_profile_id": profile.id, "cr_token_filename": file, "client_id": account.client.0, "client_secret": account.client.1 }),
        ),
    ];
    assert_tokens(&account, &run(&cases));
    assert_eq!(account.journal().count(Service::Iam, "POST", "/identity/token"), 3);
}

#[test]
fn an_api_key_alone_and_to_assume_a_profile() {
    let account = Account::start();
    let profile = &account.seed.pod_profile;
    let key = &account.api_key.value;
    let cases = [
        case(&account, "iam", &account.iam_url(), json!({ "apikey": key })),
        case(
            &account,
            "iam",
            &account.iam_url(),
            json!({ "apikey": key, "client_id": account.client.0, "client_secret": account.client.1 }),
        ),
        case(&account, "iam_assume", &account.iam_url(), json!({ "apikey": key, "iam_profile_id": profile.id })),
        case(&account, "iam_assume", &account.iam_url(), json!({ "apikey": key, "iam_profile_crn": profile.crn })),
        case(
            &account,
            "iam_assume",
            &account.iam_url(),
            json!({ "apikey": key, "iam_profile_name": profile.name, "iam_account_id": account.account_id() }),
        ),
    ];
    assert_tokens(&account, &run(&cases));
    // Assuming takes two exchanges, each way.
    assert_eq!(account.journal().count(Service::Iam, "POST", "/identity/token"), 2 + 3 * 2);
}

#[test]
fn an_instance_that_is_refused() {
    let account = Account::start();
    let stranger = account.create_profile("stranger");
    let linked = account.create_profile("linked");
    account.create_link(&linked.id, NewLink::instance(&account.seed.instance)).unwrap();
    account.grant_access(&linked.iam_id, &account.seed.bucket, simulator::Role::Reader);
    let bare = account.create_instance(InstanceSettings { name: "bare".to_owned(), ..InstanceSettings::default() }).unwrap();
    let bare_url = account.instance_metadata_url(&bare.id).unwrap();
    let not_linked = run(&[
        vpc(&account, json!({ "iam_profile_id": stranger.id })),
        vpc(&account, json!({ "iam_profile_id": stranger.id, "service_version": "2025-08-26" })),
        case(&account, "vpc", &bare_url, json!({ "service_version": "2025-08-26" })),
        vpc(&account, json!({ "iam_profile_id": "Profile-00000000-0000-0000-0000-000000000000" })),
        // A link is all that the first one lacks.
        vpc(&account, json!({ "iam_profile_id": linked.id })),
    ]);
    for result in &not_linked[..2] {
        assert_refused(result, 400, "\"code\":\"profile_not_linked\"");
        assert_eq!(result["message"], "the trusted profile is not linked to this instance");
    }
    assert_refused(&not_linked[2], 400, "\"code\":\"missing_field\"");
    assert_refused(&not_linked[3], 400, "not_found");
    assert_tokens(&account, &not_linked[4..]);
}

#[test]
fn an_identity_token_that_is_no_longer_good() {
    let account = Account::start();
    let mut cases = Vec::new();
    for (version, path) in [("2022-03-01", "/instance_identity/v1/token"), ("2025-08-26", "/identity/v1/token")] {
        account.inject(FaultRule::on(Service::Metadata, Fault::ExpiredOnArrival {}).at("PUT", path).times(1));
        cases.extend([vpc(&account, json!({ "service_version": version })), vpc(&account, json!({ "service_version": version }))]);
    }
    for pair in run(&cases).chunks(2) {
        // Issued expired, sent nevertheless, and refused; the next authenticator is fine.
        assert_refused(&pair[0], 401, "unauthenticated");
        assert!(pair[1]["token"].is_string(), "{}", pair[1]);
    }
}

#[test]
fn a_service_that_wants_to_be_left_alone() {
    let account = Account::start();
    let busy = Fault::Status { status: 429, retry_after: Some(RetryAfter::Text("2".to_owned())), code: None, message: None };
    account.inject(FaultRule::on(Service::Metadata, busy.clone()).times(1));
    account.inject(FaultRule::on(Service::Iam, busy).times(1));
    let profile = &account.seed.pod_profile;
    let options = json!({ "iam_profile_id": profile.id, "cr_token_filename": account.token_file() });
    for result in run(&[vpc(&account, json!({})), container(&account, options)]) {
        assert_refused(&result, 429, "429");
        assert_eq!(result["retry_after"], "2");
    }
    // The core does not try again by itself.
    assert_eq!((account.journal().count_service(Service::Metadata), account.journal().count_service(Service::Iam)), (1, 1));
}

#[test]
fn a_pod_that_is_refused() {
    let account = Account::start();
    let stranger = account.create_profile("stranger");
    let id = &account.seed.pod_profile.id;
    let mint = |change: fn(&mut ServiceAccountToken)| {
        let mut token = ServiceAccountToken { cluster_id: account.seed.cluster.id.clone(), ..ServiceAccountToken::default() };
        change(&mut token);
        let path = account.scratch().join(format!("token-{}-{}", token.untrusted_key, token.lifetime_seconds));
        std::fs::write(&path, account.mint_service_account_token(&token).unwrap()).unwrap();
        path.display().to_string()
    };
    let options = |id: &str, file: &str| json!({ "iam_profile_id": id, "cr_token_filename": file });
    let results = run(&[
        container(&account, options(&stranger.id, &account.token_file())),
        container(&account, options(id, &mint(|token| token.lifetime_seconds = -1))),
        container(&account, options(id, &mint(|token| token.untrusted_key = true))),
        container(&account, options(id, "/nowhere/sa-token")),
    ]);
    assert_refused(&results[0], 400, "\"errorCode\":\"BXNIM0398E\"");
    assert_eq!(results[0]["message"], "The selected trusted profile is not eligible for the given token");
    assert_refused(&results[1], 400, "BXNIM");
    assert_refused(&results[2], 400, "BXNIM");
    // No token file is a plain exception, and nothing is sent.
    assert_ne!(results[3]["exception"], "ApiException", "{}", results[3]);
    assert_eq!(account.journal().count(Service::Iam, "POST", "/identity/token"), 3);
}

#[test]
fn a_key_that_is_refused() {
    let account = Account::start();
    let key = &account.api_key;
    let disabled = account.create_api_key(NewApiKey::default());
    account.set_api_key_state(&disabled.id, ApiKeyState::Disabled).unwrap();
    let elsewhere = Simulator::start_blocking(Config::default()).unwrap();
    let stranger = account.create_profile("stranger");
    let results = run(&[
        case(&account, "iam", &elsewhere.iam_url(), json!({ "apikey": key.value })),
        case(&account, "iam_assume", &account.iam_url(), json!({ "apikey": key.value, "iam_profile_id": stranger.id })),
        case(&account, "iam", &account.iam_url(), json!({ "apikey": disabled.value })),
    ]);
    assert_refused(&results[0], 400, "BXNIM0415E");
    assert_refused(&results[1], 400, "BXNIM");
    assert_refused(&results[2], 400, "BXNIM0420E");
}
