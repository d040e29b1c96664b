//! Giving an item its own id, links and times.

use serde_json::{Value, json};

use crate::api::Call;
use crate::identifiers;
use crate::spec::{Api, Dice};

/// Where an item is.
pub(crate) struct Address<'a> {
    pub(crate) collection: &'a str,
    pub(crate) id: &'a str,
    /// The name of the path's last parameter.
    pub(crate) named: Option<&'a str>,
}

/// Replaces what must be the item's own. Only properties that are there are set.
pub(crate) fn dress(call: &Call<'_>, address: &Address<'_>, value: &mut Value) {
    let url = call.url(&format!("{}/{}", address.collection, crate::api::escaped(address.id)));
    let now = call.now().rfc3339();
    let kind = kind(address.collection, value);
    let key = key(address, value);
    set(value, key.as_deref(), json!(address.id));
    if let Ok(number) = address.id.parse::<u32>() {
        set(value, key.as_deref(), json!(number));
    }
    // A version has the id of what it is a version of.
    if let Some((_, template)) = address.collection.strip_suffix("/versions").and_then(|path| path.rsplit_once('/')) {
        set(value, Some("id"), json!(template));
    }
    set(value, Some("href"), json!(url));
    set(value, Some("crn"), json!(crn(call, &kind, address.id)));
    set(value, Some("account_id"), json!(call.account_id));
    set(value, Some("iam_id"), iam_id(call, address));
    for name in ["created_at", "modified_at", "last_modified_at"] {
        set(value, Some(name), json!(now));
    }
    for name in ["created_by", "created_by_id", "last_modified_by_id"] {
        set(value, Some(name), json!(call.caller));
    }
    if let Some(group) = value.get_mut("resource_group").filter(|group| group.is_object()) {
        *group = resource_group(call);
    }
    if let Some(account) = value.get_mut("account") {
        set(account, Some("id"), json!(call.account_id));
    }
}

/// The account's default group, in which everything is that nobody puts elsewhere.
fn resource_group(call: &Call<'_>) -> Value {
    let id = Dice::of(&call.account_id).uuid().replace('-', "");
    let href = format!("https://resource-controller.cloud.ibm.com/v2/resource_groups/{id}");
    json!({"id": id, "href": href, "name": "Default"})
}

fn set(value: &mut Value, name: Option<&str>, new: Value) {
    let place = name.and_then(|name| value.get_mut(name));
    // Something of another shape is not what this name usually stands for.
    if let Some(place) = place.filter(|place| std::mem::discriminant(*place) == std::mem::discriminant(&new)) {
        *place = new;
    }
}

/// The property that holds what the path ends with.
fn key(address: &Address<'_>, value: &Value) -> Option<String> {
    let named = address.named.unwrap_or("id").replace('-', "_");
    let fitting = [named.as_str(), "id", "reference", "version", "name"].into_iter().find(|name| value.get(*name).is_some())?;
    Some(fitting.to_owned())
}

fn kind(collection: &str, value: &Value) -> String {
    let declared = value.get("resource_type").and_then(Value::as_str).map(str::to_owned);
    let last = collection.rsplit('/').next().unwrap_or_default();
    declared.unwrap_or_else(|| last.trim_end_matches('s').to_owned()).replace('_', "-")
}

fn crn(call: &Call<'_>, kind: &str, id: &str) -> String {
    let (service, region) = match call.api {
        Api::Vpc | Api::Metadata => ("is", "us-south"),
        Api::Containers => ("containers-kubernetes", "us-south"),
        Api::AccessGroups => ("iam-access-groups", ""),
        Api::Policies => ("iam-access-management", ""),
        Api::IamIdentity | Api::IamToken => ("iam-identity", ""),
    };
    format!("crn:v1:bluemix:public:{service}:{region}:a/{}::{kind}:{id}", call.account_id)
}

/// Service IDs have an identity of their own; keys and memberships are somebody's, whom the request names.
fn iam_id(call: &Call<'_>, address: &Address<'_>) -> Value {
    if address.collection.ends_with("/members") {
        return json!(address.id);
    }
    if address.collection.ends_with("/serviceids") { json!(format!("iam-{}", address.id)) } else { json!(call.caller) }
}

/// A new id in the shape that the service gives to items of this collection.
pub(crate) fn fresh_id(api: Api, collection: &str) -> String {
    let uuid = identifiers::uuid();
    let prefix = match (api, collection.rsplit('/').next().unwrap_or_default()) {
        (Api::Vpc, "subnets" | "network_interfaces" | "volume_attachments" | "network_attachments" | "reserved_ips") => "0717-",
        (Api::Vpc, "instances" | "bare_metal_servers") => "0717_",
        (Api::Vpc, _) => "r006-",
        (Api::IamIdentity, "apikeys") => "ApiKey-",
        (Api::IamIdentity, "serviceids") => "ServiceId-",
        (Api::IamIdentity, "serviceid_groups") => "ServiceIdGroup-",
        (Api::IamIdentity, "profile_templates") => "ProfileTemplate-",
        (Api::IamIdentity, "account_settings_templates") => "AccountSettingsTemplate-",
        (Api::IamIdentity, "profile_assignments" | "account_settings_assignments") => "TemplateAssignment-",
        (Api::AccessGroups, "groups") => "AccessGroupId-",
        (Api::AccessGroups, "rules") => "ClaimRule-",
        (Api::AccessGroups, "group_templates") => "AccessGroupTemplateId-",
        (Api::Policies, "policy_templates" | "action_control_templates" | "role_templates") => "Template-",
        _ => "",
    };
    format!("{prefix}{uuid}")
}
