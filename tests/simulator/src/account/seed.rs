//! The account of IBM's two walk-throughs: a virtual server instance that calls IAM-enabled services
//! through its default trusted profile, and pods of a cluster that do so through a linked profile.

use serde::Serialize;

use super::access::Role;
use super::api_key::{ApiKey, NewApiKey};
use super::cluster::{Cluster, ClusterKind, NewCluster};
use super::instance::{DefaultTrustedProfile, Instance, InstanceSettings, SshKey};
use super::link::NewLink;
use super::profile::{NewProfile, Profile};
use super::state::AccountState;

/// What the seeded account holds.
#[derive(Clone, Debug, Serialize)]
pub struct Seed {
    /// The default trusted profile of the instance, linked to it; may write to the bucket.
    pub instance_profile: Profile,
    /// The instance whose metadata service [`metadata_url`](crate::Controls::metadata_url) names.
    pub instance: Instance,
    /// The profile linked to service account `default` of namespace `default`; may read the bucket.
    pub pod_profile: Profile,
    /// The OpenShift cluster.
    pub cluster: Cluster,
    /// The bucket both may use; it holds the object `greeting.txt`.
    pub bucket: String,
    /// An API key that may assume [`pod_profile`](Self::pod_profile).
    pub api_key: ApiKey,
}

pub(crate) fn lay_out(state: &mut AccountState) -> Seed {
    let bucket = "seed-bucket".to_owned();
    let named = |name: &str| NewProfile { name: name.to_owned(), ..NewProfile::default() };
    let instance_profile = state.create_profile(named("instance-profile"));
    let instance = state.create_instance(InstanceSettings {
        name: "seed-instance".to_owned(),
        default_trusted_profile: Some(DefaultTrustedProfile::linked(&instance_profile.id)),
        user_data: Some("#cloud-config\npackages: [jq]\n".to_owned()),
        keys: vec![SshKey {
            name: "seed-key".to_owned(),
            public_key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE1hZGVGb3JUaGVTaW11bGF0b3JPbmx5MDEy".to_owned(),
        }],
        ..InstanceSettings::default()
    });
    let pod_profile = state.create_profile(named("pod-profile"));
    let cluster = state.create_cluster(NewCluster { name: Some("seed-cluster".to_owned()), kind: ClusterKind::OpenShift });
    state.create_link(&pod_profile.id, NewLink::service_account(&cluster, "default", "default"));
    let api_key = state.create_api_key(NewApiKey { name: Some("seed-service-id".to_owned()), administrator: true });
    if let Some(record) = state.profile_mut(&pod_profile.id) {
        record.identities.push(api_key.iam_id.clone());
    }
    state.grant(&instance_profile.iam_id, &bucket, Role::Writer);
    state.grant(&pod_profile.iam_id, &bucket, Role::Reader);
    if let Some(objects) = state.objects.get_mut(&bucket) {
        objects.insert("greeting.txt".to_owned(), b"hello\n".to_vec());
    }
    Seed { instance_profile, instance, pod_profile, cluster, bucket, api_key }
}
