//! Sockets: listening, connections, and the way of a request to its answer and back.

mod connection;
mod cors;
mod gate;
mod host;
mod listener;
mod pipeline;
mod port;
mod wire;

pub(crate) use gate::Gate;
pub(crate) use listener::Listener;
