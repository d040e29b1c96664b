//! Instances, clusters, and the tokens of pods.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{Controls, Error};
use crate::account::{Cluster, Instance, InstanceSettings, NewCluster, ServiceAccountToken};
use crate::cr_token_file::CrTokenFile;
use crate::serve::Listener;
use crate::service::Service;

impl Controls {
    /// The instance that [`metadata_url`](Self::metadata_url) belongs to.
    #[must_use]
    pub fn primary_instance(&self) -> Instance {
        let account = self.world.account();
        account.instances.first().cloned().unwrap_or_else(|| {
            // There always is one; this keeps the signature free of an Option.
            Instance::new(InstanceSettings::default(), &account.account_id, String::new())
        })
    }

    /// All instances.
    #[must_use]
    pub fn instances(&self) -> Vec<Instance> {
        self.world.account().instances.clone()
    }

    /// Creates an instance with metadata listeners of its own. Links its default trusted profile if
    /// that says so.
    ///
    /// # Errors
    /// If no port can be bound.
    pub fn create_instance(&self, settings: InstanceSettings) -> Result<Instance, Error> {
        let instance = self.world.account().create_instance(settings);
        let _context = self.world.runtime.enter();
        self.listen_for_instance(&instance.id, 0, 0)?;
        Ok(instance)
    }

    pub(crate) fn listen_for_instance(&self, id: &str, http: u16, https: u16) -> io::Result<()> {
        let config = &self.world.config;
        let start =
            |tls: bool, port: u16| Listener::start(&self.world, Service::Metadata, Some(id.to_owned()), tls, config.metadata_socket(port));
        start(false, http)?;
        if config.tls {
            start(true, https)?;
        }
        Ok(())
    }

    /// Base URL of an instance's metadata service over http.
    #[must_use]
    pub fn instance_metadata_url(&self, instance_id: &str) -> Option<String> {
        self.world.url(Service::Metadata, Some(instance_id), false)
    }

    /// Base URL of an instance's metadata service over https, if TLS is on.
    #[must_use]
    pub fn instance_metadata_https_url(&self, instance_id: &str) -> Option<String> {
        self.world.url(Service::Metadata, Some(instance_id), true)
    }

    /// Changes settings of an instance.
    ///
    /// # Errors
    /// If there is no such instance.
    pub fn update_instance(&self, instance_id: &str, change: impl FnOnce(&mut InstanceSettings)) -> Result<Instance, Error> {
        let instance = {
            let mut account = self.world.account();
            let instance = account.instance_mut(instance_id).ok_or_else(|| Error::NotFound(format!("instance {instance_id}")))?;
            change(&mut instance.settings);
            instance.clone()
        };
        self.world.set_gates();
        Ok(instance)
    }

    /// Changes settings of the first instance.
    pub fn update_primary_instance(&self, change: impl FnOnce(&mut InstanceSettings)) {
        // The first instance always exists.
        let _ = self.update_instance(&self.primary_instance().id, change);
    }

    /// Creates a cluster, or a Code Engine project.
    #[must_use]
    pub fn create_cluster(&self, new: NewCluster) -> Cluster {
        self.world.account().create_cluster(new)
    }

    /// All clusters.
    #[must_use]
    pub fn clusters(&self) -> Vec<Cluster> {
        self.world.account().clusters.clone()
    }

    /// Mints a token as the cluster's API server does.
    ///
    /// # Errors
    /// If there is no such cluster.
    pub fn mint_service_account_token(&self, wanted: &ServiceAccountToken) -> Result<String, Error> {
        let (cluster, now) = {
            let account = self.world.account();
            let cluster = account.clusters.iter().find(|cluster| cluster.id == wanted.cluster_id).cloned();
            (cluster, account.now(Service::Iam))
        };
        let cluster = cluster.ok_or_else(|| Error::NotFound(format!("cluster {:?}", wanted.cluster_id)))?;
        cluster.mint(wanted, now).map_err(Error::Invalid)
    }

    /// Keeps a token file in a directory, as the kubelet does for a projected volume.
    ///
    /// # Errors
    /// If the directory cannot be written, or the token's cluster does not exist.
    pub fn start_cr_token_file(
        &self,
        directory: &Path,
        file_name: &str,
        token: ServiceAccountToken,
        rotate_every: Option<Duration>,
    ) -> Result<Arc<CrTokenFile>, Error> {
        let file = CrTokenFile::start(&self.world, directory, file_name, token, rotate_every)?;
        Ok(file)
    }

    /// A token file by its id.
    #[must_use]
    pub fn cr_token_file(&self, id: &str) -> Option<Arc<CrTokenFile>> {
        let files = self.world.token_files();
        files.iter().find(|file| file.id() == id).cloned()
    }
}
