//! An account with everything that the sources of a token need.

use simulator::{ApiKey, Config, CrTokenFile, NewApiKey, Role, Seed, ServiceAccountToken, Simulator};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use trusted_profile::{Builder, Policy, Timeouts, TokenProvider};

/// A simulator with the seeded account, a projected token file, an API key and an OAuth client.
/// Dereferences to the simulator.
pub struct Account {
    simulator: Simulator,
    /// What the account holds.
    pub seed: Seed,
    /// The pod's token file.
    pub file: Arc<CrTokenFile>,
    /// A key that may assume the pod's profile and read the bucket.
    pub api_key: ApiKey,
    /// A registered client, id and secret.
    pub client: (String, String),
    folder: TempDir,
}

impl Account {
    /// Starts one on ports of its own.
    #[must_use]
    pub fn start() -> Self {
        Self::start_from(Config::seeded())
    }

    /// The same with https beside http.
    #[must_use]
    pub fn start_with_tls() -> Self {
        Self::start_from(Config::seeded().with_tls())
    }

    /// One with a configuration that has the seeded account.
    #[must_use]
    pub fn start_from(config: Config) -> Self {
        let simulator = Simulator::start_blocking(config).unwrap();
        let seed = simulator.seed().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let token = ServiceAccountToken { cluster_id: seed.cluster.id.clone(), ..ServiceAccountToken::default() };
        let file = simulator.start_cr_token_file(&folder.path().join("tokens"), "sa-token", token, None).unwrap();
        let api_key = simulator.create_api_key(NewApiKey { name: Some("deployer".to_owned()), administrator: false });
        simulator.allow_assume(&seed.pod_profile.id, &api_key.iam_id).unwrap();
        simulator.grant_access(&api_key.iam_id, &seed.bucket, Role::Reader);
        let client = ("end-to-end".to_owned(), format!("client-secret-{}", seed.instance.id));
        simulator.register_client(&client.0, &client.1);
        Self { simulator, seed, file, api_key, client, folder }
    }

    /// The path of the pod's token file.
    #[must_use]
    pub fn token_file(&self) -> String {
        self.file.path().display().to_string()
    }

    /// A folder of this account's own.
    #[must_use]
    pub fn scratch(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }

    /// A file with the certificate of the simulator's authority.
    #[must_use]
    pub fn ca_bundle(&self) -> PathBuf {
        let path = self.folder.path().join("ca.pem");
        std::fs::write(&path, self.simulator.ca_certificate_pem()).unwrap();
        path
    }

    /// An object that every identity of the account may read.
    #[must_use]
    pub fn greeting_url(&self) -> String {
        format!("{}/{}/greeting.txt", self.simulator.object_store_url(), self.seed.bucket)
    }

    /// The instance's source.
    pub fn vpc(&self) -> Builder {
        TokenProvider::vpc_instance().endpoint(self.simulator.metadata_url()).policy(calm())
    }

    /// The pod's source.
    pub fn container(&self) -> Builder {
        TokenProvider::container()
            .endpoint(self.simulator.iam_url())
            .profile_id(&self.seed.pod_profile.id)
            .cr_token_file(self.token_file())
            .policy(calm())
    }
}

impl Deref for Account {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.simulator
    }
}

/// A policy whose rounds end within three seconds, for services that do not answer.
#[must_use]
pub fn brisk() -> Policy {
    let times = Timeouts { connect: Duration::from_millis(500), attempt: Duration::from_secs(1), round: Duration::from_secs(3) };
    Policy { link_local: times, remote: times, lease_grace: Duration::from_millis(500), ..calm() }
}

/// A policy that forgets failures at once, and is in no hurry however busy the machine is.
#[must_use]
pub fn calm() -> Policy {
    let times = Timeouts { connect: Duration::from_secs(5), attempt: Duration::from_secs(10), round: Duration::from_secs(30) };
    Policy {
        link_local: times,
        remote: times,
        max_attempts: 3,
        backoff_base: Duration::from_millis(5),
        backoff_max: Duration::from_millis(20),
        cooldown: Duration::ZERO,
        refresh_backoff_base: Duration::from_secs(3600),
        refresh_backoff_max: Duration::from_secs(3600),
        ..Policy::default()
    }
}
