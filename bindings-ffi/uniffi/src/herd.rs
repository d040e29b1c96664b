//! Callers that await.
//!
//! A future of UniFFI is polled by the executor of the other language, which knows neither our clock nor our threads. So
//! one thread waits for all who await, for as long as somebody does, and a second one looks after those that have a limit
//! of their own. Whoever drops a future has left, and nobody notices.

use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use trusted_profile_core::{AccessToken, Error, ErrorCode};

pub(crate) type Answer = Result<AccessToken, Error>;

/// Those who await the token of one step.
pub(crate) struct Herd {
    /// Waits for the token as long as the policy allows.
    ask: Box<dyn Fn() -> Answer + Send + Sync>,
    state: Mutex<State>,
    /// There is somebody new with a limit, or nobody left.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: Vec<Waiter>,
    is_asking: bool,
    is_watching: bool,
    threads: Vec<JoinHandle<()>>,
}

struct Waiter {
    limit: Option<Limit>,
    answer: oneshot::Sender<Answer>,
}

#[derive(Clone, Copy)]
struct Limit {
    end: Instant,
    allowed: Duration,
}

impl Herd {
    pub(crate) fn new(ask: impl Fn() -> Answer + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { ask: Box::new(ask), state: Mutex::default(), changed: Condvar::new() })
    }

    /// The answer that the next one to ask gets.
    pub(crate) async fn answer(self: &Arc<Self>, timeout: Option<Duration>) -> Answer {
        let answer = self.join(timeout);
        // The other half is dropped by a thread that panicked, and by nobody else.
        answer.await.unwrap_or_else(|_| Err(Error::new(ErrorCode::Internal, "the thread that waited for the token panicked")))
    }

    fn join(self: &Arc<Self>, timeout: Option<Duration>) -> oneshot::Receiver<Answer> {
        let (sender, receiver) = oneshot::channel();
        let limit = timeout.and_then(|allowed| Some(Limit { end: Instant::now().checked_add(allowed)?, allowed }));
        let mut state = self.lock();
        state.waiting.push(Waiter { limit, answer: sender });
        if !state.is_asking {
            state.is_asking = self.begin(&mut state, Self::ask_for_all);
            if !state.is_asking {
                let lost = mem::take(&mut state.waiting);
                drop(state);
                tell(lost, &Err(Error::new(ErrorCode::Internal, "there is no thread to wait for the token in")));
                return receiver;
            }
        }
        if limit.is_some() {
            // Without a thread for it, the policy alone is the limit.
            state.is_watching = state.is_watching || self.begin(&mut state, Self::watch);
            self.changed.notify_all();
        }
        receiver
    }

    fn begin(self: &Arc<Self>, state: &mut State, work: fn(&Self)) -> bool {
        state.threads.retain(|thread| !thread.is_finished());
        let herd = Arc::clone(self);
        let begun = thread::Builder::new().name("trusted-profile".to_owned()).spawn(move || work(&herd));
        begun.map(|thread| state.threads.push(thread)).is_ok()
    }

    fn ask_for_all(&self) {
        // However this ends, whoever comes later has to be able to begin anew.
        let mut done = Done { herd: self, answer: None };
        done.answer = Some((self.ask)());
    }

    fn watch(&self) {
        let mut state = self.lock();
        loop {
            state.waiting.retain(|waiter| !waiter.answer.is_closed());
            let now = Instant::now();
            let is_late = |waiter: &mut Waiter| waiter.limit.is_some_and(|limit| limit.end <= now);
            let late: Vec<Waiter> = state.waiting.extract_if(.., is_late).collect();
            if !late.is_empty() {
                drop(state);
                for waiter in late {
                    let words = late_words(waiter.limit.map(|limit| limit.allowed).unwrap_or_default());
                    tell(vec![waiter], &Err(Error::new(ErrorCode::DeadlineExceeded, words)));
                }
                state = self.lock();
                continue;
            }
            let Some(next) = state.waiting.iter().filter_map(|waiter| waiter.limit).map(|limit| limit.end).min() else {
                state.is_watching = false;
                return;
            };
            let waited = self.changed.wait_timeout(state, next.saturating_duration_since(now));
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits for the threads; whatever they wait for has to be ended before.
    pub(crate) fn end(&self) {
        let threads = mem::take(&mut self.lock().threads);
        for thread in threads {
            // Where executors go on at once, in the thread that brought the answer, that may be this one.
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets everybody know, even when the thread panics: they then see that there is no answer.
struct Done<'a> {
    herd: &'a Herd,
    answer: Option<Answer>,
}

impl Drop for Done<'_> {
    fn drop(&mut self) {
        let mut state = self.herd.lock();
        state.is_asking = false;
        let waiting = mem::take(&mut state.waiting);
        drop(state);
        self.herd.changed.notify_all();
        if let Some(answer) = self.answer.take() {
            tell(waiting, &answer);
        }
    }
}

/// Without the lock: an executor may go on in this very thread.
fn tell(waiting: Vec<Waiter>, answer: &Answer) {
    for waiter in waiting {
        // Somebody may have left.
        let _ = waiter.answer.send(answer.clone());
    }
}

/// As the client puts it for callers that block.
fn late_words(allowed: Duration) -> String {
    format!("no token within the {:.1} s that the caller allowed; the fetch goes on", allowed.as_secs_f64())
}

#[cfg(test)]
mod tests;
