//! Each fault does on the wire what its name says.

use std::io::{ErrorKind, Read as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::wire::{Call, Reply, VERSION, call, identity, instance_iam_token, parse};
use flate2::read::MultiGzDecoder;
use serde_json::Value;
use simulator::{Config, Fault, FaultRule, RetryAfter, Service, Simulator};

const PATH: &str = "/identity/v1/token";

fn simulator() -> Simulator {
    Simulator::start_blocking(Config::seeded()).unwrap()
}

/// A simulator whose identity tokens meet this fault, for ever.
fn with(fault: Fault) -> Simulator {
    let simulator = simulator();
    simulator.inject(FaultRule::on(Service::Metadata, fault).at("PUT", PATH));
    simulator
}

fn request(simulator: &Simulator) -> Call<'static> {
    call("PUT", format!("{}{PATH}?{VERSION}", simulator.metadata_url())).header("Metadata-Flavor", "ibm")
}

fn status(status: u16) -> Fault {
    Fault::Status { status, retry_after: None, code: None, message: None }
}

/// Nothing comes within a moment, and the connection stays open.
fn assert_silent(mut stream: TcpStream) {
    stream.set_read_timeout(Some(Duration::from_millis(150))).unwrap();
    let error = stream.read(&mut [0; 1]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
}

#[test]
fn latency_and_delay_come_late() {
    let simulator = with(Fault::Latency { ms: 120 });
    let start = Instant::now();
    assert_eq!(identity(&simulator).status, 200);
    assert!(start.elapsed() >= Duration::from_millis(120));
    simulator.clear_faults();
    simulator.inject(FaultRule::on(Service::Metadata, status(500)).delayed(120));
    let start = Instant::now();
    assert_eq!(identity(&simulator).status, 500);
    assert!(start.elapsed() >= Duration::from_millis(120));
}

#[test]
fn hang_never_answers() {
    let simulator = with(Fault::Hang {});
    let stream = request(&simulator).start().unwrap();
    let start = Instant::now();
    while simulator.journal().entries().first().is_none_or(|entry| entry.fault.is_none()) {
        assert!(start.elapsed() < Duration::from_secs(60), "{:?}", simulator.journal());
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_silent(stream);
    let entries = simulator.journal().entries();
    assert_eq!((entries[0].status, entries[0].fault.as_deref()), (None, Some("hang")));
}

#[test]
fn refuse_resets_at_accept_and_counts() {
    let simulator = simulator();
    simulator.inject(FaultRule::on(Service::Metadata, Fault::Refuse {}).times(2));
    for _ in 0..2 {
        let result = request(&simulator).raw();
        assert!(result.is_err() || result.unwrap().is_empty());
    }
    assert_eq!(identity(&simulator).status, 200);
    assert_eq!(simulator.journal().count_service(Service::Metadata), 1);
    assert_eq!(simulator.journal().connections(Service::Metadata), 3);
}

#[test]
fn not_listening_is_refused_by_the_system() {
    let simulator = simulator();
    let address = simulator.metadata_url().replace("http://", "");
    let id = simulator.inject(FaultRule::on(Service::Metadata, Fault::NotListening {}));
    let error = TcpStream::connect(&address).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    assert!(simulator.remove_fault(id));
    // At once: whoever removes a fault may send the next request straight away.
    assert_eq!(identity(&simulator).status, 200);
}

#[test]
#[cfg(target_os = "linux")]
fn unreachable_times_out_while_connecting() {
    let simulator = simulator();
    let address = simulator.metadata_url().replace("http://", "").parse().unwrap();
    let moment = Duration::from_millis(150);
    simulator.inject(FaultRule::on(Service::Metadata, Fault::Unreachable {}));
    for _ in 0..3 {
        let error = TcpStream::connect_timeout(&address, moment).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }
    simulator.clear_faults();
    assert_eq!(identity(&simulator).status, 200);
    simulator.update_primary_instance(|settings| {
        settings.enabled = false;
        settings.when_disabled = simulator::WhenDisabled::Dropped;
    });
    let error = TcpStream::connect_timeout(&address, moment).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(simulator.journal().connections(Service::Metadata), 1);
}

/// A connection in a client's pool must not outlive the fault that refuses new ones.
#[test]
fn idle_connections_end_when_connections_are_refused() {
    for fault in [Fault::Refuse {}, Fault::NotListening {}] {
        let simulator = simulator();
        let mut stream = open_after_answer(&simulator);
        simulator.inject(FaultRule::on(Service::Metadata, fault));
        assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0);
    }
}

#[test]
fn reset_and_close_come_before_any_answer() {
    let simulator = with(Fault::Reset {});
    let error = request(&simulator).raw().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    let simulator = with(Fault::Close {});
    assert_eq!(request(&simulator).raw().unwrap(), b"");
}

/// The answer as far as it came, and the body bytes that were promised.
fn cut_off(bytes: &[u8]) -> (Reply, usize) {
    let reply = parse(bytes);
    let promised = reply.header("content-length").unwrap().parse().unwrap();
    (reply, promised)
}

#[test]
fn close_mid_body_promises_more_than_it_sends() {
    let simulator = with(Fault::CloseMidBody { after_bytes: None, reset: false });
    let (reply, promised) = cut_off(&request(&simulator).raw().unwrap());
    assert_eq!(reply.status, 200);
    assert_eq!(reply.body.len(), promised / 2);
    let simulator = with(Fault::CloseMidBody { after_bytes: Some(7), reset: true });
    let mut stream = request(&simulator).start().unwrap();
    let mut received = Vec::new();
    let error = stream.read_to_end(&mut received).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    let (reply, promised) = cut_off(&received);
    assert_eq!(reply.body.len(), 7);
    assert!(promised > 7);
}

#[test]
fn drip_sends_single_bytes() {
    let simulator = simulator();
    let fault = Fault::Drip { interval_ms: 100 };
    simulator.inject(FaultRule::on(Service::Metadata, fault));
    // A short answer: a 404.
    let url = format!("{}/none", simulator.metadata_url());
    let mut stream = call("GET", url).start().unwrap();
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    let come = |received: &[u8]| received.windows(4).position(|part| part == b"\r\n\r\n").map_or(0, |end| received.len() - end - 4);
    // The whole body takes many seconds.
    while come(&received) < 3 {
        let size = stream.read(&mut buffer).unwrap();
        assert_ne!(size, 0);
        received.extend_from_slice(&buffer[..size]);
    }
    let (reply, promised) = cut_off(&received);
    assert_eq!(reply.status, 404);
    assert!(reply.body.len() < promised, "{promised} bytes at once");
}

#[test]
fn status_speaks_the_service_s_language() {
    let simulator = simulator();
    for (code, expected) in [
        (400, "invalid_request"),
        (401, "unauthenticated"),
        (403, "unauthorized"),
        (404, "not_found"),
        (429, "invalid_request"),
        (500, "service_error"),
        (501, "service_error"),
        (503, "service_error"),
    ] {
        simulator.inject(FaultRule::on(Service::Metadata, status(code)).times(1));
        let reply = identity(&simulator);
        assert_eq!((reply.status, reply.code().as_str()), (code, expected));
        assert_eq!(reply.header("retry-after"), None);
    }
    simulator.inject(FaultRule::on(Service::Iam, status(401)));
    let reply = call("GET", format!("{}/identity/keys", simulator.iam_url())).send();
    assert_eq!((reply.status, reply.code().as_str()), (401, "BXNIM0407E"));
    simulator.inject(FaultRule::on(Service::ObjectStore, status(503)));
    let reply = call("GET", format!("{}/b", simulator.object_store_url())).send();
    assert!(reply.text().contains("<Code>SlowDown</Code>"));
    simulator.inject(FaultRule::on(
        Service::Metadata,
        Fault::Status { status: 400, retry_after: None, code: Some("profile_not_linked".to_owned()), message: Some("not yet".to_owned()) },
    ));
    let reply = identity(&simulator);
    assert_eq!(reply.code(), "profile_not_linked");
    assert_eq!(reply.json()["errors"][0]["message"], "not yet");
}

#[test]
fn retry_after_in_seconds_and_as_a_date() {
    let retry = |retry_after| {
        let simulator = with(Fault::Status { status: 429, retry_after: Some(retry_after), code: None, message: None });
        let reply = identity(&simulator);
        assert_eq!(reply.status, 429);
        let date = reply.header("date").unwrap().to_owned();
        (reply.header("retry-after").unwrap().to_owned(), date)
    };
    assert_eq!(retry(RetryAfter::Text("2".to_owned())).0, "2");
    let (at, date) = retry(RetryAfter::DateIn { date_in: 5 });
    let at = httpdate::parse_http_date(&at).unwrap();
    let date = httpdate::parse_http_date(&date).unwrap();
    assert_eq!(at.duration_since(date).unwrap(), Duration::from_secs(5));
}

#[test]
fn bodies_that_are_not_what_they_should_be() {
    for code in [200, 502] {
        let reply = identity(&with(Fault::Html { status: code }));
        assert_eq!(reply.status, code);
        assert!(reply.header("content-type").unwrap().starts_with("text/html"));
        assert!(reply.text().starts_with("<!DOCTYPE html>"));
    }
    let reply = identity(&with(Fault::EmptyBody { status: 200 }));
    assert_eq!((reply.status, reply.body.len()), (200, 0));
    assert_eq!(reply.header("content-length"), Some("0"));
    let reply = identity(&with(Fault::EmptyObject { status: 200 }));
    assert_eq!((reply.status, reply.text().as_str()), (200, "{}"));
    for fault in [Fault::TruncatedJson {}, Fault::InvalidJson {}] {
        let reply = identity(&with(fault));
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert!(serde_json::from_slice::<Value>(&reply.body).is_err());
        // The length is right: only the JSON is not.
        let length = reply.header("content-length").unwrap();
        assert_eq!(length, reply.body.len().to_string());
    }
    let fault = Fault::ContentType { value: "text/plain".to_owned() };
    let reply = identity(&with(fault));
    assert_eq!(reply.header("content-type"), Some("text/plain"));
    assert!(reply.json()["access_token"].is_string());
}

#[test]
fn fields_that_are_missing_strange_or_too_many() {
    let body = identity(&with(Fault::MissingExpiresIn {})).json();
    assert_eq!(body.get("expires_in"), None);
    assert!(body["access_token"].is_string());
    let body = identity(&with(Fault::ExpiresInString {})).json();
    assert_eq!(body["expires_in"], "300");
    let body = identity(&with(Fault::ExtraFields {})).json();
    assert!(body["unheard_of"].is_object());
    assert!(body["access_token"].is_string());
}

#[test]
fn an_opaque_token_is_valid_all_the_same() {
    let simulator = simulator();
    simulator.inject(FaultRule::on(Service::Metadata, Fault::OpaqueToken {}));
    let token = instance_iam_token(&simulator);
    assert!(!token.contains('.'));
    let url = format!("{}/seed-bucket/greeting.txt", simulator.object_store_url());
    let reply = call("GET", url.as_str()).bearer(&token).send();
    assert_eq!(reply.status, 200);
    simulator.set_clock_skew(Service::ObjectStore, 3601);
    assert_eq!(call("GET", url).bearer(&token).send().status, 401);
}

#[test]
fn an_expired_token_is_expired_everywhere() {
    let simulator = simulator();
    let path = "/identity/v1/iam_tokens";
    let rule = FaultRule::on(Service::Metadata, Fault::ExpiredOnArrival {});
    simulator.inject(rule.at("POST", path));
    let token = instance_iam_token(&simulator);
    let entries = simulator.journal().matching(Service::Metadata, "POST", path);
    let body: Value = serde_json::from_slice(&entries[0].response_body).unwrap();
    assert_eq!(body["expires_in"], 0);
    let url = format!("{}/seed-bucket/greeting.txt", simulator.object_store_url());
    let reply = call("GET", url).bearer(&token).send();
    assert_eq!(reply.status, 401);
    assert!(reply.text().contains("expired"));
}

#[test]
fn a_skewed_clock_shows_in_date_and_times() {
    let reply = identity(&with(Fault::Skew { seconds: -7200 }));
    let date = httpdate::parse_http_date(reply.header("date").unwrap()).unwrap();
    let behind = std::time::SystemTime::now().duration_since(date).unwrap();
    assert!((7199..7203).contains(&behind.as_secs()));
    let created = reply.json()["created_at"].as_str().unwrap().to_owned();
    let format = time::format_description::well_known::Rfc3339;
    let created = time::OffsetDateTime::parse(&created, &format).unwrap();
    let behind = time::OffsetDateTime::now_utc() - created;
    assert_eq!(behind.whole_minutes(), 120);
}

#[test]
fn huge_bodies_with_and_without_a_length() {
    for content_length in [true, false] {
        let simulator = with(Fault::HugeBody { bytes: 3_000_000, content_length });
        let reply = identity(&simulator);
        assert_eq!(reply.header("content-length").is_some(), content_length);
        assert!(reply.body.len() > 3_000_000);
        assert!(reply.json()["access_token"].is_string());
    }
}

#[test]
fn a_gzip_bomb_unpacks_to_valid_json() {
    let simulator = with(Fault::GzipBomb { bytes: 20_000_000 });
    let reply = identity(&simulator);
    assert_eq!(reply.header("content-encoding"), Some("gzip"));
    assert!(reply.body.len() < 100_000);
    let mut text = String::new();
    MultiGzDecoder::new(reply.body.as_slice()).read_to_string(&mut text).unwrap();
    assert!(text.len() > 20_000_000);
    let value: Value = serde_json::from_str(&text).unwrap();
    assert!(value["access_token"].is_string());
}

#[test]
fn redirects() {
    for code in [302, 307] {
        let reply = identity(&with(Fault::Redirect { status: code, location: "http://127.0.0.2:1/x".to_owned() }));
        assert_eq!(reply.status, code);
        assert_eq!(reply.header("location"), Some("http://127.0.0.2:1/x"));
    }
}

/// A connection on which one answer has been read to its end.
fn open_after_answer(simulator: &Simulator) -> TcpStream {
    let mut stream = request(simulator).header("Connection", "keep-alive").start().unwrap();
    let mut received = Vec::new();
    let mut buffer = [0; 65536];
    while !received.ends_with(b"}") {
        let size = stream.read(&mut buffer).unwrap();
        assert_ne!(size, 0);
        received.extend_from_slice(&buffer[..size]);
    }
    stream
}

#[test]
fn connection_close_closes() {
    let simulator = simulator();
    assert_silent(open_after_answer(&simulator));
    simulator.inject(FaultRule::on(Service::Metadata, Fault::ConnectionClose {}));
    assert_eq!(open_after_answer(&simulator).read(&mut [0; 1]).unwrap(), 0);
}

#[test]
fn which_requests_a_rule_hits() {
    let simulator = simulator();
    simulator.inject(FaultRule::on(Service::Metadata, status(503)).at("PUT", "/identity/*").after(1).times(2));
    let url = format!("{}/metadata/v1/keys?{VERSION}", simulator.metadata_url());
    let statuses: Vec<u16> = (0..4).map(|_| identity(&simulator).status).collect();
    assert_eq!(statuses, [200, 503, 503, 200]);
    assert_eq!(call("GET", url).send().status, 401);
    assert!(simulator.faults().is_empty());
    // The oldest rule first.
    simulator.inject(FaultRule::on(Service::Metadata, status(500)).times(1));
    simulator.inject(FaultRule::on(Service::Metadata, status(501)).times(1));
    let statuses: Vec<u16> = (0..3).map(|_| identity(&simulator).status).collect();
    assert_eq!(statuses, [500, 501, 200]);
}

#[test]
fn a_disabled_service_is_silent_or_refuses() {
    let simulator = simulator();
    simulator.update_primary_instance(|settings| settings.enabled = false);
    assert_silent(request(&simulator).start().unwrap());
    simulator.update_primary_instance(|settings| {
        settings.when_disabled = simulator::WhenDisabled::Refused;
    });
    let address = simulator.metadata_url().replace("http://", "");
    let error = TcpStream::connect(&address).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    simulator.update_primary_instance(|settings| settings.enabled = true);
    assert_eq!(identity(&simulator).status, 200);
}
