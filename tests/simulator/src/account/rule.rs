//! Claim rules: all compute resources with certain properties may use a profile.

use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::profile::entity_tag;
use super::resource::ComputeResource;
use crate::clock::Moment;
use crate::identifiers;

/// A claim rule, as the IAM Identity API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// `ClaimRule-<uuid>`.
    pub id: String,
    /// Changes with every update.
    pub entity_tag: String,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub modified_at: String,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `Profile-CR` or `Profile-SAML`.
    #[serde(rename = "type")]
    pub rule_type: String,
    /// `VSI`, `BMS`, `IKS_SA`, `ROKS_SA` or `CE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cr_type: Option<String>,
    /// For federated users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub realm_name: Option<String>,
    /// Present in responses even for compute resources.
    pub expiration: i64,
    /// All must hold.
    pub conditions: Vec<Condition>,
}

/// What a rule is made from: the body of the IAM Identity API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRule {
    /// `Profile-CR` or `Profile-SAML`.
    #[serde(rename = "type")]
    pub rule_type: String,
    /// Needed for `Profile-CR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cr_type: Option<String>,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Needed for `Profile-SAML`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub realm_name: Option<String>,
    /// Needed for `Profile-SAML`, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiration: Option<i64>,
    /// All must hold.
    pub conditions: Vec<Condition>,
}

impl NewRule {
    /// A rule for compute resources.
    #[must_use]
    pub fn compute_resource(cr_type: &str, conditions: Vec<Condition>) -> Self {
        Self { rule_type: "Profile-CR".to_owned(), cr_type: Some(cr_type.to_owned()), conditions, ..Self::default() }
    }

    /// Why the service would refuse this rule.
    pub(crate) fn fault(&self) -> Option<String> {
        match self.rule_type.as_str() {
            "Profile-CR" if self.cr_type.is_none() => Some("cr_type is required for type Profile-CR".to_owned()),
            "Profile-SAML" if self.realm_name.is_none() || self.expiration.is_none() => {
                Some("realm_name and expiration are required for type Profile-SAML".to_owned())
            }
            "Profile-CR" | "Profile-SAML" if self.conditions.is_empty() => Some("conditions must not be empty".to_owned()),
            "Profile-CR" | "Profile-SAML" => self.conditions.iter().find_map(Condition::fault),
            other => Some(format!("unknown type {other}")),
        }
    }
}

impl Rule {
    pub(crate) fn new(new: NewRule, now: Moment) -> Self {
        Self {
            id: format!("ClaimRule-{}", identifiers::uuid()),
            entity_tag: entity_tag(1),
            created_at: now.rfc3339(),
            modified_at: now.rfc3339(),
            name: new.name,
            rule_type: new.rule_type,
            cr_type: new.cr_type,
            realm_name: new.realm_name,
            expiration: new.expiration.unwrap_or(0),
            conditions: new.conditions,
        }
    }

    pub(crate) fn admits(&self, resource: &ComputeResource) -> bool {
        self.rule_type == "Profile-CR"
            && self.cr_type.as_deref() == Some(resource.cr_type.as_str())
            && !self.conditions.is_empty()
            && self.conditions.iter().all(|condition| condition.holds(resource))
    }
}
