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

/// What a future waits for. Dropped before that has come, it says so, and what comes after all goes to `unclaimed`.
struct Awaited<T, K: Fn(T)> {
    has_left: Arc<AtomicBool>,
    receiver: oneshot::Receiver<T>,
    unclaimed: K,
}

impl<T, K: Fn(T)> Drop for Awaited<T, K> {
    fn drop(&mut self) {
        self.has_left.store(true, Ordering::Release);
        // From here on the thread finds that nobody receives; what it sent before is here.
        self.receiver.close();
        if let Ok(done) = self.receiver.try_recv() {
            (self.unclaimed)(done);
        }
    }
}

impl Callers {
    /// Does `work`, which is told by what it gets whether its caller has left. `unclaimed` takes what came of it for a caller who
    /// had left.
    pub(crate) async fn away<T: Send + 'static>(
        &self,
        work: impl FnOnce(&AtomicBool) -> T + Send + 'static,
        unclaimed: impl Fn(T) + Clone + Send + 'static,
    ) -> Result<T, TrustedProfileError> {
        let has_left = Arc::new(AtomicBool::new(false));
        let (sender, receiver) = oneshot::channel();
        let mut awaited = Awaited { has_left: Arc::clone(&has_left), receiver, unclaimed: unclaimed.clone() };
        self.begin(move || {
            if let Err(done) = sender.send(work(&has_left)) {
                unclaimed(done);
            }
        })?;
        // The other half is dropped by a thread that panicked, and by nobody else.
        (&mut awaited.receiver).await.map_err(|_| Error::new(ErrorCode::Internal, "the thread of the call panicked").into())
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::sync::mpsc;
    use std::task::{Context, Poll, Waker};

    /// Awaits a work until it is told to go on, and leaves before or after it has sent what came of it.
    fn leave(is_done_before: bool) -> (Option<i32>, bool) {
        let callers = Callers::default();
        let (go_on, may_go_on) = mpsc::channel();
        let (kept, keeping) = mpsc::channel();
        let (tell, told) = mpsc::channel();
        let work = move |has_left: &AtomicBool| {
            may_go_on.recv().unwrap();
            tell.send(has_left.load(Ordering::Acquire)).unwrap();
            7
        };
        let mut future = Box::pin(callers.away(work, move |done| kept.send(done).unwrap()));
        assert!(matches!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending));
        if is_done_before {
            go_on.send(()).unwrap();
            callers.end();
            drop(future);
        } else {
            drop(future);
            go_on.send(()).unwrap();
            callers.end();
        }
        (keeping.try_recv().ok(), told.recv().unwrap())
    }

    #[test]
    fn what_came_for_nobody_is_kept() {
        assert_eq!((leave(true), leave(false)), ((Some(7), false), (Some(7), true)));
    }

    #[test]
    fn what_was_received_is_not_kept_as_well() {
        let callers = Callers::default();
        let (kept, keeping) = mpsc::channel();
        let mut future = pin!(callers.away(|_| 7, move |done: i32| kept.send(done).unwrap()));
        let mut context = Context::from_waker(Waker::noop());
        let done = loop {
            if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
                break done;
            }
            callers.end();
        };
        assert_eq!((done.unwrap(), keeping.try_recv().ok()), (7, None));
    }
}
