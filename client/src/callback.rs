//! The program's own token callback.

use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use trusted_profile_core::token::ExternalToken;

/// What a callback may fail with. Its text goes into errors: it must hold no secret.
pub type CallbackError = Box<dyn StdError + Send + Sync>;

type Answer = Result<ExternalToken, CallbackError>;
type Asynchronous = dyn Fn() -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync;
type Blocking = dyn Fn() -> Answer + Send + Sync;

/// A callback of either manner.
#[derive(Clone)]
pub(crate) enum Callback {
    Async(Arc<Asynchronous>),
    Blocking(Arc<Blocking>, Arc<Calls>),
}

impl Callback {
    pub(crate) fn asynchronous(callback: Arc<Asynchronous>) -> Self {
        Self::Async(callback)
    }

    pub(crate) fn blocking(callback: Arc<Blocking>) -> Self {
        Self::Blocking(callback, Arc::default())
    }

    /// Calls it. A panic is a failure like others. One that awaits ends with this call.
    ///
    /// One that blocks cannot be stopped. It keeps its one thread, and further attempts fail at once
    /// until it returns, so that threads do not pile up.
    pub(crate) async fn call(&self, timeout: Duration) -> Result<ExternalToken, String> {
        let mut task = JoinSet::new();
        match self {
            Self::Async(callback) => drop(task.spawn(callback())),
            Self::Blocking(callback, calls) => {
                let Some(call) = Call::begin(calls) else {
                    return Err("the previous call of the callback has not returned".to_owned());
                };
                let callback = Arc::clone(callback);
                task.spawn_blocking(move || {
                    // Over when the callback returns or panics, not when we have lost patience.
                    let _call = call;
                    callback()
                });
            }
        }
        match tokio::time::timeout(timeout, task.join_next()).await {
            Ok(Some(Ok(answer))) => answer.map_err(|error| error.to_string()),
            Ok(_) => Err("it panicked".to_owned()),
            Err(_) => Err(format!("it took longer than {:.1} s", timeout.as_secs_f64())),
        }
    }
}

/// The process in which a call is out; none is 0. A child of `fork` has none of its parent's.
#[derive(Default)]
pub(crate) struct Calls(AtomicU32);

/// A call that is out.
struct Call(Arc<Calls>);

impl Call {
    fn begin(calls: &Arc<Calls>) -> Option<Self> {
        let process = std::process::id();
        let before = calls.0.swap(process, Ordering::AcqRel);
        (before != process).then(|| Self(Arc::clone(calls)))
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.0.0.store(0, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Mutex, mpsc};

    const SHORT: Duration = Duration::from_millis(1);
    const LONG: Duration = Duration::from_secs(60);
    const OUT: &str = "the previous call of the callback has not returned";

    fn token() -> Answer {
        Ok(ExternalToken { access_token: trusted_profile_core::Secret::new("token"), expires_in: LONG })
    }

    #[tokio::test]
    async fn a_callback_that_hangs_is_called_once() {
        let (release, held) = mpsc::channel::<()>();
        let (returned, mut returns) = tokio::sync::mpsc::unbounded_channel();
        let (begun, begins) = mpsc::channel();
        let held = Mutex::new(held);
        let callback = Callback::blocking(Arc::new(move || {
            begun.send(()).unwrap();
            let outcome = held.lock().unwrap().recv();
            returned.send(()).unwrap();
            outcome.map_err(CallbackError::from).and_then(|()| token())
        }));
        // On a busy machine the time may be up before the callback begins: then it never does.
        while begins.try_recv().is_err() {
            let words = callback.call(SHORT).await.unwrap_err();
            assert!(words.starts_with("it took longer than") || words == OUT, "{words}");
        }
        for _ in 0..10 {
            assert_eq!(callback.clone().call(LONG).await.unwrap_err(), OUT);
        }
        release.send(()).unwrap();
        returns.recv().await.unwrap();
        release.send(()).unwrap();
        // It returned; its thread has let go of the call within moments.
        let again = loop {
            match callback.call(LONG).await {
                Err(words) if words == OUT => tokio::task::yield_now().await,
                other => break other,
            }
        };
        assert!(again.is_ok(), "{again:?}");
        assert!(returns.try_recv().is_ok() && returns.try_recv().is_err(), "it ran twice, not twelve times");
    }

    #[tokio::test]
    async fn a_callback_that_panics_or_awaits_for_ever_can_be_called_again() {
        let panics = Callback::blocking(Arc::new(|| panic!("on purpose")));
        let awaits = Callback::asynchronous(Arc::new(|| Box::pin(std::future::pending())));
        for _ in 0..2 {
            assert_eq!(panics.call(LONG).await.unwrap_err(), "it panicked");
        }
        for _ in 0..2 {
            let words = awaits.call(SHORT).await.unwrap_err();
            assert!(words.starts_with("it took longer than"), "{words}");
        }
    }

    #[test]
    fn a_call_of_the_parent_is_not_out_in_a_child() {
        let calls = Arc::new(Calls(AtomicU32::new(std::process::id().wrapping_add(1))));
        let call = Call::begin(&calls).unwrap();
        assert!(Call::begin(&calls).is_none());
        drop(call);
        assert!(Call::begin(&calls).is_some());
    }
}
