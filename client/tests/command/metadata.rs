//! `metadata`.

use crate::program::{on_instance, pod_token, program, run, seeded};
use serde_json::Value;

#[test]
fn documents_collections_and_their_members_as_they_came() {
    let simulator = seeded();
    let metadata = simulator.metadata_url();
    let read = |what: &[&str]| run(&mut program(&on_instance(&[&["metadata"], what].concat(), &metadata)));
    let json = |what: &[&str]| serde_json::from_str::<Value>(&read(what).printed()).unwrap();
    assert_eq!(json(&[])["id"], simulator.primary_instance().id);
    assert_eq!(json(&["instance"]), json(&[]));
    assert_eq!(json(&["initialization"])["user_data"], "#cloud-config\npackages: [jq]\n");
    for (collection, name) in [("keys", "seed-key"), ("network_interfaces", "eth0"), ("volume_attachments", "boot-attachment")] {
        let list = json(&[collection]);
        let id = list[collection][0]["id"].as_str().unwrap();
        assert_eq!(json(&[collection, id])["name"], name);
    }
    for empty in
        ["cluster_network_attachments", "network_attachments", "software_attachments", "virtual_network_interfaces", "placement_groups"]
    {
        assert_eq!(json(&[empty])[empty], serde_json::json!([]));
    }
    // As it came: one line, ended for the sake of terminals and shells.
    let raw = read(&["initialization"]).printed();
    assert_eq!(raw.matches('\n').count(), 1, "{raw}");
}

#[test]
fn what_is_not_there_is_told() {
    let simulator = seeded();
    let metadata = simulator.metadata_url();
    let read = |what: &[&str]| run(&mut program(&on_instance(&[&["metadata"], what].concat(), &metadata)));
    assert!(read(&["keys", "nobody"]).failed(77).contains("not_found"));
    assert!(read(&["keys", ".."]).failed(78).contains("id: expected"));
    assert!(read(&["instance", "x"]).failed(78).contains("id: expected none"));
    assert!(read(&["disks"]).failed(2).contains("possible values"));
    let folder = tempfile::tempdir().unwrap();
    let (file, profile, iam) = (pod_token(&simulator, folder.path()), simulator.seed().unwrap().pod_profile.id, simulator.iam_url());
    let pod = ["metadata", "--source", "container", "--profile-id", &profile, "--cr-token-file", &file, "--endpoint", &iam];
    let said = run(&mut program(&pod)).failed(78);
    assert!(said.contains("only instances and bare metal servers have a metadata service, and the source is container"), "{said}");
    // A profile that is assumed with an instance's token is still on that instance.
    let assumed = ["metadata", "--source", "assume", "--profile-id", "P", "--base", "vpc_instance", "--base-endpoint", &metadata];
    assert!(run(&mut program(&assumed)).printed().contains("\"resource_type\":\"instance\""));
}
