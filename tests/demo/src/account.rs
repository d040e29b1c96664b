//! The account's side, once: profiles, access, an instance, a cluster, a link.

use crate::Failure;
use crate::control::{Control, text};
use crate::page::Page;
use serde_json::{Value, json};

/// What the account holds.
pub(crate) struct Account {
    pub(crate) metadata_url: String,
    pub(crate) pod_profile_id: String,
    pub(crate) cluster_id: String,
    pub(crate) bucket: &'static str,
}

impl Account {
    pub(crate) async fn lay_out(control: &Control, page: &mut Page<'_>) -> Result<Self, Failure> {
        let bucket = "reports";
        page.title("The account: who may do what (done once, by an administrator)")?;

        page.step("A trusted profile for the instance, with write access to one bucket")?;
        let profile = control.post(page, "profiles", json!({ "name": "nightly-report" })).await?;
        let profile_id = text(&profile, "/id")?;
        control.post(page, &format!("profiles/{profile_id}/access"), json!({ "bucket": bucket, "role": "writer" })).await?;

        page.step("The instance: metadata service on, default trusted profile linked automatically")?;
        let settings = json!({
            "name": "report-1", "enabled": true, "default_trusted_profile": { "id": profile_id, "auto_link": true },
            "user_data": "#cloud-config\nruncmd: [report]\n"
        });
        let instance = control.post(page, "instances", settings).await?;
        let metadata_url = text(&instance, "/metadata_url")?;

        page.step("A trusted profile for the pods, with read access")?;
        let pods: Value = control.post(page, "profiles", json!({ "name": "report-readers" })).await?;
        let pod_profile_id = text(&pods, "/id")?;
        control.post(page, &format!("profiles/{pod_profile_id}/access"), json!({ "bucket": bucket, "role": "reader" })).await?;

        page.step("The cluster, and the link: service account worker of namespace prod may be this profile")?;
        let cluster = control.post(page, "clusters", json!({ "name": "prod-cluster", "kind": "open_shift" })).await?;
        let (cluster_id, crn) = (text(&cluster, "/id")?, text(&cluster, "/crn")?);
        let link = json!({ "cr_type": "ROKS_SA", "link": { "crn": crn, "namespace": "prod", "name": "worker" } });
        control.post(page, &format!("profiles/{pod_profile_id}/links"), link).await?;
        Ok(Self { metadata_url, pod_profile_id, cluster_id, bucket })
    }
}
