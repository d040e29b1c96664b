//! Telling what happened, in the order in which it happened.

use crate::log;
use crate::per_process::PerProcess;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use trusted_profile_core::token::Event;

pub(crate) type EventHandler = Box<dyn Fn(&Event) + Send + Sync>;

/// More than this waits only behind a handler that hangs; older events go first.
const KEPT: usize = 256;

/// Events on their way to the log and the program's handler.
pub(crate) struct Outbox {
    handler: Option<EventHandler>,
    waiting: PerProcess<Mutex<VecDeque<Event>>>,
    /// Held by the one thread that tells.
    telling: PerProcess<Mutex<()>>,
}

impl Outbox {
    pub(crate) fn new(handler: Option<EventHandler>) -> Self {
        Self { handler, waiting: PerProcess::default(), telling: PerProcess::default() }
    }

    /// Takes what the machine has to tell. To be called under the machine's lock: that is the order.
    pub(crate) fn put(&self, events: impl Iterator<Item = Event>) {
        let mut waiting = self.waiting();
        waiting.extend(events);
        let excess = waiting.len().saturating_sub(KEPT);
        waiting.drain(..excess);
    }

    /// Tells everything that waits, without any lock of the machine: a handler may call the provider.
    /// While another thread tells, or a handler up the stack, it is left to them.
    pub(crate) fn tell(&self) {
        while !self.waiting().is_empty() {
            let Ok(_telling) = self.telling.get().try_lock() else { return };
            while let Some(event) = self.next() {
                self.tell_one(&event);
            }
        }
    }

    fn next(&self) -> Option<Event> {
        self.waiting().pop_front()
    }

    fn tell_one(&self, event: &Event) {
        log::event(event);
        if let Some(handler) = &self.handler {
            // A handler that panics must not take down whoever happened to report.
            if catch_unwind(AssertUnwindSafe(|| handler(event))).is_err() {
                tracing::error!(target: "trusted_profile", "the on_event handler panicked");
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Event>> {
        self.waiting.get().lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::thread;

    fn numbered(seconds: i64) -> Event {
        Event::ClockSkew { seconds }
    }

    fn outbox_of(handler: impl Fn(&Outbox, i64) + Send + Sync + 'static) -> Arc<Outbox> {
        Arc::new_cyclic(|outbox: &std::sync::Weak<Outbox>| {
            let outbox = outbox.clone();
            Outbox::new(Some(Box::new(move |event| {
                let Event::ClockSkew { seconds } = event else { unreachable!() };
                handler(&outbox.upgrade().unwrap(), *seconds);
            })))
        })
    }

    #[test]
    fn many_threads_tell_in_the_order_of_putting() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let note = Arc::clone(&told);
        let outbox = outbox_of(move |_, number| note.lock().unwrap().push(number));
        let number = Mutex::new(0);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        // As under the machine's lock.
                        let mut number = number.lock().unwrap();
                        *number += 1;
                        outbox.put(std::iter::once(numbered(*number)));
                        drop(number);
                        outbox.tell();
                    }
                });
            }
        });
        assert_eq!(*told.lock().unwrap(), (1..=160).collect::<Vec<_>>());
    }

    #[test]
    fn a_handler_may_cause_events_and_may_panic() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let note = Arc::clone(&told);
        let outbox = outbox_of(move |outbox, number| {
            note.lock().unwrap().push(number);
            if number == 1 {
                outbox.put(std::iter::once(numbered(2)));
                outbox.tell();
                panic!("the first one does");
            }
        });
        outbox.put(std::iter::once(numbered(1)));
        outbox.tell();
        assert_eq!(*told.lock().unwrap(), [1, 2]);
    }

    #[test]
    fn what_waits_behind_a_handler_that_hangs_is_bounded() {
        let outbox = Outbox::new(None);
        outbox.put((0..1000).map(numbered));
        assert_eq!(outbox.waiting().len(), KEPT);
        assert_eq!(outbox.next(), Some(numbered(744)));
    }
}
