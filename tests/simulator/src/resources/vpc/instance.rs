//! Virtual server instances. Each is also an instance of the simulated account: it has a metadata
//! service, an identity, and links.

use serde_json::{Value, json};

use super::super::dress::fresh_id;
use super::super::store::{Record, Resources};
use super::{attachments, bare_metal, create, item, keep, lay, network, prepare, refer, respond};
use crate::account::{DefaultTrustedProfile, Instance, InstanceKind, InstanceSettings, Protocol, SshKey};
use crate::api::{Call, EXAMPLE, Kind, Outcome, Refusal, check_precondition, done};
use crate::controls::Controls;
use crate::spec::Api;

/// Seconds until a new server is `starting`, and until it is `running`.
const STARTING: i64 = 1;
const RUNNING: i64 = 2;

pub(super) fn create(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    prepare(call, resources)?;
    let subnet = subnet(call, resources)?;
    let settings = settings(call, resources)?;
    let controls = Controls::new(std::sync::Arc::clone(call.world));
    let refuse = |error: crate::controls::Error| Refusal::new(Kind::Conflict, &error.to_string());
    create::check_name(call, resources, "/instances")?;
    let instance = controls.create_instance(settings).map_err(refuse)?;
    let mut record = create::create_as(call, resources, &instance.id)?;
    record.set("crn", instance.crn.as_str());
    record.set("name", instance.settings.name.as_str());
    boot(call, &mut record);
    let record = furnish(call, resources, record, subnet.as_ref());
    let place = |pointer: &str| record.text(pointer).map(str::to_owned);
    if let Some(instance) = call.world.account().instance_mut(&instance.id) {
        instance.vpc_id = place("/vpc/id").unwrap_or_else(|| instance.vpc_id.clone());
        instance.subnet_id = subnet.map_or_else(|| instance.subnet_id.clone(), |subnet| subnet.id);
    }
    Ok(respond::with(call, &record))
}

/// A new server is pending, then starting, then running.
pub(super) fn boot(call: &Call<'_>, record: &mut Record) {
    record.set("status", "pending");
    record.set("lifecycle_state", "pending");
    for (seconds, status) in [(STARTING, "starting"), (RUNNING, "running")] {
        record.plan(call.now().plus_seconds(seconds), "status", status);
    }
    record.plan(call.now().plus_seconds(RUNNING), "lifecycle_state", "stable");
}

/// The subnet of the primary interface, in either way to name it.
fn subnet(call: &Call<'_>, resources: &Resources) -> Result<Option<Record>, Refusal> {
    let id = ["/primary_network_interface/subnet/id", "/primary_network_attachment/virtual_network_interface/subnet/id"]
        .iter()
        .find_map(|pointer| call.text(pointer));
    let Some(id) = id else { return Ok(None) };
    let subnet = resources.get(Api::Vpc, "/subnets", id);
    let vpc = call.text("/vpc/id");
    match subnet {
        Some(subnet) if vpc.is_some_and(|vpc| vpc != EXAMPLE && id != EXAMPLE && subnet.text("/vpc/id") != Some(vpc)) => {
            Err(Refusal::new(Kind::InvalidField, "the subnet is of another VPC").about("field", "primary_network_interface.subnet"))
        }
        found => Ok(found.cloned()),
    }
}

/// What its metadata service needs to know.
pub(super) fn settings(call: &Call<'_>, resources: &Resources) -> Result<InstanceSettings, Refusal> {
    let flag = |pointer: &str| call.body.pointer(pointer).and_then(Value::as_bool);
    let name = call.text("/name").map_or_else(|| format!("instance-{}", crate::identifiers::hex()), str::to_owned);
    let named = call.body.get("keys").or(call.body.pointer("/initialization/keys")).and_then(Value::as_array).into_iter().flatten();
    let keys = named.filter_map(|key| resources.get(Api::Vpc, "/keys", key.get("id")?.as_str()?)).map(ssh_key).collect();
    let mut settings = InstanceSettings {
        name,
        enabled: flag("/metadata_service/enabled").unwrap_or(false),
        default_trusted_profile: default_profile(call)?,
        user_data: call.text("/user_data").or(call.text("/initialization/user_data")).map(str::to_owned),
        keys,
        ..InstanceSettings::default()
    };
    if call.text("/metadata_service/protocol") == Some("https") {
        settings.protocol = Protocol::Https;
    }
    if let Some(limit) = call.body.pointer("/metadata_service/response_hop_limit").and_then(Value::as_u64) {
        settings.response_hop_limit = u8::try_from(limit).unwrap_or(u8::MAX);
    }
    if let Some(zone) = call.text("/zone/name").filter(|zone| *zone != EXAMPLE) {
        settings.zone = zone.to_owned();
    }
    Ok(settings)
}

fn ssh_key(record: &Record) -> SshKey {
    let text = |pointer| record.text(pointer).unwrap_or_default().to_owned();
    SshKey { name: text("/name"), public_key: text("/public_key") }
}

/// The profile must exist. Without a word about it, it is linked.
fn default_profile(call: &Call<'_>) -> Result<Option<DefaultTrustedProfile>, Refusal> {
    let nested = call.body.pointer("/initialization/default_trusted_profile");
    let Some(given) = call.body.get("default_trusted_profile").or(nested) else { return Ok(None) };
    let text = |name: &str| given.pointer(&format!("/target/{name}")).and_then(Value::as_str);
    let account = call.world.account();
    let record = text("id").and_then(|id| account.profile(id)).or_else(|| account.profile_by_crn(text("crn")?));
    match record {
        Some(record) => Ok(Some(DefaultTrustedProfile {
            id: record.profile.id.clone(),
            auto_link: given.get("auto_link").and_then(Value::as_bool).unwrap_or(true),
        })),
        None if text("id") == Some(EXAMPLE) => Ok(None),
        None => Err(Refusal::new(Kind::NotFound, "the trusted profile does not exist").about("field", "default_trusted_profile.target")),
    }
}

/// A network interface and a boot volume.
fn furnish(call: &Call<'_>, resources: &mut Resources, mut instance: Record, subnet: Option<&Record>) -> Record {
    const INTERFACES: &str = "/instances/{instance_id}/network_interfaces";
    const ATTACHMENTS: &str = "/instances/{instance_id}/volume_attachments";
    let address = format!("/instances/{}/network_interfaces", instance.id);
    let mut interface = lay(call, resources, INTERFACES, &address, &fresh_id(Api::Vpc, &address));
    interface.set("name", call.text("/primary_network_interface/name").unwrap_or("eth0"));
    if let Some(subnet) = subnet {
        refer(call, INTERFACES, &mut interface, "subnet", subnet);
        let vpc = subnet.text("/vpc/id").and_then(|id| resources.get(Api::Vpc, "/vpcs", id)).cloned();
        if let Some(vpc) = vpc {
            refer(call, "/instances", &mut instance, "vpc", &vpc);
            let given = call.text("/primary_network_interface/security_groups/0/id").or(vpc.text("/default_security_group/id"));
            let group = given.and_then(|id| resources.get(Api::Vpc, "/security_groups", id)).cloned();
            if let Some(group) = group {
                refer(call, INTERFACES, &mut interface, "security_groups", &group);
            }
        }
    }
    keep(resources, &address, &interface);
    refer(call, "/instances", &mut instance, "primary_network_interface", &interface);
    refer(call, "/instances", &mut instance, "network_interfaces", &interface);
    let address = format!("/instances/{}/volume_attachments", instance.id);
    let mut volume = lay(call, resources, "/volumes", "/volumes", &fresh_id(Api::Vpc, "/volumes"));
    volume.set("name", format!("{}-boot", instance.text("/name").unwrap_or("instance")));
    let mut attachment = lay(call, resources, ATTACHMENTS, &address, &fresh_id(Api::Vpc, &address));
    attachment.set("type", "boot");
    attachment.set("status", "attached");
    attachment.set("delete_volume_on_instance_delete", true);
    refer(call, ATTACHMENTS, &mut attachment, "volume", &volume);
    refer(call, "/volumes", &mut volume, "volume_attachments", &attachment);
    keep(resources, "/volumes", &volume);
    keep(resources, &address, &attachment);
    refer(call, "/instances", &mut instance, "boot_volume_attachment", &attachment);
    refer(call, "/instances", &mut instance, "volume_attachments", &attachment);
    keep(resources, "/instances", &instance);
    instance
}

/// Instances that were laid out in another way appear here too, and follow their settings.
pub(super) fn adopt(call: &Call<'_>, resources: &mut Resources) {
    let instances: Vec<Instance> = call.world.account().instances.clone();
    for instance in instances {
        if instance.settings.kind == InstanceKind::Bms {
            bare_metal::admit(call, resources, &instance);
            continue;
        }
        let mut record = match resources.get(Api::Vpc, "/instances", &instance.id) {
            Some(record) => record.clone(),
            None => admit(call, resources, &instance),
        };
        let service = json!({
            "enabled": instance.settings.enabled,
            "protocol": instance.settings.protocol,
            "response_hop_limit": instance.settings.response_hop_limit,
        });
        if record.value.get("metadata_service") != Some(&service) || record.text("/name") != Some(&instance.settings.name) {
            record.set("metadata_service", service);
            record.set("name", instance.settings.name.as_str());
            record.touch();
            keep(resources, "/instances", &record);
        }
    }
}

fn admit(call: &Call<'_>, resources: &mut Resources, instance: &Instance) -> Record {
    let vpc = match resources.get(Api::Vpc, "/vpcs", &instance.vpc_id) {
        Some(vpc) => vpc.clone(),
        None => {
            let mut vpc = lay(call, resources, "/vpcs", "/vpcs", &instance.vpc_id);
            vpc.set("name", format!("vpc-of-{}", instance.settings.name));
            network::furnish(call, resources, vpc)
        }
    };
    let mut subnet = lay(call, resources, "/subnets", "/subnets", &instance.subnet_id);
    subnet.set("name", format!("subnet-of-{}", instance.settings.name));
    refer(call, "/subnets", &mut subnet, "vpc", &vpc);
    let zone = zone(call, &instance.settings.zone);
    subnet.set("zone", zone.clone());
    let subnet = network::furnish_subnet(call, resources, subnet, "10.240.0.0/24");
    let mut record = lay(call, resources, "/instances", "/instances", &instance.id);
    record.set("name", instance.settings.name.as_str());
    record.set("crn", instance.crn.as_str());
    record.set("created_at", instance.created_at.as_str());
    record.set("zone", zone);
    if let Some(image) = resources.list(Api::Vpc, "/images").first() {
        refer(call, "/instances", &mut record, "image", image);
    }
    record.set("profile", named(call, "/instance/profiles", "cx2-2x4", "instance_profile"));
    furnish(call, resources, record, Some(&subnet))
}

fn zone(call: &Call<'_>, name: &str) -> Value {
    let region = name.rsplit_once('-').map_or(name, |(region, _)| region);
    json!({"name": name, "href": call.url(&format!("/regions/{region}/zones/{name}"))})
}

/// A reference to what is known by its name.
fn named(call: &Call<'_>, collection: &str, name: &str, kind: &str) -> Value {
    json!({"name": name, "href": call.url(&format!("{collection}/{name}")), "resource_type": kind})
}

/// The name and the metadata service are settings of the account's instance as well.
pub(super) fn update(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    let answer = super::super::usual(call, resources)?;
    let record = item::found(call, resources)?;
    let change = |settings: &mut InstanceSettings| {
        settings.name = record.text("/name").unwrap_or(&settings.name).to_owned();
        if let Some(enabled) = record.value.pointer("/metadata_service/enabled").and_then(Value::as_bool) {
            settings.enabled = enabled;
        }
        let is_https = record.text("/metadata_service/protocol") == Some("https");
        settings.protocol = if is_https { Protocol::Https } else { Protocol::Http };
    };
    // The example is nobody's instance.
    let _ = Controls::new(std::sync::Arc::clone(call.world)).update_instance(&record.id, change);
    Ok(answer)
}

/// Its links go with it, and the boot volume; other volumes are free again.
pub(super) fn delete(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    prepare(call, resources)?;
    let record = item::found(call, resources)?;
    check_precondition(call, &record.tag)?;
    let attached = resources.list(Api::Vpc, &format!("/instances/{}/volume_attachments", record.id)).to_vec();
    for attachment in attached {
        let volume = attachment.text("/volume/id").unwrap_or_default();
        if attachment.value.get("delete_volume_on_instance_delete") == Some(&json!(true)) {
            resources.remove(Api::Vpc, "/volumes", volume);
        } else {
            attachments::release(resources, Some(volume));
        }
    }
    let interfaces: Vec<String> =
        resources.list(Api::Vpc, &format!("/instances/{}/network_interfaces", record.id)).iter().map(|one| one.id.clone()).collect();
    for floating in resources.list_mut(Api::Vpc, "/floating_ips") {
        let is_ours = floating.text("/target/id").is_some_and(|id| interfaces.iter().any(|own| own == id));
        if let Some(fields) = floating.value.as_object_mut().filter(|_| is_ours) {
            fields.remove("target");
        }
    }
    resources.remove(Api::Vpc, "/instances", &record.id);
    forget(call, &record);
    Ok(done(call.operation.status))
}

/// The account's instance goes, its metadata service, and every link to it.
pub(super) fn forget(call: &Call<'_>, record: &Record) {
    {
        let mut account = call.world.account();
        let crn = record.text("/crn").unwrap_or_default();
        account.instances.retain(|instance| instance.id != record.id);
        for profile in &mut account.profiles {
            profile.links.retain(|link| link.link.crn != crn);
        }
    }
    call.world.set_gates();
}

/// The keys it was made with, and its default trusted profile.
pub(super) fn initialization(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    prepare(call, resources)?;
    let id = call.argument("id");
    let account = call.world.account();
    let Some(instance) = account.instance(id) else { return super::super::single::read(call, resources) };
    let keys = resources.list(Api::Vpc, "/keys").iter().filter(|key| {
        let name = key.text("/name");
        instance.settings.keys.iter().any(|own| Some(own.name.as_str()) == name)
    });
    let keys: Vec<&Value> = keys.map(|key| &key.value).collect();
    let mut shown = json!({ "keys": keys });
    let default = instance.settings.default_trusted_profile.as_ref();
    let profile = default.and_then(|default| Some((default, account.profile(&default.id)?)));
    if let (Some((default, record)), Some(fields)) = (profile, shown.as_object_mut()) {
        let target = json!({"crn": record.profile.crn, "id": default.id, "resource_type": "trusted_profile"});
        fields.insert("default_trusted_profile".to_owned(), json!({"auto_link": default.auto_link, "target": target}));
    }
    Ok(respond::show(call, &shown, id))
}
