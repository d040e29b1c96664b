//! Identity certificates.

use crate::wire::{Reply, VERSION, call, identity_token};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use serde_json::json;
use simulator::{Config, Simulator};
use x509_parser::pem::parse_x509_pem;

fn request(params: &CertificateParams) -> String {
    let key = KeyPair::generate().unwrap();
    params.serialize_request(&key).unwrap().pem().unwrap()
}

fn params() -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Example");
    params
}

fn post(simulator: &Simulator, body: &serde_json::Value) -> Reply {
    call("POST", format!("{}/identity/v1/certificates?{VERSION}", simulator.metadata_url()))
        .bearer(&identity_token(simulator))
        .body(body.to_string())
        .send()
}

#[test]
fn a_certificate_is_really_signed() {
    let simulator = Simulator::start_blocking(Config::default()).unwrap();
    let reply = post(&simulator, &json!({"csr": request(&params()), "expires_in": 600}));
    assert_eq!(reply.status, 200, "{}", reply.text());
    let body = reply.json();
    assert_eq!(body["expires_in"], 600);
    let certificates = body["certificates"].as_array().unwrap();
    assert_eq!(certificates.len(), 2);
    let (_, leaf) = parse_x509_pem(certificates[0].as_str().unwrap().as_bytes()).unwrap();
    let leaf = leaf.parse_x509().unwrap();
    let (_, issuer) = parse_x509_pem(certificates[1].as_str().unwrap().as_bytes()).unwrap();
    let issuer = issuer.parse_x509().unwrap();
    assert_eq!(leaf.issuer(), issuer.subject());
    let name = leaf.subject().iter_common_name().next().unwrap();
    assert_eq!(name.as_str().unwrap(), simulator.primary_instance().id);
    let organization = leaf.subject().iter_organization().next().unwrap();
    assert_eq!(organization.as_str().unwrap(), "Example");
    leaf.verify_signature(Some(issuer.public_key())).unwrap();
    let ca = simulator.ca_certificate_pem();
    let (_, root) = parse_x509_pem(ca.as_bytes()).unwrap();
    let root = root.parse_x509().unwrap();
    issuer.verify_signature(Some(root.public_key())).unwrap();
}

#[test]
fn what_is_refused() {
    let simulator = Simulator::start_blocking(Config::default()).unwrap();
    let good = request(&params());
    let mut named = params();
    named.distinguished_name.push(DnType::CommonName, "me");
    let mut extended = CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
    extended.distinguished_name = DistinguishedName::new();
    let key = KeyPair::generate().unwrap().serialize_pem();
    for csr in [
        json!(request(&named)),
        json!(request(&extended)),
        json!(format!("{good}{good}")),
        json!(format!("{key}{good}")),
        json!(key),
        json!("text"),
        json!(5),
    ] {
        let reply = post(&simulator, &json!({ "csr": csr }));
        assert_eq!((reply.status, reply.code().as_str()), (400, "invalid_value"));
        assert_eq!(reply.json()["errors"][0]["target"]["name"], "csr");
    }
    let reply = post(&simulator, &json!({}));
    assert_eq!(reply.code(), "missing_field");
    let reply = post(&simulator, &json!({"csr": good, "expires_in": 10}));
    assert_eq!(reply.code(), "invalid_value");
    let reply = post(&simulator, &json!({"csr": good, "subject": "x"}));
    assert_eq!(reply.code(), "unknown_field");
}

#[test]
fn a_forged_signature_is_refused() {
    let simulator = Simulator::start_blocking(Config::default()).unwrap();
    let good = request(&params());
    let lines: Vec<&str> = good.lines().collect();
    let (last, rest) = (lines[lines.len() - 2], &lines[..lines.len() - 2]);
    // The signature is at the end; turn one of its characters into another.
    let index = last.len() / 2;
    let other = if &last[index..=index] == "A" { "B" } else { "A" };
    let mut forged = last.to_owned();
    forged.replace_range(index..=index, other);
    let forged = format!("{}\n{forged}\n{}\n", rest.join("\n"), lines[lines.len() - 1]);
    let reply = post(&simulator, &json!({ "csr": forged }));
    assert_eq!((reply.status, reply.code().as_str()), (400, "invalid_value"));
}
