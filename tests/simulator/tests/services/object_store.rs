//! The object store verifies tokens and roles.

use crate::wire::{Reply, call, identity_token, instance_iam_token};
use simulator::{Config, Role, Service, Simulator};

fn seeded() -> Simulator {
    Simulator::start_blocking(Config::seeded()).unwrap()
}

fn get(simulator: &Simulator, path: &str, token: &str) -> Reply {
    call("GET", format!("{}{path}", simulator.object_store_url())).bearer(token).send()
}

#[test]
fn reading_writing_listing() {
    let simulator = seeded();
    let token = instance_iam_token(&simulator);
    let url = format!("{}/seed-bucket/a%20b/c", simulator.object_store_url());
    let reply = call("PUT", url).bearer(&token).body("data").send();
    assert_eq!(reply.status, 200);
    let reply = get(&simulator, "/seed-bucket/a%20b/c", &token);
    assert_eq!((reply.status, reply.text().as_str()), (200, "data"));
    let reply = get(&simulator, "/seed-bucket", &token);
    assert!(reply.text().contains("<Key>a b/c</Key><Size>4</Size>"));
}

#[test]
fn tokens_that_are_refused() {
    let simulator = seeded();
    let token = instance_iam_token(&simulator);
    let mut altered = token.clone();
    altered.truncate(token.len() - 4);
    altered.push_str("AAAA");
    let other = instance_iam_token(&seeded());
    let path = "/seed-bucket/greeting.txt";
    for bad in [&altered, "nonsense", &identity_token(&simulator), &other] {
        let reply = get(&simulator, path, bad);
        assert_eq!(reply.status, 401);
        assert!(reply.text().contains("<Code>InvalidToken</Code>"));
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    }
    let none = call("GET", format!("{}{path}", simulator.object_store_url())).send();
    assert_eq!(none.status, 401);
    assert_eq!(get(&simulator, path, &token).status, 200);
    simulator.set_clock_skew(Service::ObjectStore, 3601);
    assert_eq!(get(&simulator, path, &token).status, 401);
    simulator.set_clock_skew(Service::ObjectStore, 0);
    simulator.reject_token(&token);
    assert_eq!(get(&simulator, path, &token).status, 401);
    let fresh = instance_iam_token(&simulator);
    assert_eq!(get(&simulator, path, &fresh).status, 200);
    simulator.revoke_iam_tokens();
    assert_eq!(get(&simulator, path, &fresh).status, 401);
}

#[test]
fn roles_and_absent_things() {
    let simulator = seeded();
    let token = instance_iam_token(&simulator);
    let profile = simulator.seed().unwrap().instance_profile;
    let reply = get(&simulator, "/other-bucket/x", &token);
    assert_eq!(reply.status, 403);
    assert!(reply.text().contains("<Code>AccessDenied</Code>"));
    simulator.grant_access(&profile.iam_id, "other-bucket", Role::Reader);
    let reply = get(&simulator, "/other-bucket/x", &token);
    assert_eq!(reply.status, 404);
    assert!(reply.text().contains("<Code>NoSuchKey</Code>"));
    simulator.put_object("other-bucket", "x", b"1");
    assert_eq!(get(&simulator, "/other-bucket/x", &token).status, 200);
    let url = format!("{}/other-bucket/x", simulator.object_store_url());
    let reply = call("PUT", url.as_str()).bearer(&token).body("2").send();
    assert_eq!(reply.status, 403);
    assert_eq!(call("DELETE", url).bearer(&token).send().status, 405);
    simulator.revoke_access(&profile.iam_id, "other-bucket");
    assert_eq!(get(&simulator, "/other-bucket/x", &token).status, 403);
    assert_eq!(get(&simulator, "/", &token).status, 404);
}
