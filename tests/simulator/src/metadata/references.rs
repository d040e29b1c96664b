//! The small objects by which the metadata service refers to other resources.

use serde_json::{Value, json};

use crate::account::{Instance, SshKey};

/// Ids must stay the same from call to call, so they are derived from the instance's.
pub(crate) fn derived_id(instance: &Instance, what: &str) -> String {
    let digits: String = instance.id.chars().filter(char::is_ascii_hexdigit).skip(4).take(12).collect();
    format!("r006-{what}-{digits}")
}

pub(crate) fn key(instance: &Instance, key: &SshKey, number: usize) -> Value {
    let id = derived_id(instance, &format!("key{number}"));
    json!({
        "crn": format!("crn:v1:bluemix:public:is:{}:a/{}::key:{id}", instance.region(), instance.account_id),
        "fingerprint": format!("SHA256:{id}"),
        "id": id,
        "name": key.name,
        "resource_type": "key",
    })
}

/// The key as a resource of its own.
pub(crate) fn whole_key(instance: &Instance, ssh: &SshKey, number: usize) -> Value {
    let mut whole = key(instance, ssh, number);
    let key_type = if ssh.public_key.starts_with("ssh-ed25519") { "ed25519" } else { "rsa" };
    if let Some(fields) = whole.as_object_mut() {
        fields.insert("created_at".to_owned(), json!(instance.created_at));
        fields.insert("length".to_owned(), json!(if key_type == "rsa" { 4096 } else { 256 }));
        fields.insert("public_key".to_owned(), json!(ssh.public_key));
        fields.insert("type".to_owned(), json!(key_type));
    }
    whole
}

pub(crate) fn network_interface(instance: &Instance) -> Value {
    json!({
        "id": derived_id(instance, "nic"),
        "name": "eth0",
        "primary_ipv4_address": "10.240.0.4",
        "resource_type": "network_interface",
        "subnet": instance.subnet(),
    })
}

pub(crate) fn boot_volume(instance: &Instance) -> Value {
    let volume = derived_id(instance, "vol");
    json!({
        "device": {"id": derived_id(instance, "dev")},
        "id": derived_id(instance, "att"),
        "name": "boot-attachment",
        "volume": {
            "crn": format!("crn:v1:bluemix:public:is:{}:a/{}::volume:{volume}", instance.settings.zone, instance.account_id),
            "id": volume,
            "name": "boot-volume",
            "resource_type": "volume",
        },
    })
}
