//! Links: one specific compute resource that may use a profile.

use serde::{Deserialize, Serialize};

use super::cluster::Cluster;
use super::instance::Instance;
use super::profile::entity_tag;
use super::resource::ComputeResource;
use crate::clock::Moment;
use crate::identifiers;

/// A link, as the IAM Identity API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// `link-<uuid>`.
    pub id: String,
    /// Set at creation; links are never updated.
    pub entity_tag: String,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub modified_at: String,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `VSI`, `BMS`, `IKS_SA`, `ROKS_SA` or `CE`.
    pub cr_type: String,
    /// The compute resource.
    pub link: LinkTarget,
}

/// The compute resource a link names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkTarget {
    /// CRN of the instance, cluster or project.
    pub crn: String,
    /// Kubernetes namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Name of the service account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Code Engine only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component_type: Option<String>,
    /// Code Engine only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component_name: Option<String>,
}

/// What a link is made from: the body of the IAM Identity API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewLink {
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `VSI`, `BMS`, `IKS_SA`, `ROKS_SA` or `CE`.
    pub cr_type: String,
    /// The compute resource.
    pub link: LinkTarget,
}

impl NewLink {
    /// A link to a service account of a cluster.
    #[must_use]
    pub fn service_account(cluster: &Cluster, namespace: &str, service_account: &str) -> Self {
        Self {
            name: None,
            cr_type: cluster.kind.cr_type().to_owned(),
            link: LinkTarget {
                crn: cluster.crn.clone(),
                namespace: Some(namespace.to_owned()),
                name: Some(service_account.to_owned()),
                ..LinkTarget::default()
            },
        }
    }

    /// A link to an instance.
    #[must_use]
    pub fn instance(instance: &Instance) -> Self {
        Self {
            name: None,
            cr_type: instance.settings.kind.cr_type().to_owned(),
            link: LinkTarget { crn: instance.crn.clone(), ..LinkTarget::default() },
        }
    }
}

impl Link {
    pub(crate) fn new(new: NewLink, now: Moment) -> Self {
        Self {
            id: format!("link-{}", identifiers::uuid()),
            entity_tag: entity_tag(1),
            created_at: now.rfc3339(),
            modified_at: now.rfc3339(),
            name: new.name,
            cr_type: new.cr_type,
            link: new.link,
        }
    }

    pub(crate) fn admits(&self, resource: &ComputeResource) -> bool {
        if self.cr_type != resource.cr_type || self.link.crn != resource.crn {
            return false;
        }
        let narrower = [
            ("namespace", &self.link.namespace),
            ("name", &self.link.name),
            ("component_type", &self.link.component_type),
            ("component_name", &self.link.component_name),
        ];
        // A cluster link needs both its namespace and its service account.
        let needs_both = self.cr_type.ends_with("_SA");
        narrower.iter().all(|(claim, wanted)| match wanted {
            Some(wanted) => resource.claim_text(claim) == Some(wanted),
            None => !(needs_both && matches!(*claim, "namespace" | "name")),
        })
    }
}
