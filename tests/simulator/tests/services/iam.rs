//! IAM's token service: each grant and each error.

use crate::wire::{Reply, call, identity_token, token};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;
use simulator::{
    ApiKeyState, ClusterKind, Condition, Config, LinkTarget, NewApiKey, NewCluster, NewLink, NewProfile, NewRule, ServiceAccountToken,
    Simulator,
};

const CR_TOKEN: (&str, &str) = ("grant_type", "urn:ibm:params:oauth:grant-type:cr-token");
const API_KEY: (&str, &str) = ("grant_type", "urn:ibm:params:oauth:grant-type:apikey");
const ASSUME: (&str, &str) = ("grant_type", "urn:ibm:params:oauth:grant-type:assume");

fn seeded() -> Simulator {
    Simulator::start_blocking(Config::seeded()).unwrap()
}

fn pod_token(simulator: &Simulator, change: impl FnOnce(&mut ServiceAccountToken)) -> String {
    let mut wanted = ServiceAccountToken { cluster_id: simulator.seed().unwrap().cluster.id, ..ServiceAccountToken::default() };
    change(&mut wanted);
    simulator.mint_service_account_token(&wanted).unwrap()
}

fn error(reply: &Reply) -> (u16, String) {
    let body = reply.json();
    assert!(body["errorMessage"].is_string());
    assert_eq!(body["context"]["requestId"].as_str(), reply.header("transaction-id"));
    (reply.status, reply.code())
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn access_token(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["access_token"].as_str().unwrap().to_owned()
}

fn claims(token: &str) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn a_cr_token_by_id_crn_and_name() {
    let simulator = seeded();
    let profile = simulator.seed().unwrap().pod_profile;
    let cr = pod_token(&simulator, |_| ());
    for field in [("profile_id", profile.id.as_str()), ("profile_crn", &profile.crn), ("profile_name", &profile.name)] {
        let reply = token(&simulator, &[CR_TOKEN, ("cr_token", &cr), field]);
        let token = access_token(&reply);
        let body = reply.json();
        assert_eq!(body["refresh_token"], "not_supported");
        assert_eq!(body["token_type"], "Bearer");
        assert_eq!(body["expires_in"], 3600);
        assert_eq!(body["scope"], "ibm openid");
        assert_eq!(body["expiration"], claims(&token)["exp"]);
        assert_eq!(claims(&token)["iam_id"], profile.iam_id.as_str());
        assert_eq!(reply.header("cache-control"), Some("no-store"));
    }
    // IBM's own cores let id and name through together.
    let both = [CR_TOKEN, ("cr_token", cr.as_str()), ("profile_id", &profile.id), ("profile_name", &profile.name)];
    assert_eq!(token(&simulator, &both).status, 200);
}

#[test]
fn form_errors() {
    let simulator = seeded();
    let cr = pod_token(&simulator, |_| ());
    let cases: [(&[(&str, &str)], &str); 8] = [
        (&[], "BXNIM0109E"),
        (&[("grant_type", "")], "BXNIM0109E"),
        (&[("grant_type", "nonsense")], "BXNIM0106E"),
        (&[CR_TOKEN], "BXNIM0109E"),
        (&[CR_TOKEN, ("cr_token", &cr)], "BXNIM0109E"),
        (&[API_KEY], "BXNIM0109E"),
        (&[ASSUME], "BXNIM0109E"),
        (&[("grant_type", "password")], "BXNIM0308E"),
    ];
    for (fields, code) in cases {
        assert_eq!(error(&token(&simulator, fields)), refused(400, code));
    }
    let json = call("POST", format!("{}/identity/token", simulator.iam_url()))
        .header("Content-Type", "application/json")
        .body("grant_type=x")
        .send();
    assert_eq!(error(&json), refused(400, "BXNIM0109E"));
    let method = call("GET", format!("{}/identity/token", simulator.iam_url())).send();
    assert_eq!(error(&method), refused(405, "BXNIM0060E"));
    let path = call("POST", format!("{}/identity/tokens", simulator.iam_url())).send();
    assert_eq!(error(&path), refused(404, "BXNIM0060E"));
}

#[test]
fn the_caller_s_transaction_id_comes_back() {
    let simulator = seeded();
    let reply = call("POST", format!("{}/identity/token", simulator.iam_url())).header("Transaction-Id", "mine-1").form(&[]).send();
    assert_eq!(reply.header("transaction-id"), Some("mine-1"));
    assert_eq!(reply.json()["context"]["requestId"], "mine-1");
}

#[test]
fn a_cr_token_that_is_not_valid() {
    let simulator = seeded();
    let profile = simulator.seed().unwrap().pod_profile;
    let good = pod_token(&simulator, |_| ());
    for bad in [
        pod_token(&simulator, |wanted| wanted.lifetime_seconds = -10),
        pod_token(&simulator, |wanted| wanted.lifetime_seconds = 7200),
        pod_token(&simulator, |wanted| wanted.untrusted_key = true),
        format!("{good}\n"),
        "nonsense".to_owned(),
    ] {
        let fields = [CR_TOKEN, ("cr_token", bad.as_str()), ("profile_id", &profile.id)];
        assert_eq!(error(&token(&simulator, &fields)), refused(400, "BXNIM0407E"));
    }
}

#[test]
fn a_cr_token_for_another_audience() {
    let simulator = seeded();
    let profile = simulator.seed().unwrap().pod_profile;
    let [right, wrong] = ["iam", "vault"].map(|audience| pod_token(&simulator, |wanted| wanted.audience = audience.to_owned()));
    let answer = |cr: &str| token(&simulator, &[CR_TOKEN, ("cr_token", cr), ("profile_id", &profile.id)]);
    access_token(&answer(&wrong));
    simulator.set_wanted_audience("iam");
    assert_eq!(error(&answer(&wrong)), refused(400, "BXNIM0407E"));
    access_token(&answer(&right));
}

#[test]
fn not_eligible_names_the_identifier() {
    let simulator = seeded();
    let seed = simulator.seed().unwrap();
    let other = pod_token(&simulator, |wanted| {
        wanted.namespace = "prod".to_owned();
        wanted.pod = "pod-7".to_owned();
    });
    let fields = [CR_TOKEN, ("cr_token", other.as_str()), ("profile_id", &seed.pod_profile.id)];
    let reply = token(&simulator, &fields);
    assert_eq!(error(&reply), refused(400, "BXNIM0398E"));
    let details = reply.json()["errorDetails"].as_str().unwrap().to_owned();
    assert!(details.contains(&format!("{}:prod:default:pod-7", seed.cluster.id)));
    assert!(details.contains(&seed.pod_profile.iam_id));
    let good = pod_token(&simulator, |_| ());
    let wrong_id = format!("={}", seed.pod_profile.id);
    for field in [
        ("profile_id", "Profile-none"),
        // The walk-through's doubled equals sign.
        ("profile_id", wrong_id.as_str()),
        ("profile_name", "none"),
        ("profile_crn", "crn:v1:bluemix:public:iam-identity::a/1::profile:none"),
    ] {
        let reply = token(&simulator, &[CR_TOKEN, ("cr_token", &good), field]);
        assert_eq!(error(&reply), refused(400, "BXNIM0398E"));
    }
    let fields = [CR_TOKEN, ("cr_token", &good), ("profile_crn", "nonsense")];
    assert_eq!(error(&token(&simulator, &fields)), refused(400, "BXNIM0113E"));
}

#[test]
fn a_rule_admits_pods_and_a_link_names_the_service_account() {
    let simulator = seeded();
    let seed = simulator.seed().unwrap();
    let by_rule = simulator.create_profile("by-rule");
    let conditions = vec![
        Condition::equals("namespace", "prod"),
        Condition { claim: "name".to_owned(), operator: "IN".to_owned(), value: r#"["default","worker"]"#.to_owned() },
        Condition::equals("service_instance", &seed.cluster.id),
    ];
    let rule = NewRule::compute_resource("ROKS_SA", conditions);
    simulator.create_rule(&by_rule.id, rule).unwrap();
    let try_it = |namespace: &str, account: &str, profile: &str| {
        let cr = pod_token(&simulator, |wanted| {
            wanted.namespace = namespace.to_owned();
            wanted.service_account = account.to_owned();
        });
        let fields = [CR_TOKEN, ("cr_token", cr.as_str()), ("profile_id", profile)];
        token(&simulator, &fields).status
    };
    assert_eq!(try_it("prod", "worker", &by_rule.id), 200);
    assert_eq!(try_it("prod", "admin", &by_rule.id), 400);
    assert_eq!(try_it("dev", "worker", &by_rule.id), 400);
    // The walk-through links the cluster's name where the service account belongs.
    let by_cluster_name = simulator.create_profile("by-cluster-name");
    let link = NewLink::service_account(&seed.cluster, "default", &seed.cluster.name);
    simulator.create_link(&by_cluster_name.id, link).unwrap();
    assert_eq!(try_it("default", "default", &by_cluster_name.id), 400);
    // A link without a service account admits nobody.
    let whole_cluster = simulator.create_profile("whole-cluster");
    let link = NewLink {
        cr_type: "ROKS_SA".to_owned(),
        link: LinkTarget { crn: seed.cluster.crn.clone(), ..LinkTarget::default() },
        ..NewLink::default()
    };
    simulator.create_link(&whole_cluster.id, link).unwrap();
    assert_eq!(try_it("default", "default", &whole_cluster.id), 400);
}

#[test]
fn clusters_do_not_speak_for_each_other() {
    let simulator = seeded();
    let seed = simulator.seed().unwrap();
    let other = simulator.create_cluster(NewCluster::default());
    let cr = pod_token(&simulator, |wanted| wanted.cluster_id = other.id);
    let fields = [CR_TOKEN, ("cr_token", cr.as_str()), ("profile_id", &seed.pod_profile.id)];
    assert_eq!(error(&token(&simulator, &fields)), refused(400, "BXNIM0398E"));
}

#[test]
fn code_engine_and_instances_have_cr_tokens_too() {
    let simulator = seeded();
    let project = simulator.create_cluster(NewCluster { kind: ClusterKind::CodeEngine, ..NewCluster::default() });
    let profile = simulator.create_profile("app");
    let link = NewLink {
        cr_type: "CE".to_owned(),
        link: LinkTarget {
            crn: project.crn.clone(),
            component_type: Some("application".to_owned()),
            component_name: Some("shop".to_owned()),
            ..LinkTarget::default()
        },
        ..NewLink::default()
    };
    simulator.create_link(&profile.id, link).unwrap();
    for (app, status) in [("shop", 200), ("blog", 400)] {
        let cr = pod_token(&simulator, |wanted| {
            wanted.cluster_id.clone_from(&project.id);
            wanted.service_account = app.to_owned();
        });
        let fields = [CR_TOKEN, ("cr_token", cr.as_str()), ("profile_id", &profile.id)];
        assert_eq!(token(&simulator, &fields).status, status, "{app}");
    }
    let identity = identity_token(&simulator);
    let instance_profile = simulator.seed().unwrap().instance_profile;
    let fields = [CR_TOKEN, ("cr_token", identity.as_str()), ("profile_id", &instance_profile.id)];
    assert_eq!(token(&simulator, &fields).status, 200);
}

#[test]
fn an_api_key_and_its_states() {
    let simulator = seeded();
    let key = simulator.create_api_key(NewApiKey::default());
    let ask = || token(&simulator, &[API_KEY, ("apikey", &key.value)]);
    let claims = claims(&access_token(&ask()));
    assert_eq!(claims["iam_id"], key.iam_id.as_str());
    assert_eq!(claims["sub_type"], "ServiceId");
    assert_eq!(ask().json()["refresh_token"], "not_supported");
    for (state, code) in [(ApiKeyState::Disabled, "BXNIM0420E"), (ApiKeyState::Locked, "BXNIM0434E")] {
        simulator.set_api_key_state(&key.id, state).unwrap();
        assert_eq!(error(&ask()), refused(400, code));
    }
    let unknown = token(&simulator, &[API_KEY, ("apikey", "none")]);
    assert_eq!(error(&unknown), refused(400, "BXNIM0415E"));
    let fields = [API_KEY, ("apikey", "none"), ("response_type", "x")];
    assert_eq!(error(&token(&simulator, &fields)), refused(400, "BXNIM0106E"));
}

#[test]
fn delegated_refresh_tokens() {
    let simulator = seeded();
    let key = simulator.create_api_key(NewApiKey::default());
    let mut fields = vec![API_KEY, ("apikey", key.value.as_str()), ("response_type", "cloud_iam delegated_refresh_token")];
    assert_eq!(error(&token(&simulator, &fields)), refused(400, "BXNIM0109E"));
    fields.push(("receiver_client_ids", "kube"));
    let reply = token(&simulator, &fields);
    assert!(reply.json()["delegated_refresh_token"].is_string());
}

fn as_client(simulator: &Simulator, client: &str, fields: &[(&str, &str)]) -> Reply {
    call("POST", format!("{}/identity/token", simulator.iam_url()))
        .header("Authorization", &format!("Basic {}", STANDARD.encode(client)))
        .form(fields)
        .send()
}

#[test]
fn refresh_tokens_belong_to_their_client() {
    let simulator = seeded();
    simulator.register_client("app", "secret");
    let key = simulator.create_api_key(NewApiKey::default());
    let first = as_client(&simulator, "bx:bx", &[API_KEY, ("apikey", &key.value)]);
    let refresh = first.json()["refresh_token"].as_str().unwrap().to_owned();
    assert_ne!(refresh, "not_supported");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", &refresh)];
    let again = as_client(&simulator, "bx:bx", &fields);
    assert_eq!(claims(&access_token(&again))["iam_id"], key.iam_id.as_str());
    let other = as_client(&simulator, "app:secret", &fields);
    assert_eq!(error(&other), refused(400, "BXNIM0407E"));
    let nobody = token(&simulator, &fields);
    assert_eq!(error(&nobody), refused(400, "BXNIM0407E"));
    simulator.set_clock_skew(simulator::Service::Iam, 73 * 3600);
    let late = as_client(&simulator, "bx:bx", &fields);
    assert_eq!(error(&late), refused(400, "BXNIM0408E"));
    let fields = [("grant_type", "refresh_token"), ("refresh_token", "not_supported")];
    let never = as_client(&simulator, "bx:bx", &fields);
    assert_eq!(error(&never), refused(400, "BXNIM0407E"));
}

#[test]
fn client_errors() {
    let simulator = seeded();
    let fields = [API_KEY, ("apikey", "x")];
    let unknown = as_client(&simulator, "nobody:x", &fields);
    assert_eq!(error(&unknown), refused(400, "BXNIM0310E"));
    let wrong = as_client(&simulator, "bx:no", &fields);
    assert_eq!(error(&wrong), refused(401, "BXNIM0108E"));
    let password = [("grant_type", "password"), ("username", "u"), ("password", "p")];
    let reply = as_client(&simulator, "bx:bx", &password);
    assert_eq!(error(&reply), refused(401, "BXNIM0400E"));
}

#[test]
fn assuming_a_profile() {
    let simulator = seeded();
    let seed = simulator.seed().unwrap();
    let profile = &seed.pod_profile;
    let base = token(&simulator, &[API_KEY, ("apikey", &seed.api_key.value)]);
    let base = access_token(&base);
    let account = simulator.account_id();
    let by_name = [("profile_name", profile.name.as_str()), ("account", &account)];
    let ways: [&[(&str, &str)]; 3] = [&[("profile_id", &profile.id)], &[("profile_crn", &profile.crn)], &by_name];
    for way in ways {
        let mut fields = vec![ASSUME, ("access_token", base.as_str())];
        fields.extend_from_slice(way);
        let reply = token(&simulator, &fields);
        let claims = claims(&access_token(&reply));
        assert_eq!(claims["iam_id"], profile.iam_id.as_str());
        assert_eq!(claims["authn"]["iam_id"], seed.api_key.iam_id.as_str());
        assert_eq!(reply.json()["refresh_token"], "not_supported");
    }
}

#[test]
fn assume_errors() {
    let simulator = seeded();
    let seed = simulator.seed().unwrap();
    let base = token(&simulator, &[API_KEY, ("apikey", &seed.api_key.value)]);
    let base = access_token(&base);
    let ask = |token_field: &str, field: (&str, &str)| {
        let fields = [ASSUME, ("access_token", token_field), field];
        error(&token(&simulator, &fields))
    };
    let id = seed.pod_profile.id.as_str();
    assert_eq!(ask("nonsense", ("profile_id", id)), refused(400, "BXNIM0407E"));
    let identity = identity_token(&simulator);
    assert_eq!(ask(&identity, ("profile_id", id)), refused(400, "BXNIM0407E"));
    assert_eq!(ask(&base, ("x", "y")), refused(400, "BXNIM0109E"));
    let name = seed.pod_profile.name.as_str();
    assert_eq!(ask(&base, ("profile_name", name)), refused(400, "BXNIM0109E"));
    let not_mine = seed.instance_profile.id.as_str();
    assert_eq!(ask(&base, ("profile_id", not_mine)), refused(400, "BXNIM0398E"));
    let foreign = simulator.create_profile_from(NewProfile {
        name: "foreign".to_owned(),
        account_id: Some("another".to_owned()),
        ..NewProfile::default()
    });
    simulator.allow_assume(&foreign.id, &seed.api_key.iam_id).unwrap();
    assert_eq!(ask(&base, ("profile_id", &foreign.id)), refused(400, "BXNIM0398E"));
    simulator.revoke_iam_tokens();
    assert_eq!(ask(&base, ("profile_id", id)), refused(400, "BXNIM0407E"));
}

#[test]
fn discovery_and_key_rotation() {
    let simulator = seeded();
    let url = format!("{}/identity/.well-known/openid-configuration", simulator.iam_url());
    let body = call("GET", url).send().json();
    assert_eq!(body["issuer"], "https://iam.cloud.ibm.com/identity");
    let keys = body["jwks_uri"].as_str().unwrap().to_owned();
    assert_eq!(keys, format!("{}/identity/keys", simulator.iam_url()));
    let count = || call("GET", keys.as_str()).send().json()["keys"].as_array().unwrap().len();
    assert_eq!(count(), 1);
    simulator.rotate_iam_key();
    assert_eq!(count(), 2);
    let key = simulator.create_api_key(NewApiKey::default());
    let token = access_token(&token(&simulator, &[API_KEY, ("apikey", &key.value)]));
    let kid = jsonwebtoken::decode_header(&token).unwrap().kid.unwrap();
    assert_eq!(kid, "sim-iam-2");
}

#[test]
fn lifetimes_follow_the_account() {
    let simulator = seeded();
    simulator.set_iam_token_lifetime(900);
    let key = simulator.create_api_key(NewApiKey::default());
    let reply = token(&simulator, &[API_KEY, ("apikey", &key.value)]);
    assert_eq!(reply.json()["expires_in"], 900);
    let claims = claims(&access_token(&reply));
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(life, 900);
}
