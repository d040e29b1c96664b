//! A callback that does not come back: it is not called again meanwhile.

use crate::deserted::start_threads;
use end_to_end::{Caller, Manner, brisk};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};
use trusted_profile::{CallbackError, ErrorCode, ExternalToken, Secret, TokenProvider, blocking};

/// A callback whose first call hangs until the other end is dropped; and how often it was called.
struct Stuck {
    release: mpsc::Sender<()>,
    held: Arc<Mutex<Option<mpsc::Receiver<()>>>>,
    calls: Arc<AtomicUsize>,
}

impl Stuck {
    fn new() -> Self {
        let (release, held) = mpsc::channel();
        Self { release, held: Arc::new(Mutex::new(Some(held))), calls: Arc::default() }
    }

    fn callback(&self) -> impl Fn() -> Result<ExternalToken, CallbackError> + Send + Sync + 'static {
        let (held, calls) = (Arc::clone(&self.held), Arc::clone(&self.calls));
        move || {
            calls.fetch_add(1, Ordering::SeqCst);
            let first = held.lock().unwrap().take();
            if let Some(held) = first {
                let _ = held.recv();
                return Err("too late".into());
            }
            Ok(ExternalToken { access_token: Secret::new("second"), expires_in: Duration::from_secs(3600) })
        }
    }
}

#[test]
fn it_is_called_again_only_when_it_has_returned() {
    for manner in Manner::BOTH {
        let stuck = Stuck::new();
        let tokens = Caller::new(TokenProvider::external_blocking(stuck.callback()).policy(brisk()), manner);
        for _ in 0..3 {
            let error = tokens.token().unwrap_err();
            assert_eq!(error.code(), ErrorCode::ExternalSourceFailed, "{error}");
            assert!(error.message().contains("the previous call of the callback has not returned"), "{error}");
        }
        assert_eq!(stuck.calls.load(Ordering::SeqCst), 1, "{manner:?}");
        drop(stuck.release);
        // Its thread lets go of the call some moments after it returned.
        let start = Instant::now();
        let token = loop {
            match tokens.token() {
                Ok(token) => break token,
                Err(error) => assert!(start.elapsed() < Duration::from_secs(30), "{error}"),
            }
        };
        assert_eq!(token.expose(), "second");
        assert_eq!(stuck.calls.load(Ordering::SeqCst), 2, "{manner:?}");
    }
}

#[test]
fn whoever_closes_does_not_wait_for_it() {
    let stuck = Stuck::new();
    let tokens = Arc::new(blocking::TokenProvider::external_blocking(stuck.callback()).policy(brisk()).build_blocking().unwrap());
    let threads = start_threads(&tokens, 16);
    while stuck.calls.load(Ordering::SeqCst) == 0 {
        std::thread::yield_now();
    }
    tokens.close();
    for thread in threads {
        assert_eq!(thread.join().unwrap().unwrap_err().code(), ErrorCode::Closed);
    }
    drop(stuck.release);
}
