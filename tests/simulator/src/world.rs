//! What all parts of one running simulator share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::account::{AccountState, Seed};
use crate::config::Config;
use crate::cr_token_file::CrTokenFile;
use crate::faults::Faults;
use crate::journal::Journal;
use crate::redact::Redactor;
use crate::resources::Resources;
use crate::serve::{Gate, Listener};
use crate::service::Service;
use crate::tls::{Authority, ServerCertificate};
use crate::tokens::issued::IssuedTokens;

pub(crate) struct World {
    pub(crate) config: Config,
    account: Mutex<AccountState>,
    /// Locked before the account, where both are.
    resources: Mutex<Resources>,
    pub(crate) seed: Option<Seed>,
    pub(crate) issued: IssuedTokens,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    pub(crate) authority: Authority,
    pub(crate) control_token: String,
    certificate: Mutex<ServerCertificate>,
    listeners: Mutex<Vec<Arc<Listener>>>,
    token_files: Mutex<Vec<Arc<CrTokenFile>>>,
    pub(crate) runtime: Handle,
    /// Turns true once, when everything is to stop.
    pub(crate) stop: watch::Sender<bool>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    pub(crate) fn new(config: Config, account: AccountState, seed: Option<Seed>, authority: Authority, runtime: Handle) -> Self {
        Self {
            certificate: Mutex::new(config.certificate),
            config,
            account: Mutex::new(account),
            resources: Mutex::default(),
            seed,
            issued: IssuedTokens::default(),
            faults: Faults::default(),
            journal: Journal::new(),
            authority,
            control_token: crate::identifiers::secret(),
            listeners: Mutex::default(),
            token_files: Mutex::default(),
            runtime,
            stop: watch::Sender::new(false),
        }
    }

    pub(crate) fn account(&self) -> MutexGuard<'_, AccountState> {
        lock(&self.account)
    }

    pub(crate) fn resources(&self) -> MutexGuard<'_, Resources> {
        lock(&self.resources)
    }

    pub(crate) fn certificate(&self) -> ServerCertificate {
        *lock(&self.certificate)
    }

    pub(crate) fn set_certificate(&self, certificate: ServerCertificate) {
        *lock(&self.certificate) = certificate;
    }

    pub(crate) fn add_listener(&self, listener: Arc<Listener>) {
        lock(&self.listeners).push(listener);
        self.set_gates();
    }

    /// The base URL of a listener.
    pub(crate) fn url(&self, service: Service, instance: Option<&str>, tls: bool) -> Option<String> {
        let scheme = if tls { "https" } else { "http" };
        lock(&self.listeners)
            .iter()
            .find(|listener| {
                listener.service == service && listener.tls == tls && (instance.is_none() || listener.instance.as_deref() == instance)
            })
            .map(|listener| format!("{scheme}://{}", listener.address()))
    }

    /// The listener's own addresses are always fine in a `Host` header.
    pub(crate) fn is_own_address(&self, host_and_port: &str) -> bool {
        lock(&self.listeners).iter().any(|listener| listener.address().to_string() == host_and_port)
    }

    /// Opens and closes ports as the instances' settings and the faults want it.
    pub(crate) fn set_gates(&self) {
        let _context = self.runtime.enter();
        let account = self.account();
        for listener in lock(&self.listeners).iter() {
            let gate = if let Some(gate) = self.faults.gate(listener.service) {
                gate
            } else {
                match listener.instance.as_deref() {
                    Some(id) => account.instance(id).map_or(Gate::Closed, |instance| Gate::of(&instance.settings, listener.tls)),
                    None => Gate::Open,
                }
            };
            listener.set_gate(gate);
        }
    }

    /// Lets the idle connections of a service end, so that a fault meets new ones.
    pub(crate) fn drain(&self, service: Service) {
        for listener in lock(&self.listeners).iter() {
            if listener.service == service {
                listener.drain();
            }
        }
    }

    pub(crate) fn token_files(&self) -> MutexGuard<'_, Vec<Arc<CrTokenFile>>> {
        lock(&self.token_files)
    }

    pub(crate) fn redactor(&self) -> Redactor {
        let mut secrets = self.issued.all();
        secrets.extend(self.account().secrets());
        secrets.extend(self.resources().secrets.iter().cloned());
        secrets.push(self.control_token.clone());
        Redactor::new(secrets)
    }
}
