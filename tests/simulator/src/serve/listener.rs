//! A service's listener and the connections it admits.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::sync::watch;

use super::connection::{self, Place};
use super::gate::Gate;
use super::port::Port;
use crate::service::Service;
use crate::world::World;

pub(crate) struct Listener {
    pub(crate) service: Service,
    pub(crate) instance: Option<String>,
    pub(crate) tls: bool,
    port: Port,
    /// Counts up whenever the gate has changed.
    changes: watch::Sender<u64>,
    /// Counts up whenever idle connections are to end.
    drains: watch::Sender<u64>,
}

impl Listener {
    /// Binds and begins to accept. Must run within the simulator's runtime.
    pub(crate) fn start(world: &Arc<World>, service: Service, instance: Option<String>, tls: bool, wanted: SocketAddr) -> io::Result<()> {
        let listener = Arc::new(Self {
            service,
            instance,
            tls,
            port: Port::open(wanted)?,
            changes: watch::Sender::new(0),
            drains: watch::Sender::new(0),
        });
        world.add_listener(Arc::clone(&listener));
        tokio::spawn(run(Arc::clone(world), listener));
        Ok(())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.port.address
    }

    pub(crate) fn gate(&self) -> Gate {
        self.port.gate()
    }

    /// Must run within the simulator's runtime.
    pub(crate) fn set_gate(&self, gate: Gate) {
        if !self.port.set_gate(gate) {
            return;
        }
        self.changes.send_modify(|count| *count += 1);
        if !gate.accepts() {
            self.drain();
        }
    }

    pub(crate) fn drain(&self) {
        self.drains.send_modify(|count| *count += 1);
    }

    pub(crate) fn drains(&self) -> watch::Receiver<u64> {
        self.drains.subscribe()
    }
}

async fn run(world: Arc<World>, listener: Arc<Listener>) {
    let mut changes = listener.changes.subscribe();
    let mut stop = world.stop.subscribe();
    while !*stop.borrow() {
        tokio::select! {
            (stream, gate) = listener.port.accept() => admit(&world, &listener, gate, stream),
            _ = changes.changed() => {}
            _ = stop.changed() => return,
        }
    }
}

fn admit(world: &Arc<World>, listener: &Arc<Listener>, gate: Gate, stream: TcpStream) {
    let number = world.journal.connected(listener.service);
    if world.faults.refuses_connection(listener.service) {
        let _ = stream.set_zero_linger();
        return;
    }
    if gate == Gate::Silent {
        tokio::spawn(hold(Arc::clone(world), Arc::clone(listener), stream));
        return;
    }
    let place = Place { world: Arc::clone(world), listener: Arc::clone(listener), connection: number };
    tokio::spawn(connection::serve(place, stream));
}

/// Keeps a connection open and unread until the gate changes.
async fn hold(world: Arc<World>, listener: Arc<Listener>, stream: TcpStream) {
    let mut changes = listener.changes.subscribe();
    let mut stop = world.stop.subscribe();
    tokio::select! {
        _ = changes.changed() => {}
        _ = stop.changed() => {}
    }
    drop(stream);
}
