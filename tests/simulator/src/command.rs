//! The simulator on the command line: its options, what it prints, and when it ends. The binary of this
//! crate and `trusted-profile simulate` are both made of it.

use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::account::ServiceAccountToken;
use crate::config::{Account, Config, Ports};
use crate::faults::NamedFault;
use crate::simulator::Simulator;

/// The options of a simulator that runs as a process.
#[derive(Args)]
pub struct Arguments {
    /// The address all listeners bind to
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// The address of the metadata service, if it is to have one of its own
    #[arg(long)]
    metadata_address: Option<IpAddr>,
    /// Port of the metadata service; 0 is any free one
    #[arg(long, default_value_t = 0)]
    metadata_port: u16,
    /// Port of the metadata service over https, with --tls; 0 is any free one
    #[arg(long, default_value_t = 0)]
    metadata_https_port: u16,
    /// Port of IAM; 0 is any free one
    #[arg(long, default_value_t = 0)]
    iam_port: u16,
    /// Port of IAM over https, with --tls; 0 is any free one
    #[arg(long, default_value_t = 0)]
    iam_https_port: u16,
    /// Port of the VPC API; 0 is any free one
    #[arg(long, default_value_t = 0)]
    vpc_port: u16,
    /// Port of the Kubernetes Service API for clusters; 0 is any free one
    #[arg(long, default_value_t = 0)]
    containers_port: u16,
    /// Port of the object store; 0 is any free one
    #[arg(long, default_value_t = 0)]
    object_store_port: u16,
    /// Port of the control API; 0 is any free one
    #[arg(long, default_value_t = 0)]
    control_port: u16,
    /// Listen for https too
    #[arg(long)]
    tls: bool,
    /// An origin that browsers may call from; can be given more than once
    #[arg(long = "cors-origin", value_name = "ORIGIN")]
    cors_origins: Vec<String>,
    /// A further name that a Host header may carry; can be given more than once
    #[arg(long = "allow-host", value_name = "NAME")]
    allowed_hosts: Vec<String>,
    /// A folder in which several simulators share their signing keys, since making them takes a moment
    #[arg(long, value_name = "FOLDER")]
    keys: Option<PathBuf>,
    /// What the account holds at the start
    #[arg(long, value_enum, default_value_t = AccountChoice::Empty)]
    account: AccountChoice,
    /// Keep a compute resource token of the seeded cluster in this file, and rotate it as the kubelet does
    #[arg(long, value_name = "PATH")]
    token_file: Option<PathBuf>,
    /// Seconds between rotations of the token file
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..), requires = "token_file")]
    rotate_every: u64,
    /// A fault on every request: [SERVICE:]NAME[=VALUE], such as hang or iam:status=503, or a rule as JSON
    #[arg(long = "fault", value_name = "FAULT")]
    faults: Vec<NamedFault>,
    /// Print one line of JSON instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AccountChoice {
    /// One instance without a default trusted profile
    Empty,
    /// The account of IBM's walk-throughs
    Seed,
}

impl Arguments {
    /// Runs a simulator until an interrupt or a request to terminate.
    ///
    /// # Errors
    /// If a port cannot be bound, the token file cannot be kept, or standard output cannot be written.
    pub async fn run(self) -> io::Result<()> {
        let simulator = Simulator::start(self.config()).await?;
        for warning in simulator.warnings() {
            writeln!(io::stderr(), "warning: {warning}")?;
        }
        for rule in self.faults.iter().flat_map(NamedFault::rules) {
            simulator.inject(rule);
        }
        let token_file = self.token_file.as_deref().map(|path| self.keep_token_file(&simulator, path)).transpose()?;
        let mut out = io::stdout();
        if self.json {
            writeln!(out, "{}", facts(&simulator))?;
        } else {
            write!(out, "{}", text(&simulator, token_file.as_deref()))?;
        }
        out.flush()?;
        stopped().await
    }

    fn config(&self) -> Config {
        Config {
            address: self.address,
            metadata_address: self.metadata_address,
            ports: Ports {
                metadata: self.metadata_port,
                metadata_https: self.metadata_https_port,
                iam: self.iam_port,
                iam_https: self.iam_https_port,
                vpc: self.vpc_port,
                containers: self.containers_port,
                object_store: self.object_store_port,
                control: self.control_port,
            },
            tls: self.tls,
            cors_origins: self.cors_origins.clone(),
            allowed_hosts: self.allowed_hosts.clone(),
            account: match self.account {
                AccountChoice::Empty => Account::Empty,
                AccountChoice::Seed => Account::Seed,
            },
            keys: self.keys.clone(),
            ..Config::default()
        }
    }

    /// The path that a pod would read.
    fn keep_token_file(&self, simulator: &Simulator, path: &Path) -> io::Result<PathBuf> {
        let refuse = |why: &str| io::Error::new(io::ErrorKind::InvalidInput, format!("--token-file {}: {why}", path.display()));
        let seed = simulator.seed().ok_or_else(|| refuse("needs a cluster, which --account seed has"))?;
        let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| refuse("expected the path of a file"))?;
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let token = ServiceAccountToken { cluster_id: seed.cluster.id, ..ServiceAccountToken::default() };
        let file = simulator.start_cr_token_file(folder, name, token, Some(Duration::from_secs(self.rotate_every)));
        file.map(|file| file.path()).map_err(|error| refuse(&error.to_string()))
    }
}

/// The overview of the control API, and the token that opens it.
fn facts(simulator: &Simulator) -> Value {
    let mut facts = simulator.overview();
    if let Some(fields) = facts.as_object_mut() {
        fields.insert("control_token".to_owned(), json!(simulator.control_token()));
    }
    facts
}

fn text(simulator: &Simulator, token_file: Option<&Path>) -> String {
    let metadata = simulator.metadata_url();
    let control = simulator.control_url();
    let token = simulator.control_token();
    let mut lines = vec![
        format!("metadata      {metadata}"),
        format!("IAM           {}", simulator.iam_url()),
        format!("VPC           {}", simulator.vpc_url()),
        format!("containers    {}", simulator.containers_url()),
        format!("object store  {}", simulator.object_store_url()),
        format!("control       {control}/control/v1"),
        format!("control token {token}"),
    ];
    for url in [simulator.metadata_https_url(), simulator.iam_https_url()] {
        lines.extend(url.map(|url| format!("https         {url}")));
    }
    if let Some(seed) = simulator.seed() {
        lines.push(format!("instance      {} with default profile {}", seed.instance.id, seed.instance_profile.id));
        lines.push(format!("cluster       {} with profile {}", seed.cluster.id, seed.pod_profile.id));
        lines.push(format!("API key       {}", seed.api_key.value));
        lines.push(format!("bucket        {}", seed.bucket));
    }
    lines.push(String::new());
    lines.extend(examples(simulator, token_file));
    lines.push(format!("curl -X PUT '{metadata}/identity/v1/token?version=2025-08-26' -H 'Metadata-Flavor: ibm'"));
    lines.push(format!("curl {control}/control/v1/journal -H 'Authorization: Bearer {token}'"));
    lines.push(String::new());
    lines.join("\n")
}

/// How the command line program is pointed at this simulator.
fn examples(simulator: &Simulator, token_file: Option<&Path>) -> Vec<String> {
    let (metadata, iam) = (simulator.metadata_url(), simulator.iam_url());
    let Some(seed) = simulator.seed() else {
        return vec![format!("trusted-profile metadata --source vpc_instance --endpoint {metadata}")];
    };
    let profile = &seed.pod_profile.id;
    let mut lines = vec![format!("trusted-profile token --source vpc_instance --endpoint {metadata}")];
    lines.extend(token_file.map(|path| {
        format!("trusted-profile token --source container --profile-id {profile} --cr-token-file {} --endpoint {iam}", path.display())
    }));
    lines
}

/// Ends with an interrupt or a request to terminate.
#[cfg(unix)]
async fn stopped() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn stopped() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
