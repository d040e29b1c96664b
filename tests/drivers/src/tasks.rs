//! The driver for tokio: one mutex, one `Notify`, a spawned task for each exchange.

use crate::judge::Report;
use crate::scenario::{Job, Moment, Then};
use crate::stage::{Call, PREFILL, Stage};
use crate::unit::{self, Unit, Work};
use std::mem;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::runtime;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout_at;
use trusted_profile_core::{AccessToken, Action, Error, ErrorCode, Now, Slot, Ticket, TokenManager};

struct Driver {
    machine: Mutex<TokenManager>,
    woken: Notify,
    units: Mutex<Vec<JoinHandle<()>>>,
    slot: Slot,
    stage: Arc<Stage>,
}

impl Driver {
    fn lock(&self) -> MutexGuard<'_, TokenManager> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn token(self: &Arc<Self>, caller: usize) -> Result<AccessToken, Error> {
        let mut ticket = Ticket::new();
        loop {
            // Registered before the poll: a report between poll and wait is not lost.
            let mut woken = pin!(self.woken.notified());
            woken.as_mut().enable();
            let (action, reports) = self.poll(caller, &mut ticket);
            match action {
                Polled::Work(unit) if self.stage.has("tied") => self.perform(unit).await,
                Polled::Work(unit) => {
                    let driver = Arc::clone(self);
                    self.spawn(async move { driver.perform(unit).await });
                }
                Polled::Other(Action::Wait { at_most }) => {
                    let deadline = Instant::now() + at_most;
                    if self.stage.job.hook {
                        self.stage.until_for_task(deadline, |scene| scene.reports > reports).await;
                    }
                    let waited = if self.stage.has("late_wait") {
                        timeout_at(deadline.into(), self.woken.notified()).await
                    } else {
                        timeout_at(deadline.into(), woken).await
                    };
                    if waited.is_err() {
                        self.stage.ran_out(at_most);
                    }
                }
                Polled::Other(Action::Ready(token)) => return Ok(token),
                Polled::Other(Action::Failed(error)) => return Err(error),
                Polled::Other(_) => return Err(Error::new(ErrorCode::Internal, "no such action")),
            }
        }
    }

    /// Everything that happens under the lock. A guard must not live across an `await`, so it gets a
    /// function of its own.
    fn poll(self: &Arc<Self>, caller: usize, ticket: &mut Ticket) -> (Polled, u64) {
        let mut machine = self.lock();
        let action = machine.poll(self.slot, self.stage.now(), ticket);
        let reports = self.stage.scene().reports;
        match &action {
            Action::Wait { .. } => self.stage.begins_to_wait(),
            Action::Ready(_) => {
                if let Some(Ok(work)) = machine.poll_refresh(self.stage.now()).map(Work::of) {
                    let unit = Unit::take_on(self, work, None);
                    self.stage.volunteered();
                    let driver = Arc::clone(self);
                    self.spawn(async move { driver.refresh(unit).await });
                }
            }
            _ => {}
        }
        let polled = Work::of(action).map_or_else(Polled::Other, |work| Polled::Work(Unit::take_on(self, work, Some(caller))));
        (polled, reports)
    }

    async fn perform(&self, unit: Unit<Self>) {
        self.stage.pass_gate_for_task(unit.ordinal).await;
        unit.finish();
    }

    /// The work of a volunteer: step by step, until nothing is left to do.
    async fn refresh(self: &Arc<Self>, unit: Unit<Self>) {
        let mut next = Some(unit);
        while let Some(unit) = next {
            self.perform(unit).await;
            let work = self.lock().poll_refresh(self.stage.now()).and_then(|work| Work::of(work).ok());
            next = work.map(|work| Unit::take_on(self, work, None));
        }
    }

    fn spawn(&self, unit: impl Future<Output = ()> + Send + 'static) {
        self.units.lock().unwrap_or_else(PoisonError::into_inner).push(tokio::spawn(unit));
    }

    async fn join(&self) {
        loop {
            let units = mem::take(&mut *self.units.lock().unwrap_or_else(PoisonError::into_inner));
            if units.is_empty() {
                return;
            }
            for unit in units {
                // One that panicked has reported itself.
                let _ = unit.await;
            }
        }
    }
}

/// What a poll came to.
enum Polled {
    Work(Unit<Driver>),
    Other(Action),
}

impl unit::Driver for Driver {
    fn report(&self, call: &mut dyn FnMut(&mut TokenManager, Now)) {
        let mut machine = self.lock();
        let now = self.stage.now();
        call(&mut machine, now);
        match self.stage.job.defect.as_str() {
            "no_wake" => {}
            "wake_one" => self.woken.notify_one(),
            _ => self.woken.notify_waiters(),
        }
        self.stage.reported();
    }

    fn stage(&self) -> &Stage {
        &self.stage
    }
}

/// Plays a job on a runtime with two workers.
///
/// # Panics
/// When the machine gives no threads for a runtime.
#[must_use]
#[expect(clippy::expect_used, reason = "without a runtime there is nothing to prove")]
pub fn play(job: &Job) -> Report {
    let runtime = runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().expect("a runtime starts");
    runtime.block_on(async {
        let stage = Stage::new(job);
        let mut report = Report::default();
        for _ in 0..job.play.repeat {
            report = round(&stage).await;
        }
        report
    })
}

async fn round(stage: &Arc<Stage>) -> Report {
    let play = &stage.job.play;
    stage.begin();
    let machine = stage.machine();
    let slot = machine.last_slot();
    let driver =
        Arc::new(Driver { machine: Mutex::new(machine), woken: Notify::new(), units: Mutex::default(), slot, stage: Arc::clone(stage) });
    if let Some(prefill) = play.prefill {
        call(Arc::clone(&driver), PREFILL).await;
        stage.pass(prefill.then_pass_s);
        if prefill.then_invalidate {
            unit::Driver::report(&*driver, &mut |machine, now| machine.invalidate(now, slot, 1));
        }
    }
    crowd(&driver, play.callers, play.moment).await;
    crowd(&driver, play.late, None).await;
    driver.join().await;
    stage.report(&mut driver.lock())
}

async fn call(driver: Arc<Driver>, caller: usize) {
    let call = Call::new(Arc::clone(&driver.stage), caller);
    let answer = driver.token(caller).await;
    call.answered(&answer);
}

async fn crowd(driver: &Arc<Driver>, callers: usize, moment: Option<Moment>) {
    let calls: Vec<_> = (0..callers).map(|caller| tokio::spawn(call(Arc::clone(driver), caller))).collect();
    if let Some(moment) = moment {
        driver.stage.expect_for_task(|scene| scene.are_waiting(moment.waiting)).await;
        direct(driver, moment.then, &calls).await;
        driver.stage.moment_is_over();
    }
    for call in calls {
        // Cancelled calls have been counted.
        let _ = call.await;
    }
}

/// Makes the moment happen.
async fn direct(driver: &Arc<Driver>, then: Then, calls: &[JoinHandle<()>]) {
    let sender = driver.stage.scene().sender;
    let others = (0..calls.len()).filter(|caller| Some(*caller) != sender);
    let leaving: Vec<usize> = match then {
        Then::CancelSender => sender.into_iter().collect(),
        Then::CancelWaiters => others.take(10).collect(),
        Then::CancelAll => (0..calls.len()).collect(),
        Then::Invalidate => return unit::Driver::report(&**driver, &mut |machine, now| machine.invalidate(now, driver.slot, 1)),
        Then::AfterFork => return unit::Driver::report(&**driver, &mut |machine, _| machine.after_fork(8)),
        Then::CloseLoop => return,
    };
    for call in leaving.iter().filter_map(|caller| calls.get(*caller)) {
        call.abort();
    }
    driver.stage.expect_for_task(|scene| scene.have_returned(leaving.len())).await;
}
