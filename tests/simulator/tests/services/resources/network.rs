//! VPCs, subnets, security groups, and what may be deleted when.

use serde_json::{Value, json};

use crate::setting::Setting;

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

#[test]
fn a_vpc_is_born_with_three_things_and_goes_with_them() {
    let setting = Setting::start();
    let vpc = setting.make("POST", "vpc", "/vpcs", &json!({"name": "net"}));
    let path = format!("/vpcs/{}", id(&vpc));
    assert_eq!(setting.get("vpc", &path).json()["name"], "net");
    for (property, end) in [
        ("default_security_group", "/default_security_group"),
        ("default_network_acl", "/default_network_acl"),
        ("default_routing_table", "/default_routing_table"),
    ] {
        let part = setting.get("vpc", &format!("{path}{end}"));
        assert_eq!(part.status, 200);
        assert_eq!(part.json()["id"], vpc[property]["id"], "{property}");
    }
    let group = format!("/security_groups/{}", vpc["default_security_group"]["id"].as_str().unwrap());
    assert_eq!(setting.delete("vpc", &group).status, 409);
    assert_eq!(setting.delete("vpc", &path).status, 204);
    assert_eq!(setting.get("vpc", &path).status, 404);
    assert_eq!(setting.get("vpc", &group).status, 404);
    assert_eq!(setting.delete("vpc", &path).status, 404);
}

#[test]
fn a_subnet_keeps_its_vpc() {
    let setting = Setting::start();
    let vpc = setting.make("POST", "vpc", "/vpcs", &json!({}));
    let wanted = json!({"vpc": {"id": vpc["id"]}, "ipv4_cidr_block": "10.1.0.0/24", "zone": {"name": "us-south-2"}, "name": "sub"});
    let subnet = setting.make("POST", "vpc", "/subnets", &wanted);
    assert_eq!(subnet["vpc"]["crn"], vpc["crn"]);
    assert_eq!(subnet["zone"]["name"], "us-south-2");
    assert_eq!((&subnet["total_ipv4_address_count"], &subnet["available_ipv4_address_count"]), (&json!(256), &json!(251)));
    assert_eq!(subnet["network_acl"]["id"], vpc["default_network_acl"]["id"]);
    let twice = setting.send("POST", "vpc", "/subnets", &[], &json!({"vpc": {"id": vpc["id"]}, "ipv4_cidr_block": "10.1.0.0/24"}));
    assert_eq!(twice.status, 409);
    let vpc_path = format!("/vpcs/{}", id(&vpc));
    let refused = setting.delete("vpc", &vpc_path);
    assert_eq!((refused.status, refused.code().as_str()), (409, "resource_in_use"));
    // A gateway is attached and taken off.
    let gateway = setting.make("POST", "vpc", "/public_gateways", &json!({"vpc": {"id": vpc["id"]}, "zone": {"name": "us-south-2"}}));
    let place = format!("/subnets/{}/public_gateway", id(&subnet));
    assert_eq!(setting.get("vpc", &place).status, 404);
    assert_eq!(setting.send("PUT", "vpc", &place, &[], &json!({"id": gateway["id"]})).status, 201);
    assert_eq!(setting.get("vpc", &place).json()["id"], gateway["id"]);
    assert_eq!(setting.delete("vpc", &format!("/public_gateways/{}", id(&gateway))).status, 409);
    assert_eq!(setting.delete("vpc", &place).status, 204);
    assert_eq!(setting.delete("vpc", &format!("/public_gateways/{}", id(&gateway))).status, 204);
    assert_eq!(setting.delete("vpc", &format!("/subnets/{}", id(&subnet))).status, 204);
    assert_eq!(setting.delete("vpc", &vpc_path).status, 204);
}

#[test]
fn a_security_group_shows_its_rules() {
    let setting = Setting::start();
    let vpc = setting.make("POST", "vpc", "/vpcs", &json!({}));
    let group = setting.make("POST", "vpc", "/security_groups", &json!({"vpc": {"id": vpc["id"]}, "name": "web"}));
    assert_eq!(group["rules"], json!([]));
    let path = format!("/security_groups/{}", id(&group));
    let rule = json!({"direction": "inbound", "protocol": "tcp", "port_min": 443, "port_max": 443});
    let rule = setting.make("POST", "vpc", &format!("{path}/rules"), &rule);
    assert_eq!((&rule["protocol"], &rule["port_min"]), (&json!("tcp"), &json!(443)));
    let shown = setting.get("vpc", &path).json();
    assert_eq!(shown["rules"][0]["id"], rule["id"]);
    let one = format!("{path}/rules/{}", id(&rule));
    let changed = setting.send("PATCH", "vpc", &one, &[], &json!({"direction": "outbound"}));
    assert_eq!((changed.status, &changed.json()["direction"]), (200, &json!("outbound")));
    assert_eq!(setting.get("vpc", &path).json()["rules"][0]["direction"], "outbound");
    assert_eq!(setting.delete("vpc", &one).status, 204);
    assert_eq!(setting.get("vpc", &path).json()["rules"], json!([]));
    assert_eq!(setting.delete("vpc", &path).status, 204);
}

#[test]
fn a_tag_keeps_writers_apart_and_null_removes() {
    let setting = Setting::start();
    let vpc = setting.make("POST", "vpc", "/vpcs", &json!({"name": "one"}));
    let path = format!("/vpcs/{}", id(&vpc));
    let tag = setting.get("vpc", &path).header("etag").unwrap().to_owned();
    let renamed = setting.send("PATCH", "vpc", &path, &[("If-Match", &tag)], &json!({"name": "two"}));
    assert_eq!((renamed.status, &renamed.json()["name"]), (200, &json!("two")));
    assert_ne!(renamed.header("etag").unwrap(), tag);
    let stale = setting.send("PATCH", "vpc", &path, &[("If-Match", &tag)], &json!({"name": "three"}));
    assert_eq!((stale.status, stale.code().as_str()), (412, "precondition_failed"));
    assert_eq!(setting.send("DELETE", "vpc", &path, &[("If-Match", &tag)], &Value::Null).status, 412);
    let subnet = json!({"vpc": {"id": vpc["id"]}, "total_ipv4_address_count": 16, "zone": {"name": "us-south-1"}});
    let subnet = setting.make("POST", "vpc", "/subnets", &subnet);
    let gateway = setting.make("POST", "vpc", "/public_gateways", &json!({"vpc": {"id": vpc["id"]}, "zone": {"name": "us-south-1"}}));
    let path = format!("/subnets/{}", id(&subnet));
    let with = setting.send("PATCH", "vpc", &path, &[], &json!({"public_gateway": {"id": gateway["id"]}})).json();
    assert_eq!(with["public_gateway"]["id"], gateway["id"]);
    let without = setting.send("PATCH", "vpc", &path, &[], &json!({"public_gateway": null})).json();
    assert_eq!(without.get("public_gateway"), None);
    assert_eq!(without["ipv4_cidr_block"], subnet["ipv4_cidr_block"]);
}
