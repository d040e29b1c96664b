//! A runtime on a thread of its own, for programs that have none.

use std::io;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// Ends the runtime and its thread when dropped, even from within another runtime.
pub(crate) struct RuntimeThread {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    pub(crate) handle: Handle,
}

impl RuntimeThread {
    pub(crate) fn start() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("simulator").enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("simulator-runtime".to_owned()).spawn(move || {
            // Either a message or a dropped sender means the end.
            let _ = runtime.block_on(stopped);
            // Long enough for the tasks to be dropped and the ports to be closed.
            runtime.shutdown_timeout(Duration::from_secs(2));
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread), handle })
    }
}

impl Drop for RuntimeThread {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
