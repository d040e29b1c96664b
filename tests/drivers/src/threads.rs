//! The driver for threads: one mutex, one condition variable, a short thread for each exchange.

use crate::judge::Report;
use crate::scenario::{Job, Moment, Then};
use crate::stage::{Call, PREFILL, Stage};
use crate::unit::{self, Unit, Work};
use std::iter;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;
use trusted_profile_core::{AccessToken, Action, Error, Now, Slot, Ticket, TokenManager};

struct Driver {
    machine: Mutex<TokenManager>,
    woken: Condvar,
    units: Mutex<Vec<JoinHandle<()>>>,
    slot: Slot,
    stage: Arc<Stage>,
}

/// Set when a caller gives up, such as when its own deadline passes.
type Gone = Arc<AtomicBool>;

impl Driver {
    fn lock(&self) -> MutexGuard<'_, TokenManager> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A token, an error, or nothing for a caller that gave up.
    fn token(self: &Arc<Self>, caller: usize, gone: &Gone) -> Option<Result<AccessToken, Error>> {
        let mut ticket = Ticket::new();
        loop {
            let mut machine = self.lock();
            if gone.load(Ordering::Acquire) {
                return None;
            }
            let action = machine.poll(self.slot, self.stage.now(), &mut ticket);
            match Work::of(action) {
                Ok(work) => {
                    let unit = Unit::take_on(self, work, Some(caller));
                    drop(machine);
                    self.start(unit, gone);
                }
                Err(Action::Wait { at_most }) => {
                    let deadline = Instant::now() + at_most;
                    if !self.wait(machine, deadline) {
                        self.stage.ran_out(at_most);
                    }
                }
                Err(Action::Ready(token)) => {
                    let refresh = machine.poll_refresh(self.stage.now());
                    let unit = refresh.and_then(|work| Work::of(work).ok()).map(|work| Unit::take_on(self, work, None));
                    drop(machine);
                    if let Some(unit) = unit {
                        self.stage.volunteered();
                        self.spawn(move |driver| driver.refresh(unit));
                    }
                    return Some(Ok(token));
                }
                Err(Action::Failed(error)) => return Some(Err(error)),
                Err(_) => return None,
            }
        }
    }

    /// Waits to be woken. The wait begins in the same step that gives up the lock: a report cannot
    /// fall between the two.
    fn wait(&self, machine: MutexGuard<'_, TokenManager>, deadline: Instant) -> bool {
        self.stage.begins_to_wait();
        let mut machine = machine;
        if self.stage.has("late_wait") {
            let reports = self.stage.scene().reports;
            drop(machine);
            self.stage.until(deadline, |scene| scene.reports > reports);
            machine = self.lock();
        } else {
            self.stage.pause_under_lock(deadline);
        }
        let left = deadline.saturating_duration_since(Instant::now());
        let waited = self.woken.wait_timeout(machine, left);
        let (_machine, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        !timeout.timed_out()
    }

    fn start(self: &Arc<Self>, unit: Unit<Self>, gone: &Gone) {
        if self.stage.has("tied") {
            // Broken: the exchange runs in the caller, and ends with it.
            self.stage.pass_gate(unit.ordinal, || gone.load(Ordering::Acquire));
            if !gone.load(Ordering::Acquire) {
                unit.finish();
            }
            return;
        }
        self.spawn(move |driver| driver.perform(unit));
    }

    fn perform(&self, unit: Unit<Self>) {
        self.stage.pass_gate(unit.ordinal, || false);
        unit.finish();
    }

    /// The work of a volunteer: step by step, until nothing is left to do.
    fn refresh(self: &Arc<Self>, unit: Unit<Self>) {
        let mut next = Some(unit);
        while let Some(unit) = next {
            self.perform(unit);
            let mut machine = self.lock();
            let work = machine.poll_refresh(self.stage.now()).and_then(|work| Work::of(work).ok());
            next = work.map(|work| Unit::take_on(self, work, None));
        }
    }

    fn spawn(self: &Arc<Self>, run: impl FnOnce(&Arc<Self>) + Send + 'static) {
        let driver = Arc::clone(self);
        let unit = thread::spawn(move || run(&driver));
        self.units.lock().unwrap_or_else(PoisonError::into_inner).push(unit);
    }

    /// Joins all units of work, those included that others start meanwhile.
    fn join(&self) {
        loop {
            let units = mem::take(&mut *self.units.lock().unwrap_or_else(PoisonError::into_inner));
            if units.is_empty() {
                return;
            }
            for unit in units {
                // One that panicked has reported itself.
                let _ = unit.join();
            }
        }
    }
}

impl unit::Driver for Driver {
    fn report(&self, call: &mut dyn FnMut(&mut TokenManager, Now)) {
        self.stage.at_door();
        let mut machine = self.lock();
        let now = self.stage.now();
        call(&mut machine, now);
        self.stage.reported();
        match self.stage.job.defect.as_str() {
            "no_wake" => {}
            "wake_one" => self.woken.notify_one(),
            _ => self.woken.notify_all(),
        }
    }

    fn stage(&self) -> &Stage {
        &self.stage
    }
}

/// Plays a job with threads.
#[must_use]
pub fn play(job: &Job) -> Report {
    let stage = Stage::new(job);
    let play = &job.play;
    let mut report = Report::default();
    for _ in 0..play.repeat {
        stage.begin();
        let machine = stage.machine();
        let slot = machine.last_slot();
        let driver = Arc::new(Driver {
            machine: Mutex::new(machine),
            woken: Condvar::new(),
            units: Mutex::default(),
            slot,
            stage: Arc::clone(&stage),
        });
        if let Some(prefill) = play.prefill {
            call(&driver, PREFILL, &Gone::default());
            stage.pass(prefill.then_pass_s);
            if prefill.then_invalidate {
                unit::Driver::report(&*driver, &mut |machine, now| machine.invalidate(now, slot, 1));
            }
        }
        crowd(&driver, play.callers, play.moment);
        crowd(&driver, play.late, None);
        driver.join();
        report = stage.report(&mut driver.lock());
    }
    report
}

fn call(driver: &Arc<Driver>, caller: usize, gone: &Gone) {
    let call = Call::new(Arc::clone(&driver.stage), caller);
    if let Some(answer) = driver.token(caller, gone) {
        call.answered(&answer);
    }
}

fn crowd(driver: &Arc<Driver>, callers: usize, moment: Option<Moment>) {
    let gone: Vec<Gone> = iter::repeat_with(Gone::default).take(callers).collect();
    thread::scope(|scope| {
        for (caller, gone) in gone.iter().enumerate() {
            scope.spawn(move || call(driver, caller, gone));
        }
        if let Some(moment) = moment {
            driver.stage.expect(|scene| scene.are_waiting(moment.waiting));
            direct(driver, moment.then, &gone);
            driver.stage.moment_is_over();
        }
    });
}

/// Makes the moment happen.
fn direct(driver: &Arc<Driver>, then: Then, gone: &[Gone]) {
    let sender = driver.stage.scene().sender;
    let others = (0..gone.len()).filter(|caller| Some(*caller) != sender);
    let leaving: Vec<usize> = match then {
        Then::CancelSender => sender.into_iter().collect(),
        Then::CancelWaiters => others.take(10).collect(),
        Then::CancelAll => (0..gone.len()).collect(),
        Then::Invalidate => return unit::Driver::report(&**driver, &mut |machine, now| machine.invalidate(now, driver.slot, 1)),
        Then::AfterFork => return unit::Driver::report(&**driver, &mut |machine, _| machine.after_fork(8)),
        Then::CloseLoop => return,
    };
    let machine = driver.lock();
    for gone in leaving.iter().filter_map(|caller| gone.get(*caller)) {
        gone.store(true, Ordering::Release);
    }
    driver.woken.notify_all();
    drop(machine);
    driver.stage.look_again();
    driver.stage.expect(|scene| scene.have_returned(leaving.len()));
}
