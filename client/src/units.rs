//! The threads of the units of work of whatever blocks.

use crate::per_process::PerProcess;
use std::mem::{self, ManuallyDrop};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use tokio::runtime;
use tokio::sync::watch;

/// Every unit of work in a short thread of its own, so that a caller that gives up harms nobody.
pub(crate) struct Units {
    threads: PerProcess<Mutex<Vec<Handle>>>,
    /// Ends what is under way when it turns true. The parent's threads wait in a list of theirs.
    closing: PerProcess<watch::Sender<bool>>,
    /// Holds for children as well.
    is_closed: AtomicBool,
}

/// Forgotten, not dropped, in a child of fork: the thread is the parent's and does not exist there.
type Handle = ManuallyDrop<JoinHandle<()>>;

impl Units {
    pub(crate) fn new() -> Self {
        Self { threads: PerProcess::default(), closing: PerProcess::default(), is_closed: AtomicBool::new(false) }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    /// Does `work` with `unit` in a thread and a runtime of its own.
    ///
    /// # Errors
    /// The unit, and why it could not be started.
    pub(crate) fn start<U, W>(&self, unit: U, work: impl FnOnce(U) -> W + Send + 'static) -> Result<(), (U, String)>
    where
        U: Send + 'static,
        W: Future<Output = ()>,
    {
        let runtime = match runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return Err((unit, format!("no runtime for an exchange: {error}"))),
        };
        let mut closing = self.closing.get().subscribe();
        // Kept where it can be had back, should there be no thread for it.
        let kept = Arc::new(Mutex::new(Some(unit)));
        let take = |kept: &Mutex<Option<U>>| kept.lock().unwrap_or_else(PoisonError::into_inner).take();
        let given = Arc::clone(&kept);
        let run = move || {
            let Some(unit) = take(&given) else { return };
            runtime.block_on(async {
                tokio::select! {
                    () = work(unit) => {}
                    _ = closing.wait_for(|is_closing| *is_closing) => {}
                }
            });
            // A name lookup or callback that is stuck must not hold up whoever closes.
            runtime.shutdown_background();
        };
        let mut threads = self.threads();
        let (finished, running) = mem::take(&mut *threads).into_iter().partition(|thread| thread.is_finished());
        *threads = running;
        finished.into_iter().map(ManuallyDrop::into_inner).for_each(drop::<JoinHandle<()>>);
        match thread::Builder::new().name("trusted-profile".to_owned()).spawn(run) {
            Ok(thread) => {
                threads.push(ManuallyDrop::new(thread));
                Ok(())
            }
            Err(error) => {
                drop(threads);
                take(&kept).map_or(Ok(()), |unit| Err((unit, format!("no thread for an exchange: {error}"))))
            }
        }
    }

    fn threads(&self) -> MutexGuard<'_, Vec<Handle>> {
        self.threads.get().lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        self.closing.get().send_replace(true);
    }

    pub(crate) fn join(&self) {
        let threads = mem::take(&mut *self.threads());
        for thread in threads.into_iter().map(ManuallyDrop::into_inner) {
            if thread.thread().id() != thread::current().id() {
                // A unit that panicked has reported itself already.
                let _ = thread.join();
            }
        }
    }
}
