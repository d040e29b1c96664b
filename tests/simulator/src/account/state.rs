//! Everything that changes while a simulator runs, apart from faults, journal and issued tokens.

use std::collections::{BTreeMap, HashMap};

use super::access::Role;
use super::api_key::{ApiKey, NewApiKey};
use super::cluster::{Cluster, NewCluster};
use super::instance::{Instance, InstanceSettings};
use super::link::{Link, NewLink};
use super::profile::{NewProfile, Profile, ProfileRecord};
use crate::clock::Moment;
use crate::identifiers;
use crate::service::Service;

/// Who an IAM access token speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) iam_id: String,
    pub(crate) name: String,
    /// `ServiceId`, `Profile`.
    pub(crate) sub_type: &'static str,
    pub(crate) account_id: String,
}

/// A refresh token's owner.
#[derive(Clone, Debug)]
pub(crate) struct RefreshToken {
    pub(crate) client_id: String,
    pub(crate) subject: Subject,
    pub(crate) grant_type: String,
    pub(crate) expires: i64,
}

pub(crate) struct AccountState {
    pub(crate) account_id: String,
    /// In the order of creation.
    pub(crate) profiles: Vec<ProfileRecord>,
    pub(crate) instances: Vec<Instance>,
    pub(crate) clusters: Vec<Cluster>,
    pub(crate) api_keys: Vec<ApiKey>,
    pub(crate) refresh_tokens: HashMap<String, RefreshToken>,
    /// OAuth clients and their secrets.
    pub(crate) clients: BTreeMap<String, String>,
    /// Roles by IAM id and bucket.
    pub(crate) access: BTreeMap<(String, String), Role>,
    /// Objects by bucket and key.
    pub(crate) objects: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
    /// Seconds an IAM access token lives.
    pub(crate) iam_token_lifetime: i64,
    pub(crate) skews: BTreeMap<Service, i64>,
    /// The audience that IAM wants in a cluster's tokens; any, if none is set.
    pub(crate) wanted_audience: Option<String>,
    /// Whether IAM signs with its second key.
    pub(crate) iam_key_rotated: bool,
    /// Tokens the object store refuses.
    pub(crate) rejected_tokens: Vec<String>,
}

impl AccountState {
    pub(crate) fn new() -> Self {
        Self {
            account_id: identifiers::hex(),
            profiles: Vec::new(),
            instances: Vec::new(),
            clusters: Vec::new(),
            api_keys: Vec::new(),
            refresh_tokens: HashMap::new(),
            // The public client of IBM's command line; the only one with refresh tokens by default.
            clients: BTreeMap::from([("bx".to_owned(), "bx".to_owned())]),
            access: BTreeMap::new(),
            objects: BTreeMap::new(),
            iam_token_lifetime: 3600,
            skews: BTreeMap::new(),
            wanted_audience: None,
            iam_key_rotated: false,
            rejected_tokens: Vec::new(),
        }
    }

    pub(crate) fn now(&self, service: Service) -> Moment {
        Moment::now(self.skews.get(&service).copied().unwrap_or(0))
    }

    pub(crate) fn create_profile(&mut self, new: NewProfile) -> Profile {
        let record = ProfileRecord::new(new, &self.account_id, self.now(Service::Iam));
        let profile = record.profile.clone();
        self.profiles.push(record);
        profile
    }

    pub(crate) fn profile(&self, id: &str) -> Option<&ProfileRecord> {
        self.profiles.iter().find(|record| record.profile.id == id)
    }

    pub(crate) fn profile_mut(&mut self, id: &str) -> Option<&mut ProfileRecord> {
        self.profiles.iter_mut().find(|record| record.profile.id == id)
    }

    pub(crate) fn profile_by_crn(&self, crn: &str) -> Option<&ProfileRecord> {
        self.profiles.iter().find(|record| record.profile.crn == crn)
    }

    /// Names are unique within an account only.
    pub(crate) fn profile_by_name(&self, name: &str, account_id: &str) -> Option<&ProfileRecord> {
        self.profiles.iter().find(|record| record.profile.name == name && record.profile.account_id == account_id)
    }

    pub(crate) fn create_link(&mut self, profile_id: &str, new: NewLink) -> Option<Link> {
        let now = self.now(Service::Iam);
        let record = self.profile_mut(profile_id)?;
        let link = Link::new(new, now);
        record.links.push(link.clone());
        Some(link)
    }

    pub(crate) fn create_instance(&mut self, settings: InstanceSettings) -> Instance {
        let created_at = self.now(Service::Metadata).rfc3339();
        let instance = Instance::new(settings, &self.account_id, created_at);
        if let Some(default) = &instance.settings.default_trusted_profile
            && default.auto_link
        {
            self.create_link(&default.id, NewLink::instance(&instance));
        }
        self.instances.push(instance.clone());
        instance
    }

    pub(crate) fn instance(&self, id: &str) -> Option<&Instance> {
        self.instances.iter().find(|instance| instance.id == id)
    }

    pub(crate) fn instance_mut(&mut self, id: &str) -> Option<&mut Instance> {
        self.instances.iter_mut().find(|instance| instance.id == id)
    }

    pub(crate) fn create_cluster(&mut self, new: NewCluster) -> Cluster {
        let cluster = Cluster::new(new, self.clusters.len(), &self.account_id);
        self.clusters.push(cluster.clone());
        cluster
    }

    pub(crate) fn create_api_key(&mut self, new: NewApiKey) -> ApiKey {
        let key = ApiKey::new(new);
        self.api_keys.push(key.clone());
        key
    }

    pub(crate) fn grant(&mut self, iam_id: &str, bucket: &str, role: Role) {
        self.objects.entry(bucket.to_owned()).or_default();
        self.access.insert((iam_id.to_owned(), bucket.to_owned()), role);
    }

    /// Secrets of the account, so that the journal can shorten them.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let keys = self.api_keys.iter().map(|key| key.value.clone());
        let refresh = self.refresh_tokens.keys().cloned();
        let user_data = self.instances.iter().filter_map(|instance| instance.settings.user_data.clone());
        keys.chain(refresh).chain(user_data).collect()
    }
}
