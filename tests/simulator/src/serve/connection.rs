//! One connection, from TLS to its end.

use std::pin::pin;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::listener::Listener;
use super::pipeline;
use super::wire::{Cut, Socket};
use crate::world::World;

/// Where a connection belongs.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) world: Arc<World>,
    pub(crate) listener: Arc<Listener>,
    pub(crate) connection: u64,
}

pub(crate) async fn serve(place: Place, stream: TcpStream) {
    let cut = Arc::new(Cut::default());
    // Dripped bytes must leave one by one.
    let _ = stream.set_nodelay(true);
    let socket = Socket::new(stream, Arc::clone(&cut));
    if !place.listener.tls {
        return speak(place, socket, cut).await;
    }
    let acceptor = place.world.authority.acceptor(place.world.certificate());
    let mut stop = place.world.stop.subscribe();
    tokio::select! {
        secured = acceptor.accept(socket) => {
            if let Ok(secured) = secured {
                speak(place, secured, cut).await;
            }
        }
        _ = stop.changed() => {}
    }
}

async fn speak<S>(place: Place, socket: S, cut: Arc<Cut>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut stop = place.world.stop.subscribe();
    let mut drains = place.listener.drains();
    let ending = Arc::clone(&cut);
    let service = service_fn(move |request| {
        let place = place.clone();
        let cut = Arc::clone(&cut);
        async move { Ok::<_, std::convert::Infallible>(pipeline::respond(place, cut, request).await) }
    });
    let mut connection = pin!(http1::Builder::new().serve_connection(TokioIo::new(socket), service));
    let mut draining = false;
    loop {
        tokio::select! {
            _ = connection.as_mut() => return,
            () = ending.cut() => return,
            _ = stop.changed() => return,
            _ = drains.changed(), if !draining => {
                draining = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
