//! The two walk-throughs of IBM's documentation, from nothing to a bucket.

use crate::wire::{call, instance_iam_token, token};
use simulator::{Config, Service, ServiceAccountToken, Simulator};

const CR_TOKEN: &str = "urn:ibm:params:oauth:grant-type:cr-token";

#[test]
fn an_instance_calls_the_object_store() {
    let simulator = Simulator::start_blocking(Config::seeded()).unwrap();
    let iam_token = instance_iam_token(&simulator);
    let url = format!("{}/seed-bucket/greeting.txt", simulator.object_store_url());
    let reply = call("GET", url.as_str()).bearer(&iam_token).send();
    assert_eq!((reply.status, reply.text().as_str()), (200, "hello\n"));
    let reply = call("PUT", url.as_str()).bearer(&iam_token).body("changed").send();
    assert_eq!(reply.status, 200);
    let journal = simulator.journal();
    assert_eq!(journal.count(Service::Metadata, "PUT", "/identity/v1/token"), 1);
    assert_eq!(journal.count(Service::Metadata, "POST", "/identity/v1/iam_tokens"), 1);
    assert_eq!(journal.count_service(Service::ObjectStore), 2);
    assert_eq!(journal.count_service(Service::Iam), 0);
}

#[test]
fn a_pod_calls_the_object_store() {
    let simulator = Simulator::start_blocking(Config::seeded()).unwrap();
    let seed = simulator.seed().unwrap();
    let cr_token = simulator
        .mint_service_account_token(&ServiceAccountToken { cluster_id: seed.cluster.id.clone(), ..ServiceAccountToken::default() })
        .unwrap();
    let reply = token(&simulator, &[("grant_type", CR_TOKEN), ("cr_token", &cr_token), ("profile_id", &seed.pod_profile.id)]);
    assert_eq!(reply.status, 200, "{}", reply.text());
    let iam_token = reply.json()["access_token"].as_str().unwrap().to_owned();
    let url = format!("{}/seed-bucket", simulator.object_store_url());
    let reply = call("GET", url).bearer(&iam_token).send();
    assert_eq!(reply.status, 200);
    assert!(reply.text().contains("<Key>greeting.txt</Key>"));
    // This profile may read only.
    let url = format!("{}/seed-bucket/x", simulator.object_store_url());
    let reply = call("PUT", url).bearer(&iam_token).body("x").send();
    assert_eq!(reply.status, 403);
}
