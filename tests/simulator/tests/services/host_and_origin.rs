//! Who may talk to the simulator: the `Host` header and the browser's origin.

use crate::wire::{Reply, VERSION, call, identity};
use simulator::{Config, Fault, FaultRule, Service, Simulator};

const ORIGIN: &str = "http://app.example";

fn with_host(simulator: &Simulator, host: &str) -> Reply {
    call("PUT", format!("{}/identity/v1/token?{VERSION}", simulator.metadata_url()))
        .header("Metadata-Flavor", "ibm")
        .header("Host", host)
        .send()
}

#[test]
fn the_host_header_is_checked_everywhere() {
    let simulator = Simulator::start_blocking(Config { allowed_hosts: vec!["sim.test".to_owned()], ..Config::default() }).unwrap();
    let own = simulator.metadata_url().replace("http://", "");
    for good in [
        own.as_str(),
        "localhost",
        "LOCALHOST:80",
        "127.0.0.1:1",
        "127.0.0.2",
        "[::1]:8080",
        "169.254.169.254",
        "api.metadata.cloud.ibm.com",
        "iam.cloud.ibm.com:443",
        "sim.test",
    ] {
        assert_eq!(with_host(&simulator, good).status, 200, "{good}");
    }
    for bad in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", ""] {
        assert_eq!(with_host(&simulator, bad).status, 421, "{bad}");
    }
    for url in [
        format!("{}/identity/keys", simulator.iam_url()),
        format!("{}/b", simulator.object_store_url()),
        format!("{}/control/v1", simulator.control_url()),
    ] {
        let reply = call("GET", url).header("Host", "evil.example").send();
        assert_eq!(reply.status, 421);
    }
}

fn cors() -> Simulator {
    Simulator::start_blocking(Config { cors_origins: vec![ORIGIN.to_owned()], ..Config::default() }).unwrap()
}

fn preflight(simulator: &Simulator, origin: &str) -> Reply {
    call("OPTIONS", format!("{}/identity/token", simulator.iam_url()))
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "transaction-id")
        .send()
}

#[test]
fn named_origins_may_read() {
    let simulator = cors();
    let reply = preflight(&simulator, ORIGIN);
    assert_eq!(reply.status, 204);
    assert_eq!(reply.header("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(reply.header("access-control-allow-methods"), Some("POST"));
    assert_eq!(reply.header("access-control-allow-headers"), Some("transaction-id"));
    // A fault's answer can be read as well; a preflight does not use it up.
    let fault = Fault::Html { status: 502 };
    simulator.inject(FaultRule::on(Service::Iam, fault).times(1));
    assert_eq!(preflight(&simulator, ORIGIN).status, 204);
    let reply = call("GET", format!("{}/identity/keys", simulator.iam_url())).header("Origin", ORIGIN).send();
    assert_eq!(reply.status, 502);
    assert_eq!(reply.header("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(reply.header("access-control-expose-headers"), Some("ETag, Retry-After, X-Request-Id, Transaction-Id"));
    assert_eq!(reply.header("vary"), Some("Origin"));
}

#[test]
fn other_origins_may_not() {
    for simulator in [cors(), Simulator::start_blocking(Config::default()).unwrap()] {
        let reply = preflight(&simulator, "http://evil.example");
        assert_eq!(reply.status, 403);
        assert_eq!(reply.header("access-control-allow-origin"), None);
        let reply = call("GET", format!("{}/identity/keys", simulator.iam_url())).header("Origin", "http://evil.example").send();
        assert_eq!(reply.header("access-control-allow-origin"), None);
        assert_eq!(identity(&simulator).header("access-control-allow-origin"), None);
    }
}
