//! What the async and the blocking provider share: the machine behind its lock, the wake-ups, and
//! the units of work.

use crate::callback::Callback;
use crate::description::Choice;
use crate::outbox::{EventHandler, Outbox};
use crate::transport::Transport;
use crate::{clocks, files, log, seed};
use http::Response;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, watch};
use trusted_profile_core::operation::{Operation, Reply};
use trusted_profile_core::token::{Exchange, ExchangeId, Input, InputReply};
use trusted_profile_core::{AccessToken, Action, Error, ErrorCode, Now, TokenManager, TransportError, TransportErrorKind};

/// One machine and everything its drivers need.
pub(crate) struct Shared {
    machine: Mutex<Guarded>,
    /// Wakes threads. Goes with the machine's mutex.
    pub(crate) threads: Condvar,
    /// Wakes tasks.
    pub(crate) tasks: Notify,
    pub(crate) transport: Transport,
    /// Ends the tasks of the units of work when it turns true. Each holds a receiver as long as it lives.
    pub(crate) closing: watch::Sender<bool>,
    callback: Option<Callback>,
    outbox: Outbox,
    pub(crate) choice: Choice,
}

/// The machine, and the process it belongs to.
pub(crate) struct Guarded {
    machine: TokenManager,
    process: u32,
}

impl Guarded {
    /// The machine and both clocks, read under the lock.
    pub(crate) fn at(&mut self) -> (&mut TokenManager, Now) {
        let now = clocks::now();
        let process = std::process::id();
        if process != self.process {
            // A child of fork: what was under way is the parent's.
            self.process = process;
            self.machine.after_fork(seed::seed(now));
        }
        (&mut self.machine, now)
    }

    /// Hands over what there is to tell; most calls of the machine have nothing.
    fn drain(&mut self, outbox: &Outbox) -> bool {
        let Some(first) = self.machine.poll_event() else { return false };
        outbox.put(std::iter::once(first).chain(std::iter::from_fn(|| self.machine.poll_event())));
        true
    }
}

/// Something the machine asked for, to be done outside its lock.
pub(crate) enum Work {
    Exchange(Box<Exchange>),
    Input { id: ExchangeId, input: Input },
}

impl Work {
    /// The work in an action; `None` for what a caller deals with itself.
    pub(crate) fn of(action: Action) -> Result<Self, Action> {
        match action {
            Action::Send(exchange) => Ok(Self::Exchange(exchange)),
            Action::NeedInput { id, input } => Ok(Self::Input { id, input }),
            other => Err(other),
        }
    }

    const fn id(&self) -> ExchangeId {
        match self {
            Self::Exchange(exchange) => exchange.id,
            Self::Input { id, .. } => *id,
        }
    }
}

impl Shared {
    pub(crate) fn new(
        machine: TokenManager,
        transport: Transport,
        callback: Option<Callback>,
        on_event: Option<EventHandler>,
        choice: Choice,
    ) -> Arc<Self> {
        let guarded = Guarded { machine, process: std::process::id() };
        let (machine, threads, tasks, closing) = (Mutex::new(guarded), Condvar::new(), Notify::new(), watch::Sender::new(false));
        Arc::new(Self { machine, threads, tasks, transport, closing, callback, outbox: Outbox::new(on_event), choice })
    }

    /// The machine. A panic of another holder left it whole: it is changed only by its own calls.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Guarded> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One call of the machine, followed by what it wants logged.
    pub(crate) fn call<R>(&self, call: impl FnOnce(&mut TokenManager, Now) -> R) -> R {
        let mut guard = self.lock();
        let (machine, now) = guard.at();
        let result = call(machine, now);
        self.publish(guard);
        result
    }

    /// A call that may have changed what others wait for. They are woken before any handler runs.
    pub(crate) fn report<R>(&self, call: impl FnOnce(&mut TokenManager, Now) -> R) -> R {
        let mut guard = self.lock();
        let (machine, now) = guard.at();
        let result = call(machine, now);
        let has_news = guard.drain(&self.outbox);
        drop(guard);
        self.wake();
        if has_news {
            self.outbox.tell();
        }
        result
    }

    pub(crate) fn wake(&self) {
        self.threads.notify_all();
        self.tasks.notify_waiters();
    }

    /// What an operation of the metadata service brought. A 401 drops the identity token.
    pub(crate) fn metadata_reply<O: Operation>(
        &self,
        outcome: Result<Response<Vec<u8>>, TransportError>,
        token: &AccessToken,
    ) -> Result<Reply<O::Output>, Error> {
        let reply = self.call(|machine, _| machine.metadata_reply::<O>(outcome, token));
        if reply.as_ref().is_err_and(|error| error.status() == Some(401)) {
            self.report(|machine, now| machine.invalidate(now, token.slot(), token.generation()));
        }
        reply
    }

    /// Unlocks, then tells what happened. A handler may call the provider itself.
    pub(crate) fn publish(&self, mut guard: MutexGuard<'_, Guarded>) {
        let has_news = guard.drain(&self.outbox);
        drop(guard);
        if has_news {
            self.outbox.tell();
        }
    }

    /// Takes on `work`: from here on it is done, or given back when the unit of work is dropped.
    pub(crate) fn take_on(self: &Arc<Self>, work: Work) -> Unit {
        let duty = Duty { shared: Arc::clone(self), id: work.id(), is_done: false, is_given_back: Arc::default() };
        Unit { work, duty }
    }
}

/// Why a closed provider has no token.
pub(crate) fn closed() -> Error {
    Error::new(ErrorCode::Closed, "the provider was closed")
}

/// A unit of work: lives as long as one exchange, detached from whoever started it.
pub(crate) struct Unit {
    work: Work,
    duty: Duty,
}

impl Unit {
    /// Turns true when the unit is dropped undone.
    pub(crate) fn is_given_back(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.duty.is_given_back)
    }

    /// Reports that the work could not even be started.
    pub(crate) fn fail(self, words: &str) {
        let Self { work, mut duty } = self;
        let (id, failure) = (work.id(), TransportError::new(TransportErrorKind::Other, words));
        duty.fulfil(|machine, now| machine.handle(now, id, Err(failure)));
    }

    /// Does the work and reports it. `reads_here` says that this thread may block on a file.
    pub(crate) async fn perform(self, reads_here: bool) {
        let Self { work, mut duty } = self;
        let shared = Arc::clone(&duty.shared);
        match work {
            Work::Exchange(exchange) => {
                let id = exchange.id;
                log::exchange(&exchange);
                let outcome = shared.transport.send(*exchange).await;
                log::outcome(&outcome);
                duty.fulfil(|machine, now| machine.handle(now, id, outcome));
            }
            Work::Input { id, input } => {
                if let Some(reply) = shared.reply(input, reads_here).await {
                    duty.fulfil(|machine, now| machine.provide(now, id, reply));
                }
            }
        }
    }

    /// The work of a volunteer: one refresh, step by step, until nothing is left to do.
    pub(crate) async fn refresh(self, reads_here: bool) {
        let shared = Arc::clone(&self.duty.shared);
        let mut next = Some(self);
        while let Some(unit) = next {
            unit.perform(reads_here).await;
            let action = shared.call(TokenManager::poll_refresh);
            next = action.and_then(|action| Work::of(action).ok()).map(|work| shared.take_on(work));
        }
    }
}

impl Shared {
    async fn reply(&self, input: Input, reads_here: bool) -> Option<InputReply> {
        match input {
            Input::CrTokenFile { paths, max_bytes } if reads_here => Some(InputReply::CrTokenFile(files::read_in_order(&paths, max_bytes))),
            Input::CrTokenFile { paths, max_bytes } => {
                let read = tokio::task::spawn_blocking(move || files::read_in_order(&paths, max_bytes));
                read.await.ok().map(InputReply::CrTokenFile)
            }
            Input::External { timeout } => {
                let callback = self.callback.as_ref()?;
                Some(InputReply::External(callback.call(timeout).await))
            }
            _ => None,
        }
    }
}

/// The promise to report an exchange. Broken promises are reported too.
struct Duty {
    shared: Arc<Shared>,
    id: ExchangeId,
    is_done: bool,
    is_given_back: Arc<AtomicBool>,
}

impl Duty {
    fn fulfil(&mut self, report: impl FnOnce(&mut TokenManager, Now)) {
        self.is_done = true;
        self.shared.report(report);
    }
}

impl Drop for Duty {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        let id = self.id;
        if std::thread::panicking() {
            // Counted as a failure: giving it back would only have the next one panic as well.
            let defect = TransportError::new(TransportErrorKind::Other, "the unit of work panicked");
            self.shared.report(|machine, now| machine.handle(now, id, Err(defect)));
        } else {
            self.is_given_back.store(true, Ordering::Release);
            self.shared.report(|machine, now| machine.abandon(now, id));
        }
    }
}
