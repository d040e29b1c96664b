//! What an instance can read about itself.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::error::MetadataError;
use super::references::{boot_volume, derived_id, key, network_interface, whole_key};
use super::{Call, Outcome, example};
use crate::account::{Instance, Protocol};
use crate::exchange::Answer;

/// `GET /metadata/v1/...`
pub(crate) fn read(call: &Call<'_>) -> Outcome {
    if let Some(example) = example::of(call.request) {
        return Ok(Answer::json(StatusCode::OK, &example));
    }
    let segments = call.request.segments();
    let path: Vec<&str> = segments.iter().skip(2).map(String::as_str).collect();
    let value = match path.as_slice() {
        ["instance"] => instance(&call.instance),
        ["instance", "initialization"] => initialization(call),
        ["keys"] => json!({"keys": keys(&call.instance)}),
        ["keys", id] => find(keys(&call.instance), id)?,
        ["placement_groups"] => return Ok(placement_groups()),
        ["instance", "network_interfaces"] => {
            json!({"network_interfaces": [network_interface(&call.instance)]})
        }
        ["instance", "network_interfaces", id] => find(vec![network_interface(&call.instance)], id)?,
        ["instance", "volume_attachments"] => {
            json!({"volume_attachments": [boot_volume(&call.instance)]})
        }
        ["instance", "volume_attachments", id] => find(vec![boot_volume(&call.instance)], id)?,
        ["instance", name @ ("cluster_network_attachments" | "network_attachments" | "software_attachments")]
        | [name @ "virtual_network_interfaces"] => {
            json!({ (*name).to_owned(): [] })
        }
        _ => return Err(MetadataError::not_found()),
    };
    Ok(Answer::json(StatusCode::OK, &value))
}

fn find(list: Vec<Value>, id: &str) -> Result<Value, MetadataError> {
    list.into_iter().find(|item| item.get("id").and_then(Value::as_str) == Some(id)).ok_or_else(MetadataError::not_found)
}

fn keys(instance: &Instance) -> Vec<Value> {
    let keys = instance.settings.keys.iter().enumerate();
    keys.map(|(number, ssh)| whole_key(instance, ssh, number)).collect()
}

/// The link in the page has the wrong scheme, host and path, as the documented sample has: clients
/// must not follow it.
fn placement_groups() -> Answer {
    let page = json!({
        "first": {"href": "http://169.254.169.254/v1/placement_groups?limit=50"},
        "limit": 50,
        "placement_groups": [],
        "total_count": 0,
    });
    Answer::json(StatusCode::OK, &page)
}

fn initialization(call: &Call<'_>) -> Value {
    let settings = &call.instance.settings;
    let keys: Vec<Value> = settings.keys.iter().enumerate().map(|(number, ssh)| key(&call.instance, ssh, number)).collect();
    let mut value = json!({ "keys": keys });
    let Some(fields) = value.as_object_mut() else {
        return value;
    };
    if let Some(user_data) = &settings.user_data {
        fields.insert("user_data".to_owned(), json!(user_data));
    }
    if let Some(default) = &settings.default_trusted_profile {
        let account = call.world.account();
        let crn = account.profile(&default.id).map(|record| record.profile.crn.clone());
        fields.insert(
            "default_trusted_profile".to_owned(),
            json!({
                "auto_link": default.auto_link,
                "target": {"crn": crn, "id": default.id, "resource_type": "trusted_profile"},
            }),
        );
    }
    value
}

/// A small but complete instance. Like the real service it has no `href` anywhere.
fn instance(instance: &Instance) -> Value {
    let settings = &instance.settings;
    let protocol = match settings.protocol {
        Protocol::Http => "http",
        Protocol::Https => "https",
    };
    let image = derived_id(instance, "image");
    let interface = network_interface(instance);
    let boot = boot_volume(instance);
    json!({
        "availability_policy": {"host_failure": "restart"},
        "bandwidth": 4000,
        "boot_volume_attachment": boot,
        "cluster_network_attachments": [],
        "confidential_compute_mode": "disabled",
        "created_at": instance.created_at,
        "crn": instance.crn,
        "disks": [],
        "enable_secure_boot": false,
        "health_reasons": [],
        "health_state": "ok",
        "id": instance.id,
        "image": {
            "crn": format!("crn:v1:bluemix:public:is:{}:a/{}::image:{image}", instance.region(), instance.account_id),
            "id": image,
            "name": "ibm-ubuntu-24-04-minimal-amd64-1",
            "resource_type": "image",
        },
        "lifecycle_reasons": [],
        "lifecycle_state": "stable",
        "memory": 4,
        "metadata_service": {
            "enabled": settings.enabled,
            "protocol": protocol,
            "response_hop_limit": settings.response_hop_limit,
        },
        "name": settings.name,
        "network_attachments": [],
        "network_interfaces": [interface],
        "numa_count": 1,
        "primary_network_interface": interface,
        "profile": {"name": "cx2-2x4", "resource_type": "instance_profile"},
        "reservation_affinity": {"policy": "disabled", "pool": []},
        "resource_group": {"id": instance.resource_group_id, "name": settings.resource_group_name},
        "resource_type": "instance",
        "startable": true,
        "status": "running",
        "status_reasons": [],
        "total_network_bandwidth": 3000,
        "total_volume_bandwidth": 1000,
        // A known issue of the service: the manufacturer may be an empty text.
        "vcpu": {"architecture": "amd64", "count": 2, "manufacturer": "", "percentage": 100},
        "volume_attachments": [boot],
        "volume_bandwidth_qos_mode": "weighted",
        "vpc": instance.vpc(),
        "zone": {"name": settings.zone},
    })
}
