//! The metadata and identity services of an instance: each success and each error.

use crate::wire::{Reply, VERSION, call, identity, identity_token, instance_iam_token};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Value, json};
use simulator::{Condition, Config, DefaultTrustedProfile, InstanceKind, InstanceSettings, NewProfile, NewRule, Simulator};

const TOKEN: &str = "/identity/v1/token";
const IAM: &str = "/identity/v1/iam_tokens";

fn seeded() -> Simulator {
    Simulator::start_blocking(Config::seeded()).unwrap()
}

fn put(simulator: &Simulator, path_and_query: &str, body: &str) -> Reply {
    call("PUT", format!("{}{path_and_query}", simulator.metadata_url())).header("Metadata-Flavor", "ibm").body(body).send()
}

fn post(simulator: &Simulator, path: &str, token: &str, body: &str) -> Reply {
    call("POST", format!("{}{path}?{VERSION}", simulator.metadata_url())).bearer(token).body(body).send()
}

fn get(simulator: &Simulator, path: &str, token: &str) -> Reply {
    call("GET", format!("{}{path}?{VERSION}", simulator.metadata_url())).bearer(token).send()
}

fn error(reply: &Reply) -> (u16, String) {
    let body = reply.json();
    // The trace is the request id, and both are there.
    assert_eq!(body["trace"].as_str(), reply.header("x-request-id"));
    assert!(!body["trace"].as_str().unwrap().is_empty());
    (reply.status, reply.code())
}

fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn an_identity_token_has_the_documented_shape() {
    let simulator = seeded();
    let reply = put(&simulator, &format!("{TOKEN}?{VERSION}"), r#"{"expires_in": 600, "nonce": "n-1"}"#);
    assert_eq!(reply.status, 200);
    let body = reply.json();
    assert_eq!(body["expires_in"], 600);
    assert_eq!(body["nonce"], "n-1");
    let token = body["access_token"].as_str().unwrap();
    let claims = claims(token);
    assert_eq!(claims["iss"], "VSI-CR_us-south");
    assert_eq!(claims["nonce"], "n-1");
    assert_eq!(claims["iaas"]["instanceID"], simulator.primary_instance().id);
    assert_eq!(claims["iaas"]["accountID"], simulator.account_id());
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
    let header = decode_header(token).unwrap();
    assert_eq!(header.alg, Algorithm::RS256);
    assert!(header.kid.unwrap().starts_with("VSI-CR_us-south"));
}

#[test]
fn the_body_is_optional() {
    let simulator = seeded();
    for body in ["", "{}"] {
        let reply = put(&simulator, &format!("{TOKEN}?{VERSION}"), body);
        assert_eq!(reply.status, 200);
        assert_eq!(reply.json()["expires_in"], 300);
        assert_eq!(reply.json().get("nonce"), None);
    }
}

#[test]
fn identity_token_errors() {
    let simulator = seeded();
    let no_flavor = call("PUT", format!("{}{TOKEN}?{VERSION}", simulator.metadata_url())).send();
    assert_eq!(error(&no_flavor), (400, "missing_value".to_owned()));
    for (query, code) in [
        ("", "missing_field"),
        ("?version=yesterday", "invalid_value"),
        ("?version=2021-12-12", "invalid_version_range"),
        ("?version=2999-01-01", "invalid_version_range"),
        ("?version=2025-08-26&trace=1", "unknown_field"),
    ] {
        let reply = put(&simulator, &format!("{TOKEN}{query}"), "");
        assert_eq!(error(&reply), (400, code.to_owned()), "{query}");
    }
    for (body, code) in [
        ("{", "invalid_request"),
        ("[]", "invalid_request"),
        (r#"{"expires_in": 4}"#, "invalid_value"),
        (r#"{"expires_in": 3601}"#, "invalid_value"),
        (r#"{"expires_in": "300"}"#, "invalid_value"),
        (r#"{"nonce": 1}"#, "invalid_value"),
        (r#"{"expires": 300}"#, "unknown_field"),
    ] {
        let reply = put(&simulator, &format!("{TOKEN}?{VERSION}"), body);
        assert_eq!(error(&reply), (400, code.to_owned()), "{body}");
    }
    let huge = " ".repeat(2 << 20);
    let reply = put(&simulator, &format!("{TOKEN}?{VERSION}"), &huge);
    assert_eq!(error(&reply), (400, "invalid_request".to_owned()));
}

#[test]
fn the_too_old_version_is_named_in_the_target() {
    let simulator = seeded();
    let reply = put(&simulator, &format!("{TOKEN}?version=2021-09-30"), "");
    let target = &reply.json()["errors"][0]["target"];
    assert_eq!(*target, json!({"name": "2021-09-30", "type": "parameter"}));
}

#[test]
fn paths_and_methods() {
    let simulator = seeded();
    let unknown = put(&simulator, &format!("/identity/v1/iam_token?{VERSION}"), "");
    assert_eq!(error(&unknown), (404, "not_found".to_owned()));
    let method = call("GET", format!("{}{TOKEN}?{VERSION}", simulator.metadata_url())).send();
    assert_eq!(method.status, 405);
}

#[test]
fn old_paths_end_with_the_version_date() {
    let simulator = seeded();
    let old = put(&simulator, "/instance_identity/v1/token?version=2025-08-25", "");
    assert_eq!(old.status, 200);
    let token = old.json()["access_token"].as_str().unwrap().to_owned();
    let base = simulator.metadata_url();
    let iam = |path: &str, version: &str| call("POST", format!("{base}{path}?version={version}")).bearer(&token).send().status;
    assert_eq!(iam("/instance_identity/v1/iam_token", "2022-03-01"), 200);
    assert_eq!(iam("/instance_identity/v1/iam_tokens", "2022-03-01"), 404);
    assert_eq!(iam("/instance_identity/v1/iam_token", "2025-08-26"), 404);
    // New paths work with old dates.
    assert_eq!(iam("/identity/v1/iam_tokens", "2022-03-01"), 200);
    let gone = put(&simulator, "/instance_identity/v1/token?version=2025-08-26", "");
    assert_eq!(error(&gone), (404, "not_found".to_owned()));
}

#[test]
fn an_iam_token_verifies_against_the_key_set() {
    let simulator = seeded();
    let token = instance_iam_token(&simulator);
    let keys = call("GET", format!("{}/identity/keys", simulator.iam_url())).send().json();
    let kid = decode_header(&token).unwrap().kid.unwrap();
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid.as_str()).unwrap();
    let key = DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&["https://iam.cloud.ibm.com/identity"]);
    let claims = decode::<Value>(&token, &key, &validation).unwrap().claims;
    let profile = simulator.seed().unwrap().instance_profile;
    assert_eq!(claims["iam_id"], profile.iam_id.as_str());
    assert_eq!(claims["sub"], profile.id.as_str());
    assert_eq!(claims["sub_type"], "Profile");
    assert_eq!(claims["account"]["bss"], simulator.account_id());
    assert_eq!(claims["authn"]["sub"], simulator.primary_instance().crn);
    assert_eq!(claims["scope"], "ibm openid");
    for absent in ["aud", "nbf"] {
        assert_eq!(claims.get(absent), None);
    }
}

#[test]
fn a_profile_by_id_crn_and_name() {
    let simulator = seeded();
    let profile = simulator.seed().unwrap().instance_profile;
    let token = identity_token(&simulator);
    for (kind, value) in [("id", &profile.id), ("crn", &profile.crn), ("name", &profile.name)] {
        let body = json!({"trusted_profile": {kind: value}}).to_string();
        let reply = post(&simulator, IAM, &token, &body);
        assert_eq!(reply.status, 200, "{}", reply.text());
        let reply = reply.json();
        assert_eq!(reply["expires_in"], 3600);
        assert_eq!(reply.get("refresh_token"), None);
        assert_eq!(reply.get("nonce"), None);
    }
}

#[test]
fn iam_token_errors() {
    let simulator = seeded();
    let token = identity_token(&simulator);
    let unlinked = simulator.create_profile("unlinked");
    let by_id = json!({"trusted_profile": {"id": unlinked.id}}).to_string();
    for (body, code) in [
        ("{}", "missing_field"),
        ("nonsense", "invalid_request"),
        (r#"{"profile": 1}"#, "unknown_field"),
        (r#"{"trusted_profile": {}}"#, "missing_field"),
        (r#"{"trusted_profile": "x"}"#, "invalid_value"),
        (r#"{"trusted_profile": {"uuid": "x"}}"#, "unknown_field"),
        (r#"{"trusted_profile": {"id": "x", "crn": "y"}}"#, "invalid_value"),
        (r#"{"trusted_profile": {"id": "x"}}"#, "not_found"),
        (by_id.as_str(), "profile_not_linked"),
    ] {
        let reply = post(&simulator, IAM, &token, body);
        assert_eq!(error(&reply), (400, code.to_owned()), "{body}");
    }
    simulator.update_primary_instance(|settings| settings.default_trusted_profile = None);
    let reply = post(&simulator, IAM, &token, "");
    assert_eq!(error(&reply), (400, "missing_field".to_owned()));
}

#[test]
fn only_a_valid_identity_token_of_this_instance_counts() {
    let simulator = seeded();
    let good = identity_token(&simulator);
    assert_eq!(post(&simulator, IAM, &good, "").status, 200);
    let other = simulator.create_instance(InstanceSettings::default()).unwrap();
    let other_url = simulator.instance_metadata_url(&other.id).unwrap();
    let foreign = call("PUT", format!("{other_url}{TOKEN}?{VERSION}")).header("Metadata-Flavor", "ibm").send().json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut altered = good.clone();
    altered.truncate(good.len() - 4);
    altered.push_str("AAAA");
    let iam_token = instance_iam_token(&simulator);
    for bad in [foreign.as_str(), &altered, &iam_token, "nonsense", ""] {
        let reply = post(&simulator, IAM, bad, "");
        assert_eq!(error(&reply), (401, "unauthenticated".to_owned()), "{bad}");
    }
    let none = call("POST", format!("{}{IAM}?{VERSION}", simulator.metadata_url())).send();
    assert_eq!(error(&none), (401, "unauthenticated".to_owned()));
    // The service's clock decides about expiry.
    simulator.set_clock_skew(simulator::Service::Metadata, 301);
    let expired = post(&simulator, IAM, &good, "");
    assert_eq!(error(&expired), (401, "unauthenticated".to_owned()));
    simulator.set_clock_skew(simulator::Service::Metadata, 0);
    simulator.revoke_identity_tokens();
    assert_eq!(post(&simulator, IAM, &good, "").status, 401);
    assert_eq!(post(&simulator, IAM, &identity_token(&simulator), "").status, 200);
}

#[test]
fn a_claim_rule_admits_an_instance() {
    let simulator = seeded();
    let profile = simulator.create_profile("by-rule");
    let instance = simulator.primary_instance();
    let rule = NewRule::compute_resource(
        "VSI",
        vec![Condition::equals("zone", &instance.settings.zone), Condition::equals("resource", &instance.crn)],
    );
    simulator.create_rule(&profile.id, rule).unwrap();
    let body = json!({"trusted_profile": {"id": profile.id}}).to_string();
    let reply = post(&simulator, IAM, &identity_token(&simulator), &body);
    assert_eq!(reply.status, 200, "{}", reply.text());
    // All conditions must hold.
    let other = simulator.create_profile("by-other-rule");
    let rule =
        NewRule::compute_resource("VSI", vec![Condition::equals("zone", &instance.settings.zone), Condition::equals("region", "eu-de")]);
    simulator.create_rule(&other.id, rule).unwrap();
    let body = json!({"trusted_profile": {"id": other.id}}).to_string();
    let reply = post(&simulator, IAM, &identity_token(&simulator), &body);
    assert_eq!(reply.code(), "profile_not_linked");
}

#[test]
fn auto_link_is_a_choice() {
    let simulator = Simulator::start_blocking(Config::default()).unwrap();
    let profile = simulator.create_profile_from(NewProfile { name: "p".to_owned(), ..NewProfile::default() });
    for (auto_link, status) in [(true, 200), (false, 400)] {
        // A fresh profile for each, or the first link would serve both.
        let profile = simulator.create_profile(&format!("{}-{auto_link}", profile.name));
        let instance = simulator
            .create_instance(InstanceSettings {
                default_trusted_profile: Some(DefaultTrustedProfile { id: profile.id, auto_link }),
                ..InstanceSettings::default()
            })
            .unwrap();
        let url = simulator.instance_metadata_url(&instance.id).unwrap();
        let token = call("PUT", format!("{url}{TOKEN}?{VERSION}")).header("Metadata-Flavor", "ibm").send().json()["access_token"]
            .as_str()
            .unwrap()
            .to_owned();
        let reply = call("POST", format!("{url}{IAM}?{VERSION}")).bearer(&token).send();
        assert_eq!(reply.status, status);
    }
}

#[test]
fn initialization_and_instance() {
    let simulator = seeded();
    let token = identity_token(&simulator);
    let seed = simulator.seed().unwrap();
    let body = get(&simulator, "/metadata/v1/instance/initialization", &token).json();
    assert_eq!(body["default_trusted_profile"]["auto_link"], true);
    assert_eq!(body["default_trusted_profile"]["target"]["id"], seed.instance_profile.id.as_str());
    assert!(body["user_data"].as_str().unwrap().starts_with("#cloud-config"));
    let key = body["keys"][0]["id"].as_str().unwrap();
    let whole = get(&simulator, &format!("/metadata/v1/keys/{key}"), &token).json();
    assert_eq!(whole["type"], "ed25519");
    let body = get(&simulator, "/metadata/v1/instance", &token).json();
    assert_eq!(body["id"], seed.instance.id.as_str());
    assert_eq!(body["crn"], seed.instance.crn.as_str());
    assert!(!body.to_string().contains("\"href\""));
    for path in [
        "/metadata/v1/keys",
        "/metadata/v1/placement_groups",
        "/metadata/v1/virtual_network_interfaces",
        "/metadata/v1/instance/volume_attachments",
        "/metadata/v1/instance/network_interfaces",
        "/metadata/v1/instance/network_attachments",
    ] {
        let reply = get(&simulator, path, &token);
        assert_eq!(reply.status, 200, "{path}");
        let collection = path.rsplit('/').next().unwrap();
        assert!(reply.json()[collection].is_array(), "{path}");
    }
    assert_eq!(get(&simulator, "/metadata/v1/keys/none", &token).status, 404);
    assert_eq!(get(&simulator, "/metadata/v1/disks", &token).status, 404);
    assert_eq!(get(&simulator, "/metadata/v1/instance", "no").status, 401);
}

#[test]
fn bare_metal_has_the_identity_operations_only() {
    let simulator = seeded();
    simulator.update_primary_instance(|settings| settings.kind = InstanceKind::Bms);
    let reply = identity(&simulator);
    let token = reply.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(claims(&token)["iss"], "BMS-CR_us-south");
    let old = put(&simulator, "/instance_identity/v1/token?version=2025-08-25", "");
    assert_eq!(error(&old), (404, "not_found".to_owned()));
    assert_eq!(get(&simulator, "/metadata/v1/instance", &token).status, 404);
}
