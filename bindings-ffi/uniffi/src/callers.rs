//! Calls that are awaited: each blocks in a thread of its own, since the executor of the other language knows neither our clock
//! nor our sockets. Whoever drops a future has left: nothing more is sent for it.

use crate::error_class::TrustedProfileError;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use tokio::sync::oneshot;
use trusted_profile::{Error, ErrorCode};

/// The threads of the calls that are awaited.
#[derive(Default)]
pub(crate) struct Callers {
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// Says so when its future is dropped.
struct Leaving(Arc<AtomicBool>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

impl Callers {
    /// Does `work`, which is told by what it gets whether its caller has left.
    pub(crate) async fn away<T: Send + 'static>(
        &self,
        work: impl FnOnce(&AtomicBool) -> T + Send + 'static,
    ) -> Result<T, TrustedProfileError> {
        let has_left = Arc::new(AtomicBool::new(false));
        let _leaving = Leaving(Arc::clone(&has_left));
        let (sender, receiver) = oneshot::channel();
        self.begin(move || {
            // Somebody may have left.
            let _ = sender.send(work(&has_left));
        })?;
        // The other half is dropped by a thread that panicked, and by nobody else.
        receiver.await.map_err(|_| Error::new(ErrorCode::Internal, "the thread of the call panicked").into())
    }

    fn begin(&self, work: impl FnOnce() + Send + 'static) -> Result<(), TrustedProfileError> {
        let begun = thread::Builder::new().name("trusted-profile".to_owned()).spawn(work);
        let thread = begun.map_err(|error| Error::new(ErrorCode::Internal, format!("there is no thread for the call: {error}")))?;
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.retain(|thread| !thread.is_finished());
        threads.push(thread);
        Ok(())
    }

    /// Waits for the threads; whatever they wait for has to be ended before.
    pub(crate) fn end(&self) {
        let threads = mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // Where executors go on at once, in the thread that brought the answer, that may be this one.
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}
