//! The doctor over real sockets, against the simulator.
#![cfg(feature = "doctor")]
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use simulator::{Config, Fault, FaultRule, Protocol, ServerCertificate, Service, ServiceAccountToken, Simulator};
use std::fs;
use trusted_profile::{Builder, Check, Report, TokenProvider, Verdict};

fn check<'a>(report: &'a Report, name: &str) -> &'a Check {
    report.checks.iter().find(|check| check.name == name).unwrap()
}

fn failed(report: &Report) -> Vec<&'static str> {
    report.checks.iter().filter(|check| check.verdict == Verdict::Fail).map(|check| check.name).collect()
}

/// What is shown of a report holds no token of the run, nor the service's.
fn assert_silent(report: &Report, simulator: &Simulator) {
    let shown = format!("{report}{}{report:?}", report.to_json());
    assert!(!shown.contains("eyJ") && !shown.contains(&simulator.seed().unwrap().api_key.value), "{shown}");
}

#[test]
fn an_instance_over_http_is_well() {
    let simulator = Simulator::start_blocking(Config::seeded()).unwrap();
    let report = TokenProvider::vpc_instance().endpoint(simulator.metadata_url()).diagnose_blocking().unwrap();
    assert!(report.is_well(), "{report}");
    assert!(check(&report, "iam_token").found.contains(&simulator.seed().unwrap().instance_profile.iam_id), "{report}");
    assert_eq!(check(&report, "protocol").found, "http");
    assert_silent(&report, &simulator);
}

fn secure(certificate: ServerCertificate, has_bundle: bool) -> (Simulator, Report) {
    let simulator = Simulator::start_blocking(Config { certificate, ..Config::seeded().with_tls() }).unwrap();
    simulator.update_primary_instance(|settings| settings.protocol = Protocol::Https);
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("ca.pem");
    fs::write(&bundle, simulator.ca_certificate_pem()).unwrap();
    let source = TokenProvider::vpc_instance().endpoint(simulator.metadata_https_url().unwrap());
    let source = if has_bundle { source.ca_bundle(&bundle) } else { source };
    let report = source.diagnose_blocking().unwrap();
    (simulator, report)
}

#[test]
fn the_certificate_is_shown_accepted_or_not() {
    let (simulator, report) = secure(ServerCertificate::Valid, true);
    assert!(report.is_well(), "{report}");
    let tls = &check(&report, "tls").found;
    assert!(tls.contains("localhost") && tls.contains("issued by CN=") && tls.contains("days"), "{tls}");
    assert_silent(&report, &simulator);
    for (certificate, has_bundle, cause) in [
        (ServerCertificate::OtherAuthority, true, "issuing CA"),
        (ServerCertificate::Valid, false, "issuing CA"),
        (ServerCertificate::WrongName, true, "another name"),
        (ServerCertificate::Expired, true, "clock is wrong"),
    ] {
        let (simulator, report) = secure(certificate, has_bundle);
        assert_eq!(failed(&report), ["tls"], "{report}");
        assert!(check(&report, "tls").remedies.iter().any(|remedy| remedy.cause.contains(cause)), "{report}");
        assert!(simulator.journal().entries().is_empty(), "nothing is said to a server that is not the right one");
    }
}

fn pod(simulator: &Simulator, token: ServiceAccountToken, profile: &str) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let token = ServiceAccountToken { cluster_id: simulator.seed().unwrap().cluster.id, ..token };
    let file = simulator.start_cr_token_file(folder.path(), "sa-token", token, None).unwrap();
    let source = TokenProvider::container().profile_id(profile).cr_token_file(file.path().display().to_string());
    source.endpoint(simulator.iam_url()).diagnose_blocking().unwrap()
}

#[test]
fn a_pod() {
    let simulator = Simulator::start_blocking(Config::seeded()).unwrap();
    let seed = simulator.seed().unwrap();
    let report = pod(&simulator, ServiceAccountToken::default(), &seed.pod_profile.id);
    assert!(report.is_well(), "{report}");
    assert!(check(&report, "token_file").found.contains("audience [iam]"), "{report}");
    assert_silent(&report, &simulator);
    let report = pod(&simulator, ServiceAccountToken::default(), &seed.instance_profile.id);
    assert_eq!(failed(&report), ["link"], "{report}");
    assert!(report.to_string().contains("\"link\""), "the link that would help: {report}");
    assert_silent(&report, &simulator);
}

#[test]
fn nobody_listens() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let report = TokenProvider::vpc_instance().endpoint(address).diagnose_blocking().unwrap();
    assert_eq!(failed(&report), ["port"], "{report}");
    assert_eq!(report.error.as_ref().unwrap().code().as_str(), "metadata_unreachable");
    assert_eq!(check(&report, "identity_token").verdict, Verdict::NotReached);
}

#[tokio::test]
async fn a_service_that_fails_is_told_from_one_that_refuses() {
    let simulator = Simulator::start(Config::seeded()).await.unwrap();
    let source = || -> Builder { TokenProvider::vpc_instance().endpoint(simulator.metadata_url()) };
    simulator.inject(FaultRule::on(Service::Metadata, Fault::Status { status: 503, code: None, message: None, retry_after: None }));
    let report = source().diagnose().await.unwrap();
    assert_eq!(failed(&report), ["identity_token"], "{report}");
    assert_eq!(report.error.as_ref().unwrap().attempts(), 1, "it is asked once");
    simulator.clear_faults();
    let report = source().profile_id("Profile-00000000-0000-4000-8000-000000000000").diagnose().await.unwrap();
    assert_eq!(failed(&report), ["iam_token"], "{report}");
    assert_silent(&report, &simulator);
}

#[test]
fn what_a_proxy_does_is_not_looked_at() {
    let source = TokenProvider::api_key("a-key").endpoint("private").private_proxy("http://127.0.0.1:9");
    let report = source.diagnose_blocking().unwrap();
    assert_eq!((check(&report, "dns").verdict, failed(&report)), (Verdict::NotReached, vec!["iam_token"]), "{report}");
}

#[test]
fn what_cannot_be_used_is_said_at_once() {
    let error = TokenProvider::container().diagnose_blocking().unwrap_err();
    assert!(error.message().starts_with("profile: "), "{error}");
}
