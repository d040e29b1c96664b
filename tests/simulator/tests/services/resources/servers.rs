//! Instances from their creation to their end, with what is attached to them.

use serde_json::{Value, json};
use simulator::Service;

use crate::setting::Setting;
use crate::wire::{VERSION, call, token};

struct Server {
    setting: Setting,
    vpc: Value,
    subnet: Value,
}

impl Server {
    fn start() -> Self {
        let setting = Setting::start();
        let vpc = setting.make("POST", "vpc", "/vpcs", &json!({"name": "net"}));
        let subnet = json!({"vpc": {"id": vpc["id"]}, "total_ipv4_address_count": 256, "zone": {"name": "us-south-1"}});
        let subnet = setting.make("POST", "vpc", "/subnets", &subnet);
        Self { setting, vpc, subnet }
    }

    /// The body of a new instance with these properties as well.
    fn wanted(&self, more: &Value) -> Value {
        let image = self.setting.get("vpc", "/images").json()["images"][0]["id"].clone();
        let mut body = json!({
            "name": "server",
            "vpc": {"id": self.vpc["id"]},
            "zone": {"name": "us-south-1"},
            "image": {"id": image},
            "profile": {"name": "cx2-2x4"},
            "primary_network_interface": {"subnet": {"id": self.subnet["id"]}},
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    }

    fn create(&self, more: &Value) -> Value {
        self.setting.make("POST", "vpc", "/instances", &self.wanted(more))
    }

    fn status(&self, path: &str) -> String {
        self.setting.get("vpc", path).json()["status"].as_str().unwrap().to_owned()
    }

    fn act(&self, path: &str, action: &str) -> u16 {
        self.setting.send("POST", "vpc", &format!("{path}/actions"), &[], &json!({"type": action})).status
    }
}

#[test]
fn an_instance_starts_stops_and_reboots() {
    let server = Server::start();
    let key = json!({"name": "mine", "public_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE1hZGVGb3JUaGVTaW11bGF0b3JPbmx5MDEy"});
    let key = server.setting.make("POST", "vpc", "/keys", &key);
    let instance = server.create(&json!({"keys": [{"id": key["id"]}]}));
    assert_eq!((&instance["status"], &instance["profile"]["name"]), (&json!("pending"), &json!("cx2-2x4")));
    assert_eq!(instance["primary_network_interface"]["subnet"]["id"], server.subnet["id"]);
    let path = format!("/instances/{}", instance["id"].as_str().unwrap());
    // Time does not have to pass for real.
    server.setting.simulator.set_clock_skew(Service::Vpc, 60);
    assert_eq!(server.status(&path), "running");
    assert_eq!(server.act(&path, "start"), 409);
    assert_eq!(server.act(&path, "stop"), 201);
    assert_eq!(server.status(&path), "stopping");
    server.setting.simulator.set_clock_skew(Service::Vpc, 120);
    assert_eq!(server.status(&path), "stopped");
    assert_eq!(server.act(&path, "reboot"), 409);
    assert_eq!(server.act(&path, "start"), 201);
    server.setting.simulator.set_clock_skew(Service::Vpc, 180);
    assert_eq!(server.act(&path, "reboot"), 201);
    assert_eq!(server.status(&path), "restarting");
    assert_eq!(server.act(&path, "sleep"), 400);
    let initialization = server.setting.get("vpc", &format!("{path}/initialization")).json();
    assert_eq!(initialization["keys"][0]["id"], key["id"]);
    // What it needs stays; then it goes.
    assert_eq!(server.setting.delete("vpc", &format!("/subnets/{}", server.subnet["id"].as_str().unwrap())).status, 409);
    assert_eq!(server.setting.delete("vpc", &path).status, 204);
    assert_eq!(server.setting.get("vpc", &path).status, 404);
    assert_eq!(server.setting.delete("vpc", &format!("/subnets/{}", server.subnet["id"].as_str().unwrap())).status, 204);
}

#[test]
fn addresses_and_volumes_are_attached_and_released() {
    let server = Server::start();
    let setting = &server.setting;
    let instance = server.create(&json!({}));
    let path = format!("/instances/{}", instance["id"].as_str().unwrap());
    let interface = instance["primary_network_interface"]["id"].clone();
    let floating = setting.make("POST", "vpc", "/floating_ips", &json!({"name": "fip", "target": {"id": interface}}));
    assert_eq!(floating["target"]["id"], interface);
    let listed = setting.get("vpc", &format!("{path}/network_interfaces/{}/floating_ips", interface.as_str().unwrap())).json();
    assert_eq!(listed["floating_ips"][0]["address"], floating["address"]);
    let volume = json!({"name": "data", "capacity": 50, "profile": {"name": "general-purpose"}, "zone": {"name": "us-south-1"}});
    let volume = setting.make("POST", "vpc", "/volumes", &volume);
    assert_eq!((&volume["capacity"], &volume["status"]), (&json!(50), &json!("pending")));
    let volume_path = format!("/volumes/{}", volume["id"].as_str().unwrap());
    let attachment = setting.make("POST", "vpc", &format!("{path}/volume_attachments"), &json!({"volume": {"id": volume["id"]}}));
    assert_eq!(attachment["volume"]["id"], volume["id"]);
    let again = setting.send("POST", "vpc", &format!("{path}/volume_attachments"), &[], &json!({"volume": {"id": volume["id"]}}));
    assert_eq!(again.status, 409);
    assert_eq!(setting.get("vpc", &path).json()["volume_attachments"].as_array().unwrap().len(), 2);
    assert_eq!(setting.get("vpc", &volume_path).json()["volume_attachments"][0]["id"], attachment["id"]);
    assert_eq!(setting.delete("vpc", &volume_path).status, 409);
    let detached = format!("{path}/volume_attachments/{}", attachment["id"].as_str().unwrap());
    assert_eq!(setting.delete("vpc", &detached).status, 204);
    assert_eq!(setting.delete("vpc", &volume_path).status, 204);
    assert_eq!(setting.delete("vpc", &path).status, 204);
    let freed = setting.get("vpc", &format!("/floating_ips/{}", floating["id"].as_str().unwrap())).json();
    assert_eq!(freed.get("target"), None);
}

#[test]
fn a_placement_group_stays_while_an_instance_is_in_it() {
    let server = Server::start();
    let group = server.setting.make("POST", "vpc", "/placement_groups", &json!({"strategy": "host_spread"}));
    let path = format!("/placement_groups/{}", group["id"].as_str().unwrap());
    let instance = server.create(&json!({"placement_target": {"id": group["id"]}}));
    assert_eq!(instance["placement_target"]["id"], group["id"]);
    assert_eq!(server.setting.delete("vpc", &path).status, 409);
    assert_eq!(server.setting.delete("vpc", &format!("/instances/{}", instance["id"].as_str().unwrap())).status, 204);
    assert_eq!(server.setting.delete("vpc", &path).status, 202);
}

#[test]
fn a_new_instance_has_an_identity_that_its_profile_takes_until_the_link_goes() {
    let server = Server::start();
    let setting = &server.setting;
    let account = setting.simulator.account_id();
    let profile = setting.make("POST", "iam-identity", "/v1/profiles", &json!({"name": "batch", "account_id": account}));
    let instance = server.create(&json!({
        "metadata_service": {"enabled": true},
        "default_trusted_profile": {"target": {"id": profile["id"]}},
        "user_data": "#cloud-config\n",
    }));
    assert_eq!(instance["metadata_service"]["enabled"], true);
    let id = instance["id"].as_str().unwrap();
    let metadata = setting.simulator.instance_metadata_url(id).unwrap();
    let reply = call("PUT", format!("{metadata}/identity/v1/token?{VERSION}")).header("Metadata-Flavor", "ibm").send();
    let identity = reply.json()["access_token"].as_str().unwrap().to_owned();
    let own = call("GET", format!("{metadata}/metadata/v1/instance?{VERSION}")).bearer(&identity).send().json();
    assert_eq!((&own["name"], &own["vpc"]["id"]), (&json!("server"), &server.vpc["id"]));
    let exchange = || {
        let fields = [
            ("grant_type", "urn:ibm:params:oauth:grant-type:cr-token"),
            ("cr_token", identity.as_str()),
            ("profile_id", profile["id"].as_str().unwrap()),
        ];
        token(&setting.simulator, &fields)
    };
    assert_eq!(exchange().status, 200);
    let links = format!("/v1/profiles/{}/links", profile["id"].as_str().unwrap());
    let link = setting.get("iam-identity", &links).json()["links"][0].clone();
    assert_eq!(link["link"]["crn"], instance["crn"]);
    assert_eq!(setting.delete("iam-identity", &format!("{links}/{}", link["id"].as_str().unwrap())).status, 204);
    assert_eq!(exchange().code(), "BXNIM0398E");
    // A manual link, which goes with the instance.
    let again = json!({"cr_type": "VSI", "link": {"crn": instance["crn"]}});
    setting.make("POST", "iam-identity", &links, &again);
    assert_eq!(exchange().status, 200);
    let path = format!("/instances/{id}");
    let off = setting.send("PATCH", "vpc", &path, &[], &json!({"metadata_service": {"enabled": false}}));
    assert_eq!((off.status, &off.json()["metadata_service"]["enabled"]), (200, &json!(false)));
    assert!(!setting.simulator.instances().iter().find(|one| one.id == id).unwrap().settings.enabled);
    assert_eq!(setting.delete("vpc", &path).status, 204);
    assert_eq!(setting.get("iam-identity", &links).json()["links"], json!([]));
    assert_ne!(exchange().status, 200);
}

#[test]
fn instances_of_the_account_are_there_too() {
    let setting = Setting::start();
    let seed = setting.simulator.seed().unwrap().instance;
    let instance = setting.get("vpc", &format!("/instances/{}", seed.id)).json();
    assert_eq!((&instance["name"], &instance["crn"]), (&json!("seed-instance"), &json!(seed.crn)));
    assert_eq!(instance["status"], "running");
    let vpc = instance["vpc"]["id"].as_str().unwrap();
    assert_eq!(setting.get("vpc", &format!("/vpcs/{vpc}")).status, 200);
    let found = setting.get("vpc", &format!("/instances?vpc.id={vpc}&name=seed-instance")).json();
    assert_eq!(found["instances"].as_array().unwrap().len(), 1);
    assert_eq!(setting.get("vpc", "/instances?name=other").json()["instances"], json!([]));
}

#[test]
fn a_bare_metal_server_has_an_identity_and_states() {
    let setting = Setting::start();
    let vpc = setting.make("POST", "vpc", "/vpcs", &json!({}));
    let subnet = json!({"vpc": {"id": vpc["id"]}, "total_ipv4_address_count": 16, "zone": {"name": "us-south-1"}});
    let subnet = setting.make("POST", "vpc", "/subnets", &subnet);
    let image = setting.get("vpc", "/images").json()["images"][0]["id"].clone();
    let profile = setting.get("vpc", "/bare_metal_server/profiles").json()["profiles"][0]["name"].clone();
    let key = setting.make("POST", "vpc", "/keys", &json!({"public_key": "ssh-rsa AAAA"}));
    let wanted = json!({
        "name": "metal",
        "zone": {"name": "us-south-1"},
        "profile": {"name": profile},
        "initialization": {"image": {"id": image}, "keys": [{"id": key["id"]}]},
        "metadata_service": {"enabled": true},
        "primary_network_interface": {"subnet": {"id": subnet["id"]}},
    });
    let made = setting.make("POST", "vpc", "/bare_metal_servers", &wanted);
    let path = format!("/bare_metal_servers/{}", made["id"].as_str().unwrap());
    setting.simulator.set_clock_skew(Service::Vpc, 60);
    assert_eq!(setting.get("vpc", &path).json()["status"], "running");
    let metadata = setting.simulator.instance_metadata_url(made["id"].as_str().unwrap()).unwrap();
    let reply = call("PUT", format!("{metadata}/identity/v1/token?{VERSION}")).header("Metadata-Flavor", "ibm").send();
    let identity = reply.json()["access_token"].as_str().unwrap().to_owned();
    let pod = setting.simulator.seed().unwrap().pod_profile;
    let link = json!({"cr_type": "BMS", "link": {"crn": made["crn"]}});
    setting.make("POST", "iam-identity", &format!("/v1/profiles/{}/links", pod.id), &link);
    let grant = ("grant_type", "urn:ibm:params:oauth:grant-type:cr-token");
    let exchange = || token(&setting.simulator, &[grant, ("cr_token", &identity), ("profile_id", &pod.id)]).status;
    assert_eq!(exchange(), 200);
    let send = |action: &str, body: Value| setting.send("POST", "vpc", &format!("{path}/{action}"), &[], &body).status;
    assert_eq!(send("start", Value::Null), 409);
    assert_eq!(send("stop", json!({"type": "soft"})), 204);
    setting.simulator.set_clock_skew(Service::Vpc, 120);
    assert_eq!(send("start", Value::Null), 204);
    assert_eq!(setting.delete("vpc", &path).status, 202);
    assert_eq!(exchange(), 400);
}
