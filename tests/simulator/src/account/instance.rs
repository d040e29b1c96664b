//! Virtual server instances and bare metal servers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::resource::ComputeResource;
use crate::identifiers;

/// What an instance is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstanceKind {
    /// A virtual server instance.
    #[default]
    Vsi,
    /// A bare metal server: no old paths, no metadata reads.
    Bms,
}

impl InstanceKind {
    /// The type in links and rules.
    #[must_use]
    pub fn cr_type(self) -> &'static str {
        match self {
            Self::Vsi => "VSI",
            Self::Bms => "BMS",
        }
    }
}

/// `metadata_service.protocol`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// Only the http listener answers.
    #[default]
    Http,
    /// Only the https listener answers ("secure access").
    Https,
}

/// What a client of a disabled metadata service sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenDisabled {
    /// The connection is accepted and never answered.
    #[default]
    Silent,
    /// Connection attempts are not answered and time out, as on IBM Cloud. Linux only; elsewhere the
    /// connection is accepted and never answered.
    Dropped,
    /// Nothing listens.
    Refused,
}

/// The settings of an instance that matter to its metadata service. All can be changed at any time,
/// even those that IBM Cloud fixes at creation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InstanceSettings {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: InstanceKind,
    /// `metadata_service.enabled`.
    pub enabled: bool,
    /// What a client sees if it is not enabled.
    pub when_disabled: WhenDisabled,
    /// `metadata_service.protocol`.
    pub protocol: Protocol,
    /// `metadata_service.response_hop_limit`; shown, without effect.
    pub response_hop_limit: u8,
    /// The profile used when a request names none.
    pub default_trusted_profile: Option<DefaultTrustedProfile>,
    /// Cloud-init data.
    pub user_data: Option<String>,
    /// SSH keys.
    pub keys: Vec<SshKey>,
    /// The zone; its region is the part before the last hyphen.
    pub zone: String,
    /// Name of the resource group.
    pub resource_group_name: String,
}

/// The default trusted profile of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefaultTrustedProfile {
    /// Id of the profile.
    pub id: String,
    /// Whether creating the instance links the profile to it.
    #[serde(default = "yes")]
    pub auto_link: bool,
}

fn yes() -> bool {
    true
}

impl DefaultTrustedProfile {
    /// The profile, linked to the instance when the instance is created.
    #[must_use]
    pub fn linked(profile_id: &str) -> Self {
        Self { id: profile_id.to_owned(), auto_link: true }
    }
}

/// An SSH key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SshKey {
    /// Its name.
    pub name: String,
    /// In OpenSSH format.
    #[serde(default)]
    pub public_key: String,
}

impl Default for InstanceSettings {
    fn default() -> Self {
        Self {
            name: "instance-0".to_owned(),
            kind: InstanceKind::Vsi,
            enabled: true,
            when_disabled: WhenDisabled::Silent,
            protocol: Protocol::Http,
            response_hop_limit: 1,
            default_trusted_profile: None,
            user_data: None,
            keys: Vec::new(),
            zone: "us-south-1".to_owned(),
            resource_group_name: "Default".to_owned(),
        }
    }
}

/// An instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Instance {
    /// The instance id.
    pub id: String,
    /// The CRN that links name.
    pub crn: String,
    /// RFC 3339.
    pub created_at: String,
    /// Its settings.
    pub settings: InstanceSettings,
    pub(crate) account_id: String,
    pub(crate) resource_group_id: String,
    pub(crate) vpc_id: String,
    pub(crate) subnet_id: String,
}

impl Instance {
    pub(crate) fn new(settings: InstanceSettings, account_id: &str, created_at: String) -> Self {
        let id = format!("0717_{}", identifiers::uuid());
        let resource = match settings.kind {
            InstanceKind::Vsi => "instance",
            InstanceKind::Bms => "bare-metal-server",
        };
        Self {
            crn: format!("crn:v1:bluemix:public:is:{}:a/{account_id}::{resource}:{id}", settings.zone),
            id,
            created_at,
            settings,
            account_id: account_id.to_owned(),
            resource_group_id: identifiers::hex(),
            vpc_id: format!("r006-{}", identifiers::uuid()),
            subnet_id: format!("0717-{}", identifiers::uuid()),
        }
    }

    pub(crate) fn region(&self) -> String {
        match self.settings.zone.rsplit_once('-') {
            Some((region, _)) => region.to_owned(),
            None => self.settings.zone.clone(),
        }
    }

    pub(crate) fn vpc(&self) -> Value {
        json!({
            "crn": format!("crn:v1:bluemix:public:is:{}:a/{}::vpc:{}", self.region(), self.account_id, self.vpc_id),
            "id": self.vpc_id,
            "name": "vpc-0",
            "resource_type": "vpc",
        })
    }

    pub(crate) fn subnet(&self) -> Value {
        json!({
            "crn": format!("crn:v1:bluemix:public:is:{}:a/{}::subnet:{}", self.settings.zone, self.account_id, self.subnet_id),
            "id": self.subnet_id,
            "name": "subnet-0",
            "resource_type": "subnet",
        })
    }

    /// What IAM knows about this instance.
    pub(crate) fn resource(&self) -> ComputeResource {
        let claims: BTreeMap<String, Value> = [
            ("resource", json!(self.crn)),
            ("resource_group_id", json!(self.resource_group_id)),
            ("resource_group_name", json!(self.settings.resource_group_name)),
            ("region", json!(self.region())),
            ("zone", json!(self.settings.zone)),
            ("vpc_id", json!(self.vpc_id)),
            ("subnet_id", json!(self.subnet_id)),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        ComputeResource {
            cr_type: self.settings.kind.cr_type().to_owned(),
            crn: self.crn.clone(),
            account_id: self.account_id.clone(),
            identifier: self.crn.clone(),
            name: self.settings.name.clone(),
            claims,
        }
    }
}
