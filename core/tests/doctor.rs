//! The doctor finds the one thing that is wrong, whatever it is.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use http::Response;
use std::time::Duration;
use trusted_profile_core::doctor::{Doctor, Finding, Look, Presented, Report, Step, Verdict};
use trusted_profile_core::error::TlsFailure;
use trusted_profile_core::token::{FileProblem, FileRead, Input, InputReply, SourceOptions};
use trusted_profile_core::{Facts, Now, Policy, Secret, TransportError, TransportErrorKind as Kind};

const NAME: &str = "api.metadata.cloud.ibm.com";
const ADDRESS: &str = "169.254.169.254";
/// Unix seconds of the examination.
const NOW: u64 = 1_790_000_000;

/// What is around the program. By default everything works, over http and https.
struct World {
    source: &'static str,
    facts: Facts,
    /// Hosts that do not resolve.
    unknown: &'static [&'static str],
    /// Hosts to which no connection is made, and how.
    blocked: &'static [(&'static str, Kind)],
    certificate: Option<TlsFailure>,
    /// The answer to the last request of the chain.
    last: (u16, String),
    /// The service's time minus this machine's.
    skew: i64,
    /// The token file.
    file: Result<String, FileProblem>,
}

const INSTANCE: &str = r#"{"source":"vpc_instance"}"#;
const POD: &str = r#"{"source":"container","profile_id":"Profile-1","cr_token_file":"/token"}"#;

fn jwt(claims: &serde_json::Value) -> String {
    use base64::Engine as _;
    format!("e30.{}.c2ln", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims.to_string()))
}

fn pod_token(audience: &str, age: i64, life: i64) -> String {
    let issued = i64::try_from(NOW).unwrap() - age;
    let sub = "system:serviceaccount:prod:worker";
    jwt(&serde_json::json!({ "sub": sub, "aud": [audience], "iat": issued, "exp": issued + life }))
}

impl Default for World {
    fn default() -> Self {
        let token = jwt(&serde_json::json!({ "iam_id": "iam-Profile-1" }));
        Self {
            source: INSTANCE,
            facts: Facts { container: Some(false), ..Facts::default() },
            unknown: &[],
            blocked: &[],
            certificate: None,
            last: (200, format!(r#"{{"access_token":"{token}","expires_in":3600}}"#)),
            skew: 0,
            file: Ok(pod_token("iam", 60, 3600)),
        }
    }
}

impl World {
    fn look(&self, look: Look) -> Finding {
        let failed = |kind| Finding::Failed(TransportError::new(kind, "as set up"));
        match look {
            Look::Resolve { host, .. } if self.unknown.contains(&host.as_str()) => failed(Kind::Dns),
            Look::Resolve { .. } => Finding::Addresses(vec![ADDRESS.to_owned()]),
            Look::Connect { host, .. } => {
                let blocked = self.blocked.iter().find(|(blocked, _)| *blocked == host);
                blocked.map_or(Finding::Connected, |(_, kind)| failed(*kind))
            }
            Look::Certificate { host, .. } => {
                let end = i64::try_from(NOW).unwrap() + 86_400 * 90;
                let presented = Presented { issuer: "CN=Some CA".to_owned(), names: vec![host], not_before: 0, not_after: end };
                match self.certificate {
                    None => Finding::Certificate(presented),
                    Some(failure) => Finding::Refused { presented, failure: TransportError::new(Kind::Tls(failure), "as set up") },
                }
            }
            other => panic!("{other:?}"),
        }
    }

    fn answer(&self, uri: &str) -> Response<Vec<u8>> {
        let date = httpdate::fmt_http_date(std::time::UNIX_EPOCH + Duration::from_secs(NOW.checked_add_signed(self.skew).unwrap()));
        let is_last = uri.contains("iam_tokens") || uri.ends_with("/identity/token");
        let (status, body) = if is_last { self.last.clone() } else { (200, r#"{"access_token":"identity","expires_in":300}"#.to_owned()) };
        Response::builder().status(status).header("date", date).body(body.into_bytes()).unwrap()
    }

    fn examine(&self) -> Report {
        let source = SourceOptions::from_json(self.source).unwrap().into_source().unwrap();
        let mut doctor = Doctor::new(source, "the program named it", Policy::default(), self.facts.clone(), 1).unwrap();
        let mut now = Now { monotonic: Duration::from_secs(5), unix: Duration::from_secs(NOW) };
        for _ in 0..100 {
            now.monotonic += Duration::from_millis(300);
            match doctor.step(now) {
                Step::Look(look) => doctor.found(self.look(look)),
                Step::Send(exchange) => {
                    let outcome = self.answer(&exchange.request.uri().to_string());
                    doctor.handle(now, exchange.id, Ok(outcome));
                }
                Step::NeedInput { id, input: Input::CrTokenFile { paths, .. } } => {
                    let reads = paths.into_iter().map(|path| FileRead { path, result: self.file.clone().map(Secret::new) }).collect();
                    doctor.provide(now, id, InputReply::CrTokenFile(reads));
                }
                Step::NeedInput { input, .. } => panic!("{input:?}"),
                Step::Wait { at_most } => now.monotonic += at_most,
                Step::Done(report) => return *report,
            }
        }
        panic!("the doctor comes to no end");
    }
}

/// The failed checks by name, and a part of the first cause and its fix.
fn finds(world: &World, failed: &[&str], cause: &str, fix: &str) {
    let report = world.examine();
    let found: Vec<&str> = report.checks.iter().filter(|check| check.verdict == Verdict::Fail).map(|check| check.name).collect();
    assert_eq!(found, failed, "{report}");
    let first = report.first_remedy().unwrap();
    assert!(first.cause.contains(cause), "{report}");
    assert!(first.fix.contains(fix), "{report}");
    assert!(!report.to_string().contains("e30."), "no token is shown: {report}");
}

#[test]
fn all_is_well() {
    for source in [INSTANCE, POD, r#"{"source":"bare_metal","protocol":"http"}"#, r#"{"source":"api_key","api_key":"a-key"}"#] {
        let report = World { source, ..World::default() }.examine();
        assert!(report.is_well() && report.error.is_none() && report.first_remedy().is_none(), "{report}");
        assert!(report.checks.iter().any(|check| check.name == "iam_token" && check.found.contains("iam-Profile-1")), "{report}");
    }
    let tls = World::default().examine().checks.into_iter().find(|check| check.name == "tls").unwrap();
    assert!(tls.found.contains("issued by CN=Some CA, ends in 90 days"), "{tls:?}");
    let link = World::default().examine().checks.into_iter().find(|check| check.name == "link").unwrap();
    assert_eq!(link.verdict, Verdict::Pass);
}

#[test]
fn without_tls_the_address_is_what_counts() {
    let world = World { unknown: &[NAME], ..World::default() };
    let report = world.examine();
    assert!(report.is_well(), "{report}");
    let check = |name: &str| report.checks.iter().find(|check| check.name == name).unwrap();
    assert!(check("dns").found.contains("not needed") && check("protocol").found == "http" && check("tls").verdict == Verdict::NotReached);
}

#[test]
fn the_service_is_off() {
    let blocked = &[(NAME, Kind::ConnectTimeout), (ADDRESS, Kind::ConnectTimeout)];
    finds(&World { blocked, ..World::default() }, &["port"], "is off", "--metadata-service true");
    let facts = Facts { container: Some(true), ..Facts::default() };
    let world = World { blocked, facts, ..World::default() };
    finds(&world, &["hop_limit"], "hop limit", "response_hop_limit");
    let remedies = &world.examine().checks.into_iter().find(|check| check.name == "hop_limit").unwrap().remedies;
    assert!(remedies.iter().any(|remedy| remedy.cause.contains("is off")), "both, since nobody can tell: {remedies:?}");
}

#[test]
fn the_way_is_blocked() {
    let refused = &[(NAME, Kind::Refused), (ADDRESS, Kind::Refused)];
    finds(&World { blocked: refused, ..World::default() }, &["port"], "firewall", "allow this user");
    let no_route = &[(NAME, Kind::Unreachable), (ADDRESS, Kind::Unreachable)];
    finds(&World { blocked: no_route, ..World::default() }, &["route"], "no route", "wait_until_ready");
    let https = r#"{"source":"vpc_instance","protocol":"https"}"#;
    let world = World { source: https, unknown: &[NAME], blocked: &[(ADDRESS, Kind::ConnectTimeout)], ..World::default() };
    finds(&world, &["dns"], "does not resolve", "resolver");
}

#[test]
fn the_other_protocol_would_do() {
    let http = r#"{"source":"vpc_instance","protocol":"http"}"#;
    for kind in [Kind::Refused, Kind::ConnectTimeout] {
        let blocked: &'static [(&str, Kind)] =
            if kind == Kind::Refused { &[(ADDRESS, Kind::Refused)] } else { &[(ADDRESS, Kind::ConnectTimeout)] };
        finds(&World { source: http, blocked, ..World::default() }, &["protocol"], "speaks https only", "leave protocol at auto");
    }
    let https = r#"{"source":"vpc_instance","protocol":"https"}"#;
    let world = World { source: https, blocked: &[(NAME, Kind::Refused)], ..World::default() };
    finds(&world, &["protocol"], "http only", "leave protocol at auto");
}

#[test]
fn only_the_private_endpoint() {
    let facts = Facts { container: Some(true), kubernetes: Some(true), ..Facts::default() };
    let world = World { source: POD, facts, blocked: &[("iam.cloud.ibm.com", Kind::ConnectTimeout)], ..World::default() };
    finds(&world, &["port"], "no way out to IAM's public endpoint, but", "endpoint to private");
}

#[test]
fn certificates() {
    for (failure, cause, fix) in [
        (TlsFailure::Expired, "clock is wrong", "set the clock"),
        (TlsFailure::NameMismatch, "another name", "host name"),
        (TlsFailure::UnknownIssuer, "issuing CA", "ca_bundle"),
    ] {
        let world = World { certificate: Some(failure), ..World::default() };
        finds(&world, &["tls"], cause, fix);
        assert!(world.examine().to_string().contains("the certificate is for api.metadata.cloud.ibm.com, issued by CN=Some CA"));
    }
}

#[test]
fn a_clock_that_is_wrong_is_told_even_when_there_is_a_token() {
    let world = World { skew: 600, ..World::default() };
    finds(&world, &["clock"], "600 s behind", "set the clock");
    let report = world.examine();
    assert!(report.error.is_none() && !report.is_well() && report.to_string().contains("gets its token, but"), "{report}");
}

#[test]
fn what_the_services_say() {
    let linked = r#"{"errors":[{"code":"profile_not_linked","message":"not linked"}],"trace":"t"}"#;
    finds(&World { last: (400, linked.to_owned()), ..World::default() }, &["link"], "neither a link", "create a link");
    let refused = r#"{"errorCode":"BXNIM0398E","errorMessage":"not eligible"}"#;
    let pod = || World { source: POD, last: (400, refused.to_owned()), ..World::default() };
    finds(&pod(), &["link"], "no link names", "the link shown");
    let report = pod().examine();
    assert!(report.to_string().contains(r#""namespace":"prod""#), "the link itself: {report}");
    let world = World { file: Ok(pod_token("vault", 60, 3600)), ..pod() };
    finds(&world, &["token_file", "link"], "audience [vault]", "audience: iam");
}

#[test]
fn the_token_file() {
    let facts = || Facts { kubernetes: Some(true), ..Facts::default() };
    let pod = |file| World { source: POD, facts: facts(), file, ..World::default() };
    finds(&pod(Err(FileProblem::NotFound)), &["token_file"], "no projected service account token", "serviceAccountToken");
    finds(&pod(Err(FileProblem::Denied)), &["token_file"], "no projected", "serviceAccountToken");
    let refused = || (400, r#"{"errorCode":"BXNIM0431E","errorMessage":"expired"}"#.to_owned());
    let old = World { last: refused(), ..pod(Ok(pod_token("iam", 7200, 3600))) };
    finds(&old, &["token_file", "iam_token"], "subPath", "without subPath");
    let other = World { last: refused(), ..pod(Ok("no-jwt".to_owned())) };
    finds(&other, &["token_file", "iam_token"], "something else", "cr_token_file");
    assert!(pod(Ok("no-jwt".to_owned())).examine().is_well(), "tokens are opaque as long as they serve");
    assert!(pod(Ok(pod_token("vault", 7200, 3600))).examine().is_well(), "whatever IAM takes is good, by whose clock ever");
    let long = World { last: refused(), ..pod(Ok(pod_token("iam", 60, 7200))) };
    finds(&long, &["token_file", "iam_token"], "lives 7200 s", "expirationSeconds: 3600");
}

#[test]
fn what_was_passed_over_is_said_of_the_source() {
    let source = SourceOptions::from_json(INSTANCE).unwrap().into_source().unwrap();
    let doctor = Doctor::new(source, "nothing is configured", Policy::default(), Facts::default(), 1).unwrap();
    let mut doctor = doctor.remarked("passed over: MY_SERVICE_IAM_PROFIL_ID in the environment: not a known setting");
    let (world, now) = (World::default(), Now { monotonic: Duration::from_secs(5), unix: Duration::from_secs(NOW) });
    let report = loop {
        match doctor.step(now) {
            Step::Look(look) => doctor.found(world.look(look)),
            Step::Send(exchange) => doctor.handle(now, exchange.id, Ok(world.answer(&exchange.request.uri().to_string()))),
            Step::Done(report) => break report,
            other => panic!("{other:?}"),
        }
    };
    let source = report.checks.iter().find(|check| check.name == "source").unwrap();
    assert!(source.found.contains("since nothing is configured\npassed over: MY_SERVICE_IAM_PROFIL_ID"), "{source:?}");
}

#[test]
fn a_driver_that_cannot_look_still_gets_a_report() {
    let source = SourceOptions::from_json(INSTANCE).unwrap().into_source().unwrap();
    let mut doctor = Doctor::new(source, "the program named it", Policy::default(), Facts::default(), 1).unwrap();
    let world = World::default();
    let now = Now { monotonic: Duration::from_secs(5), unix: Duration::from_secs(NOW) };
    let report = loop {
        match doctor.step(now) {
            Step::Look(_) => doctor.found(Finding::Unable),
            Step::Send(exchange) => doctor.handle(now, exchange.id, Ok(world.answer(&exchange.request.uri().to_string()))),
            Step::Done(report) => break report,
            other => panic!("{other:?}"),
        }
    };
    assert!(report.is_well(), "{report}");
    let seen = report.checks.iter().find(|check| check.name == "port").unwrap();
    assert_eq!((seen.verdict, seen.found.as_str()), (Verdict::NotReached, "cannot be seen from here"));
    assert_eq!(report.to_json().pointer("/checks/0/verdict").unwrap(), "pass");
}
