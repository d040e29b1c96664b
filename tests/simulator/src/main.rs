//! Runs the simulator until it is told to stop.

use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr};

use clap::{Parser, ValueEnum};
use serde_json::{Value, json};
use simulator::{Account, Config, Ports, Simulator};

/// Simulates instance metadata, VPC identity, IAM tokens and an object store on this machine.
#[derive(Parser)]
#[command(name = "simulator", version)]
struct Arguments {
    /// The address all listeners bind to.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// The address of the metadata service, if it is to have one of its own.
    #[arg(long)]
    metadata_address: Option<IpAddr>,
    /// Port of the metadata service; 0 is any free one.
    #[arg(long, default_value_t = 0)]
    metadata_port: u16,
    /// Port of the metadata service over https, with --tls; 0 is any free one.
    #[arg(long, default_value_t = 0)]
    metadata_https_port: u16,
    /// Port of IAM; 0 is any free one.
    #[arg(long, default_value_t = 0)]
    iam_port: u16,
    /// Port of IAM over https, with --tls; 0 is any free one.
    #[arg(long, default_value_t = 0)]
    iam_https_port: u16,
    /// Port of the object store; 0 is any free one.
    #[arg(long, default_value_t = 0)]
    object_store_port: u16,
    /// Port of the control API; 0 is any free one.
    #[arg(long, default_value_t = 0)]
    control_port: u16,
    /// Listen for https too.
    #[arg(long)]
    tls: bool,
    /// An origin that browsers may call from; can be given more than once.
    #[arg(long = "cors-origin", value_name = "ORIGIN")]
    cors_origins: Vec<String>,
    /// A further name that a Host header may carry; can be given more than once.
    #[arg(long = "allow-host", value_name = "NAME")]
    allowed_hosts: Vec<String>,
    /// What the account holds at the start.
    #[arg(long, value_enum, default_value_t = AccountChoice::Empty)]
    account: AccountChoice,
    /// Print one line of JSON instead of text.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum AccountChoice {
    /// One instance without a default trusted profile.
    Empty,
    /// The account of IBM's walk-throughs.
    Seed,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let as_json = arguments.json;
    let simulator = Simulator::start(arguments.into()).await?;
    for warning in simulator.warnings() {
        writeln!(io::stderr(), "warning: {warning}")?;
    }
    let mut out = io::stdout();
    if as_json {
        writeln!(out, "{}", facts(&simulator))?;
    } else {
        write!(out, "{}", text(&simulator))?;
    }
    out.flush()?;
    stopped().await
}

impl From<Arguments> for Config {
    fn from(arguments: Arguments) -> Self {
        Self {
            address: arguments.address,
            metadata_address: arguments.metadata_address,
            ports: Ports {
                metadata: arguments.metadata_port,
                metadata_https: arguments.metadata_https_port,
                iam: arguments.iam_port,
                iam_https: arguments.iam_https_port,
                object_store: arguments.object_store_port,
                control: arguments.control_port,
            },
            tls: arguments.tls,
            cors_origins: arguments.cors_origins,
            allowed_hosts: arguments.allowed_hosts,
            account: match arguments.account {
                AccountChoice::Empty => Account::Empty,
                AccountChoice::Seed => Account::Seed,
            },
            ..Self::default()
        }
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

fn text(simulator: &Simulator) -> String {
    let metadata = simulator.metadata_url();
    let control = simulator.control_url();
    let token = simulator.control_token();
    let mut lines = vec![
        format!("metadata      {metadata}"),
        format!("IAM           {}", simulator.iam_url()),
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
        lines.push(format!("bucket        {}", seed.bucket));
    }
    lines.push(String::new());
    lines.push(format!("curl -X PUT '{metadata}/identity/v1/token?version=2025-08-26' -H 'Metadata-Flavor: ibm'"));
    lines.push(format!("curl {control}/control/v1/journal -H 'Authorization: Bearer {token}'"));
    lines.push(String::new());
    lines.join("\n")
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
