//! A port that can stop and start listening without losing its number.

use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::gate::Gate;

pub(crate) struct Port {
    pub(crate) address: SocketAddr,
    /// What listens now. Changed at once, not by the accepting task: whoever changes a setting may
    /// send the next request straight away.
    listening: Mutex<Listening>,
    /// Bound but never listening: while nothing listens, it keeps the port from being given away,
    /// and the system refuses connections to it.
    _reservation: TcpSocket,
}

struct Listening {
    gate: Gate,
    socket: Option<TcpListener>,
    /// Fills the queue of a socket that is to ignore connection attempts.
    _filler: Option<std::net::TcpStream>,
}

impl Port {
    /// Must run within the simulator's runtime.
    pub(crate) fn open(wanted: SocketAddr) -> io::Result<Self> {
        let reservation = reserve(wanted)?;
        let address = reservation.local_addr()?;
        let listening = Listening::start(Gate::Open, address)?;
        Ok(Self { address, listening: Mutex::new(listening), _reservation: reservation })
    }

    fn lock(&self) -> MutexGuard<'_, Listening> {
        self.listening.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn gate(&self) -> Gate {
        self.lock().gate
    }

    /// Changes the gate; true if it was another. Must run within the simulator's runtime.
    pub(crate) fn set_gate(&self, gate: Gate) -> bool {
        let mut listening = self.lock();
        if listening.gate == gate {
            return false;
        }
        if listening.gate.accepts() && gate.accepts() {
            listening.gate = gate;
            return true;
        }
        // The old socket must be gone before the new one listens, or the system would spread
        // connections over both.
        *listening = Listening { gate: Gate::Closed, socket: None, _filler: None };
        if let Ok(next) = Listening::start(gate, self.address) {
            *listening = next;
        }
        true
    }

    /// The next connection and the gate it came through; never, while nothing is accepted. Has to be
    /// asked anew after the gate has changed.
    pub(crate) async fn accept(&self) -> (TcpStream, Gate) {
        std::future::poll_fn(|context| {
            let listening = self.lock();
            let Some(socket) = listening.socket.as_ref().filter(|_| listening.gate.accepts()) else {
                return Poll::Pending;
            };
            loop {
                match socket.poll_accept(context) {
                    Poll::Ready(Ok((stream, _))) => return Poll::Ready((stream, listening.gate)),
                    // The client has gone already; the next one may not have.
                    Poll::Ready(Err(_)) => {}
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
        .await
    }
}

impl Listening {
    fn start(gate: Gate, address: SocketAddr) -> io::Result<Self> {
        let (socket, filler) = match gate {
            Gate::Open | Gate::Silent => (Some(listen(address, 1024)?), None),
            Gate::Deaf => {
                // Linux drops connection attempts when the queue is full, and a queue of length zero
                // is full with one connection.
                let socket = listen(address, 0)?;
                let filler = std::net::TcpStream::connect_timeout(&address, Duration::from_millis(200))?;
                (Some(socket), Some(filler))
            }
            Gate::Closed => (None, None),
        };
        Ok(Self { gate, socket, _filler: filler })
    }
}

/// Binds a socket that never listens.
fn reserve(wanted: SocketAddr) -> io::Result<TcpSocket> {
    if wanted.port() != 0 {
        // Sharing ports would hide that another process of this user has the port; this does not share.
        let probe = socket_for(wanted)?;
        probe.set_reuseaddr(true)?;
        probe.bind(wanted)?;
    }
    let socket = socket_for(wanted)?;
    share(&socket)?;
    socket.bind(wanted)?;
    Ok(socket)
}

fn listen(address: SocketAddr, queue: u32) -> io::Result<TcpListener> {
    let socket = socket_for(address)?;
    share(&socket)?;
    socket.bind(address)?;
    socket.listen(queue)
}

fn socket_for(address: SocketAddr) -> io::Result<TcpSocket> {
    if address.is_ipv6() { TcpSocket::new_v6() } else { TcpSocket::new_v4() }
}

#[cfg(unix)]
fn share(socket: &TcpSocket) -> io::Result<()> {
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)
}

#[cfg(not(unix))]
fn share(socket: &TcpSocket) -> io::Result<()> {
    socket.set_reuseaddr(true)
}
