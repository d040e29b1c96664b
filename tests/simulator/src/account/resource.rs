//! A compute resource as IAM sees it after it has verified the resource's token.

use std::collections::BTreeMap;

use serde_json::Value;

use super::profile::ProfileRecord;

#[derive(Clone, Debug)]
pub(crate) struct ComputeResource {
    pub(crate) cr_type: String,
    /// CRN of the instance, cluster or project.
    pub(crate) crn: String,
    pub(crate) account_id: String,
    /// What error details call it: `<cluster>:<namespace>:<service account>:<pod>`.
    pub(crate) identifier: String,
    pub(crate) name: String,
    /// What claim rules can ask for.
    pub(crate) claims: BTreeMap<String, Value>,
}

impl ComputeResource {
    pub(crate) fn claim_text(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    /// Whether a link or a rule of the profile admits this resource.
    pub(crate) fn may_use(&self, record: &ProfileRecord) -> bool {
        record.links.iter().any(|link| link.admits(self)) || record.rules.iter().any(|rule| rule.admits(self))
    }
}
