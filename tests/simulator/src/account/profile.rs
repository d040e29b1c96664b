//! Trusted profiles.

use serde::{Deserialize, Serialize};

use super::link::Link;
use super::rule::Rule;
use crate::clock::Moment;
use crate::identifiers;

/// A trusted profile, as the IAM Identity API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// `Profile-<uuid>`.
    pub id: String,
    /// Changes with every update; what `If-Match` is compared with.
    pub entity_tag: String,
    /// The profile's CRN.
    pub crn: String,
    /// Unique within the account.
    pub name: String,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `iam-Profile-<uuid>`, the identity in tokens and access policies.
    pub iam_id: String,
    /// The account that owns it.
    pub account_id: String,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub modified_at: String,
}

/// What a profile is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct NewProfile {
    /// Unique within the account.
    pub name: String,
    /// Free text.
    #[serde(default)]
    pub description: Option<String>,
    /// Another account than the simulator's own.
    #[serde(default)]
    pub account_id: Option<String>,
}

/// A profile with everything attached to it.
#[derive(Clone, Debug)]
pub(crate) struct ProfileRecord {
    pub(crate) profile: Profile,
    pub(crate) links: Vec<Link>,
    pub(crate) rules: Vec<Rule>,
    /// IAM ids of users and service IDs that may assume it.
    pub(crate) identities: Vec<String>,
}

impl ProfileRecord {
    pub(crate) fn new(new: NewProfile, own_account: &str, now: Moment) -> Self {
        let account_id = new.account_id.unwrap_or_else(|| own_account.to_owned());
        let id = format!("Profile-{}", identifiers::uuid());
        let profile = Profile {
            entity_tag: entity_tag(1),
            crn: format!("crn:v1:bluemix:public:iam-identity::a/{account_id}::profile:{id}"),
            iam_id: format!("iam-{id}"),
            id,
            name: new.name,
            description: new.description,
            account_id,
            created_at: now.rfc3339(),
            modified_at: now.rfc3339(),
        };
        Self { profile, links: Vec::new(), rules: Vec::new(), identities: Vec::new() }
    }

    /// Marks a change: a new entity tag and modification time.
    pub(crate) fn touch(&mut self, now: Moment) {
        let revision = self.profile.entity_tag.split('-').next().and_then(|number| number.parse::<u32>().ok()).unwrap_or(1);
        self.profile.entity_tag = entity_tag(revision.saturating_add(1));
        self.profile.modified_at = now.rfc3339();
    }
}

/// IAM's tags are a revision number and a digest.
pub(crate) fn entity_tag(revision: u32) -> String {
    format!("{revision}-{}", identifiers::hex())
}
