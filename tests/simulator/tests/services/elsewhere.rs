//! The recording proxy and the other host.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::wire::{call, parse};
use simulator::elsewhere::{self, Elsewhere};
use simulator::proxy::{self, RecordingProxy};

fn speak(url: &str, request: &str) -> crate::wire::Reply {
    let mut stream = TcpStream::connect(url.replace("http://", "")).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    parse(&bytes)
}

#[test]
fn the_proxy_records_and_invents() {
    let proxy = RecordingProxy::start().unwrap();
    let target = "http://169.254.169.254/identity/v1/token?version=2025-08-26";
    let request = format!("PUT {target} HTTP/1.1\r\nHost: 169.254.169.254\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{{}}");
    let reply = speak(&proxy.url(), &request);
    assert_eq!(reply.json()["access_token"], proxy::INVENTED_TOKEN);
    let reply = speak(&proxy.url(), "CONNECT iam.cloud.ibm.com:443 HTTP/1.1\r\nHost: iam.cloud.ibm.com:443\r\nConnection: close\r\n\r\n");
    assert_eq!(reply.status, 502);
    let recorded = proxy.recorded();
    assert_eq!(recorded[0].method, "PUT");
    assert_eq!(recorded[0].target, target);
    assert_eq!(recorded[0].body, b"{}");
    assert_eq!(recorded[1].method, "CONNECT");
    assert_eq!(recorded[1].target, "iam.cloud.ibm.com:443");
}

#[test]
fn elsewhere_records() {
    let elsewhere = Elsewhere::start().unwrap();
    assert!(elsewhere.url().starts_with("http://127.0.0."));
    let reply = call("POST", format!("{}/x", elsewhere.url())).header("Authorization", "Bearer t").body("cr_token=t").send();
    assert_eq!(reply.json()["access_token"], elsewhere::INVENTED_TOKEN);
    let recorded = elsewhere.recorded();
    assert_eq!(recorded.len(), 1);
    assert_eq!(recorded[0].target, "/x");
    assert_eq!(recorded[0].body, b"cr_token=t");
    assert!(recorded[0].headers.contains(&("authorization".to_owned(), "Bearer t".to_owned())));
}
