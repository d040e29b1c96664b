//! Starting and stopping.

use std::io;
use std::ops::Deref;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::account::{AccountState, InstanceSettings, seed};
use crate::config::{Account, Config};
use crate::controls::Controls;
use crate::runtime::RuntimeThread;
use crate::serve::Listener;
use crate::service::Service;
use crate::tls::Authority;
use crate::tokens::keys;
use crate::world::World;

/// A running simulator. It stops, and its ports close, when it is dropped.
///
/// It dereferences to [`Controls`], which can be cloned and sent to other threads.
pub struct Simulator {
    controls: Controls,
    _runtime: Option<RuntimeThread>,
}

impl Simulator {
    /// Starts on the runtime of the caller. On a current-thread runtime the services run only while
    /// the caller awaits; use [`start_blocking`](Self::start_blocking) for clients that block.
    ///
    /// # Errors
    /// If a port cannot be bound, or the folder of the keys cannot be made.
    pub async fn start(config: Config) -> io::Result<Self> {
        let folder = config.keys.clone();
        spawn_blocking(|| keys::prepare(folder)).await.map_err(io::Error::other)??;
        Self::assemble(config, Handle::current(), None)
    }

    /// Starts on a runtime of its own with two threads.
    ///
    /// # Errors
    /// If a port cannot be bound, or the folder of the keys cannot be made.
    pub fn start_blocking(config: Config) -> io::Result<Self> {
        keys::prepare(config.keys.clone())?;
        let runtime = RuntimeThread::start()?;
        let handle = runtime.handle.clone();
        Self::assemble(config, handle, Some(runtime))
    }

    fn assemble(config: Config, handle: Handle, runtime: Option<RuntimeThread>) -> io::Result<Self> {
        let authority = Authority::new(config.address).map_err(io::Error::other)?;
        let mut account = AccountState::new();
        let seed = match config.account {
            Account::Empty => {
                account.create_instance(InstanceSettings::default());
                None
            }
            Account::Seed => Some(seed::lay_out(&mut account)),
        };
        let ports = config.ports;
        let world = Arc::new(World::new(config, account, seed, authority, handle));
        let _context = world.runtime.enter();
        let controls = Controls::new(Arc::clone(&world));
        controls.listen_for_instance(&controls.primary_instance().id, ports.metadata, ports.metadata_https)?;
        let others = [
            (Service::Iam, ports.iam),
            (Service::Vpc, ports.vpc),
            (Service::Containers, ports.containers),
            (Service::ObjectStore, ports.object_store),
            (Service::Control, ports.control),
        ];
        for (service, port) in others {
            Listener::start(&world, service, None, false, world.config.socket(port))?;
        }
        if world.config.tls {
            Listener::start(&world, Service::Iam, None, true, world.config.socket(ports.iam_https))?;
        }
        Ok(Self { controls, _runtime: runtime })
    }
}

impl Deref for Simulator {
    type Target = Controls;

    fn deref(&self) -> &Controls {
        &self.controls
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.controls.stop();
    }
}
