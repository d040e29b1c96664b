//! What surrounds a Rust driver in a play: clocks, the toy transport's gates, and the counting.
//! Everything waits for events; only patience is measured by a clock.

use crate::judge::Report;
use crate::machine::{self, event_name, fingerprint};
use crate::scenario::{Gate, Give, Job, Step};
use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::Notify;
use trusted_profile_core::{AccessToken, Error, Now, TokenManager};

/// Waits for a unit of work are at least this long; waits for a backoff are far shorter.
const LONG: Duration = Duration::from_millis(100);

/// What has happened so far in one wave of callers.
#[derive(Default)]
pub struct Scene {
    waiting: usize,
    returned: usize,
    handed_out: usize,
    moment: bool,
    /// Reporters that went for the lock, and reports made.
    at_door: u64,
    /// Reports made.
    pub reports: u64,
    /// The caller whose poll gave the first work.
    pub sender: Option<usize>,
    passed: Duration,
    tokens: BTreeSet<String>,
    errors: BTreeSet<String>,
    report: Report,
}

/// One play.
pub struct Stage {
    /// What is played.
    pub job: Job,
    started: Instant,
    scene: Mutex<Scene>,
    changed: Condvar,
    changed_for_tasks: Notify,
}

impl Scene {
    fn is_open(&self, gate: &Gate) -> bool {
        self.waiting >= gate.waiting && self.returned >= gate.returned && (!gate.moment || self.moment)
    }

    /// So many waits began since the latest work was handed out.
    #[must_use]
    pub const fn are_waiting(&self, callers: usize) -> bool {
        self.waiting >= callers
    }

    /// So many callers returned.
    #[must_use]
    pub const fn have_returned(&self, callers: usize) -> bool {
        self.returned >= callers
    }
}

impl Stage {
    /// An empty stage.
    #[must_use]
    pub fn new(job: &Job) -> Arc<Self> {
        Arc::new(Self {
            job: job.clone(),
            started: Instant::now(),
            scene: Mutex::default(),
            changed: Condvar::new(),
            changed_for_tasks: Notify::new(),
        })
    }

    /// Whether the driver is broken in this way.
    #[must_use]
    pub fn has(&self, defect: &str) -> bool {
        self.job.defect == defect
    }

    /// Both clocks. A driver reads them under the machine's lock.
    #[must_use]
    pub fn now(&self) -> Now {
        let unix = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Now { monotonic: self.started.elapsed(), unix }.plus(self.scene().passed)
    }

    /// The scene, to look at.
    pub fn scene(&self) -> MutexGuard<'_, Scene> {
        self.scene.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<R>(&self, change: impl FnOnce(&mut Scene) -> R) -> R {
        let result = change(&mut self.scene());
        self.changed.notify_all();
        self.changed_for_tasks.notify_waiters();
        result
    }

    fn patience(&self) -> Instant {
        Instant::now() + Duration::from_millis(self.job.patience_ms)
    }

    /// Blocks until something is so, or the deadline.
    pub fn until(&self, deadline: Instant, is_so: impl Fn(&Scene) -> bool) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        let waited = self.changed.wait_timeout_while(self.scene(), left, |scene| !is_so(scene));
        let (_scene, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        !timeout.timed_out()
    }

    /// The same for a task.
    pub async fn until_for_task(&self, deadline: Instant, is_so: impl Fn(&Scene) -> bool) -> bool {
        loop {
            let changed = self.changed_for_tasks.notified();
            if is_so(&self.scene()) {
                return true;
            }
            if tokio::time::timeout_at(deadline.into(), changed).await.is_err() {
                return false;
            }
        }
    }

    /// Blocks until what has to happen; if it does not, the play is stuck.
    pub fn expect(&self, is_so: impl Fn(&Scene) -> bool) {
        if !self.until(self.patience(), is_so) {
            self.change(|scene| scene.report.stuck = true);
        }
    }

    /// The same for a task.
    pub async fn expect_for_task(&self, is_so: impl Fn(&Scene) -> bool) {
        if !self.until_for_task(self.patience(), is_so).await {
            self.change(|scene| scene.report.stuck = true);
        }
    }

    fn step(&self, ordinal: usize) -> Step {
        self.job.play.works.get(ordinal).copied().unwrap_or(Step { gate: self.job.play.gate, give: self.job.play.give })
    }

    /// Blocks until the answer may come, or the caller that it is tied to is gone.
    pub fn pass_gate(&self, ordinal: Option<usize>, is_given_up: impl Fn() -> bool) {
        if let Some(ordinal) = ordinal {
            let gate = self.step(ordinal).gate;
            self.expect(|scene| scene.is_open(&gate) || is_given_up());
        }
    }

    /// The same for a task, which just ends when it is given up.
    pub async fn pass_gate_for_task(&self, ordinal: Option<usize>) {
        if let Some(ordinal) = ordinal {
            let gate = self.step(ordinal).gate;
            self.expect_for_task(|scene| scene.is_open(&gate)).await;
        }
    }

    /// What the unit of work gives, and the name of the token if it is one.
    pub fn give(&self, ordinal: Option<usize>, hop: &str) -> (Give, String) {
        let give = ordinal.map_or(Give::Token, |ordinal| self.step(ordinal).give);
        let number = self.scene().report.works.get(hop).copied().unwrap_or_default();
        (give, format!("{hop}-{number}"))
    }

    /// Work was handed out, to `caller` or to a volunteer. Its place in the script; none before the
    /// crowd comes.
    pub fn handed_out(&self, hop: &str, caller: Option<usize>) -> Option<usize> {
        self.change(|scene| {
            *scene.report.works.entry(hop.to_owned()).or_default() += 1;
            let is_prefill = caller == Some(PREFILL);
            let ordinal = scene.handed_out;
            if !is_prefill {
                scene.waiting = 0;
                scene.handed_out += 1;
                scene.sender = scene.sender.or(caller);
            }
            (!is_prefill).then_some(ordinal)
        })
    }

    /// A wait is about to begin; called under the machine's lock.
    pub fn begins_to_wait(&self) {
        self.change(|scene| scene.waiting += 1);
    }

    /// A wait ran out.
    pub fn ran_out(&self, at_most: Duration) {
        if at_most >= LONG {
            self.change(|scene| scene.report.lost += 1);
        }
    }

    /// A refresh was taken on.
    pub fn volunteered(&self) {
        self.change(|scene| scene.report.volunteers += 1);
    }

    /// Somebody goes for the lock to report.
    pub fn at_door(&self) {
        self.change(|scene| scene.at_door += 1);
    }

    /// A report was made; called under the lock.
    pub fn reported(&self) {
        self.change(|scene| scene.reports += 1);
    }

    /// The pause between poll and wait of a driver that holds the lock until it waits: the answer is
    /// there, and its reporter stands at the door.
    pub fn pause_under_lock(&self, deadline: Instant) {
        let latest = self.scene().handed_out.checked_sub(1);
        let is_open = latest.is_some_and(|ordinal| self.scene().is_open(&self.step(ordinal).gate));
        if self.job.hook && is_open {
            self.until(deadline, |scene| scene.at_door > scene.reports);
        }
    }

    /// Something outside the scene changed that somebody may be waiting for.
    pub fn look_again(&self) {
        self.change(|_| ());
    }

    /// The moment is over.
    pub fn moment_is_over(&self) {
        self.change(|scene| scene.moment = true);
    }

    /// Time passes.
    pub fn pass(&self, seconds: u64) {
        self.change(|scene| scene.passed += Duration::from_secs(seconds));
    }

    /// A new round begins with a new machine.
    pub fn begin(&self) {
        self.change(|scene| (scene.waiting, scene.returned, scene.handed_out, scene.sender, scene.moment) = (0, 0, 0, None, false));
    }

    /// What the play showed.
    pub fn report(&self, machine: &mut TokenManager) -> Report {
        self.change(|scene| {
            scene.report.tokens = scene.tokens.len();
            scene.report.errors = scene.errors.len();
            scene.report.generation = machine.status().slots.last().map_or(0, |slot| slot.generation);
            while let Some(event) = machine.poll_event() {
                *scene.report.events.entry(event_name(&event).to_owned()).or_default() += 1;
            }
            scene.report.clone()
        })
    }

    /// A machine for this play.
    #[must_use]
    #[expect(clippy::expect_used, reason = "options that make no machine are a mistake in the corpus")]
    pub fn machine(&self) -> TokenManager {
        machine::build(&self.job.play.source, &self.job.policy, 7).expect("the corpus has working options")
    }
}

/// The caller that comes before all others.
pub const PREFILL: usize = usize::MAX;

/// One caller's call. Dropping it unanswered means that the caller went away.
pub struct Call {
    stage: Arc<Stage>,
    /// Which caller.
    pub caller: usize,
    is_over: bool,
}

impl Call {
    /// A caller asks.
    #[must_use]
    pub const fn new(stage: Arc<Stage>, caller: usize) -> Self {
        Self { stage, caller, is_over: false }
    }

    /// A caller has its answer.
    pub fn answered(mut self, answer: &Result<AccessToken, Error>) {
        self.is_over = true;
        if self.caller == PREFILL {
            return;
        }
        self.stage.change(|scene| {
            scene.returned += 1;
            match answer {
                Ok(token) => {
                    scene.report.ok += 1;
                    scene.tokens.insert(token.expose().to_owned());
                }
                Err(error) => {
                    scene.report.failed += 1;
                    scene.errors.insert(fingerprint(error));
                }
            }
        });
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.is_over {
            self.stage.change(|scene| {
                scene.returned += 1;
                scene.report.cancelled += 1;
            });
        }
    }
}
