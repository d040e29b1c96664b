//! The lowest layer: a socket that can be cut, and a body that can be slow, short or unmeasured.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{Sleep, sleep};

use crate::faults::{Delivery, Ending};

/// Cuts a connection from within a request.
#[derive(Default)]
pub(crate) struct Cut {
    reset: AtomicBool,
    notify: Notify,
}

impl Cut {
    /// Closes the connection; with a reset if asked.
    pub(crate) fn now(&self, reset: bool) {
        self.reset.store(reset, Ordering::SeqCst);
        self.notify.notify_one();
    }

    pub(crate) async fn cut(&self) {
        self.notify.notified().await;
    }
}

/// A socket that is reset instead of closed when its [`Cut`] says so.
pub(crate) struct Socket {
    stream: TcpStream,
    cut: Arc<Cut>,
}

impl Socket {
    pub(crate) fn new(stream: TcpStream, cut: Arc<Cut>) -> Self {
        Self { stream, cut }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.cut.reset.load(Ordering::SeqCst) {
            // Closing with a linger time of zero sends a reset.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Long enough for what was written to leave before the connection is cut.
const FLUSH: Duration = Duration::from_millis(20);

/// An answer's body, delivered as a fault wants it.
pub(crate) struct Paced {
    rest: Bytes,
    /// Bytes per frame.
    step: usize,
    pause: Option<Duration>,
    sleep: Option<Pin<Box<Sleep>>>,
    measured: bool,
    ending: Ending,
    cut: Arc<Cut>,
}

impl Paced {
    pub(crate) fn new(delivery: Delivery, cut: Arc<Cut>) -> Self {
        let mut body = delivery.answer.body;
        if let Some(bytes) = delivery.stop_after {
            body.truncate(bytes);
        }
        let step = match delivery.drip {
            Some(_) => 1,
            None => 64 * 1024,
        };
        Self {
            rest: Bytes::from(body),
            step,
            pause: delivery.drip,
            sleep: None,
            measured: delivery.content_length,
            ending: delivery.ending,
            cut,
        }
    }

    /// Waits out the current pause; true once it is over or there is none.
    fn rested(&mut self, context: &mut Context<'_>) -> bool {
        let Some(sleep) = self.sleep.as_mut() else {
            return true;
        };
        if sleep.as_mut().poll(context).is_pending() {
            return false;
        }
        self.sleep = None;
        true
    }
}

impl Body for Paced {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = &mut *self;
        if !this.rested(context) {
            return Poll::Pending;
        }
        if this.rest.is_empty() {
            return match this.ending {
                Ending::Orderly => Poll::Ready(None),
                ending => {
                    this.cut.now(ending == Ending::Reset);
                    Poll::Pending
                }
            };
        }
        let frame = this.rest.split_to(this.step.min(this.rest.len()));
        let pause = match (this.pause, this.rest.is_empty(), this.ending) {
            (_, true, Ending::Close | Ending::Reset) => Some(FLUSH),
            (Some(pause), false, _) => Some(pause),
            _ => None,
        };
        this.sleep = pause.map(|pause| Box::pin(sleep(pause)));
        Poll::Ready(Some(Ok(Frame::data(frame))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.ending == Ending::Orderly && self.sleep.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        if self.measured && self.ending == Ending::Orderly { SizeHint::with_exact(self.rest.len() as u64) } else { SizeHint::default() }
    }
}
