//! What a set-up provides: services, good or bad, and how a program has to be started to meet them.

use crate::apart::KEYS;
use crate::machine::{IAM, METADATA, Machine};
use crate::neighbour::Neighbour;
use end_to_end::isolation::OUTSIDE;
use end_to_end::{Account, Program};
use serde_json::{Value, json};
use simulator::{Config, Ports, ServiceAccountToken};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// A program's surroundings. Programs that are to say what is wrong here are started by
/// [`Scene::program`]; their source is that of [`Scene::options`].
pub(crate) struct Scene {
    /// The services, unless nothing here could reach them anyway.
    pub(crate) account: Option<Account>,
    /// `SourceOptions` as JSON.
    pub(crate) options: Value,
    /// `Policy` as JSON.
    pub(crate) policy: Value,
    environment: Vec<(&'static str, String)>,
    /// Where programs run, and what lies between; in this process's own network, if nowhere.
    pub(crate) neighbours: Vec<Neighbour>,
    /// Whatever else has to live as long.
    pub(crate) proxy: Option<simulator::proxy::RecordingProxy>,
}

impl Scene {
    /// One in which programs use this source.
    pub(crate) fn new(options: Value) -> Self {
        Self { account: None, options, policy: json!({}), environment: Vec::new(), neighbours: Vec::new(), proxy: None }
    }

    /// The same with services.
    pub(crate) fn with(mut self, account: Account) -> Self {
        self.account = Some(account);
        self
    }

    /// The same with a variable in the environment of programs.
    pub(crate) fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// The same for sources that do not wait long, where waiting is in vain.
    pub(crate) fn hasty(mut self) -> Self {
        let times = json!({ "connect": 300, "attempt": 600, "round": 1500 });
        self.policy = json!({ "link_local": times, "remote": times, "max_attempts": 2 });
        self
    }

    /// The same for sources that try no more than twice, where each try fails at once, unless this machine is slow.
    pub(crate) fn trying_twice(mut self) -> Self {
        let times = json!({ "connect": 5000, "attempt": 10_000, "round": 30_000 });
        self.policy = json!({ "link_local": times, "remote": times, "max_attempts": 2 });
        self
    }

    /// The same with an option of the source.
    pub(crate) fn option(mut self, name: &str, value: &str) -> Self {
        self.options[name] = value.into();
        self
    }

    /// A program in this scene.
    pub(crate) fn program(&self, path: &str, arguments: &[&str]) -> Program {
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        let program = match self.neighbours.first() {
            Some(neighbour) => {
                let network = neighbour.network();
                let before = [OsStr::new(&network), OsStr::new(path)];
                Program::new("nsenter", &[&before, arguments.as_slice()].concat())
            }
            None => Program::new(path, &arguments),
        };
        let outside = std::env::var(OUTSIDE).unwrap();
        self.environment.iter().fold(program.env(OUTSIDE, outside), |program, (name, value)| program.env(name, value))
    }

    /// What the client says here when it is asked for a token, in both manners.
    pub(crate) fn ask(&self) -> Value {
        let program = self.program(env!("CARGO_BIN_EXE_program"), &["ask"]);
        let outcome = program.env("OPTIONS", self.options.to_string()).env("POLICY", self.policy.to_string()).run();
        assert!(outcome.succeeded, "{}", outcome.stderr);
        serde_json::from_str(&outcome.stdout).unwrap()
    }
}

/// The services at their real addresses and under their real names, certificates trusted by the
/// whole machine. The instance answers over http, IAM over https.
pub(crate) fn services(machine: &Machine) -> Account {
    machine.address(METADATA);
    machine.address(IAM);
    for (name, address) in [("api.metadata.cloud.ibm.com", METADATA), ("iam.cloud.ibm.com", IAM), ("private.iam.cloud.ibm.com", IAM)] {
        machine.name(name, address);
    }
    let account = Account::start_from(Config {
        address: IAM.into(),
        metadata_address: Some(METADATA.into()),
        ports: Ports { metadata: 80, metadata_https: 443, iam_https: 443, ..Ports::default() },
        keys: std::env::var_os(KEYS).map(Into::into),
        ..Config::seeded().with_tls()
    });
    machine.trust(&account.ca_certificate_pem());
    account
}

/// Puts a token of the seeded cluster in the usual place.
pub(crate) fn write_token_file(account: &Account, change: impl FnOnce(&mut ServiceAccountToken)) {
    let folder = Path::new("/var/run/secrets/tokens");
    // Otherwise it would not be this machine's own.
    assert_eq!(fs::canonicalize("/var/run").unwrap(), Path::new("/run"));
    let mut token = ServiceAccountToken { cluster_id: account.seed.cluster.id.clone(), ..ServiceAccountToken::default() };
    change(&mut token);
    account.start_cr_token_file(folder, "sa-token", token, None).unwrap();
}
