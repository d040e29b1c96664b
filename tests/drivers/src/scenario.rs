//! `scenarios.json`, and the jobs it is turned into: one play of one scenario by one driver.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corpus {
    /// For readers.
    pub about: String,
    /// Long leases, for correct drivers: a wait that runs out is never due to a slow machine.
    pub patient: Times,
    /// Short leases, for broken drivers, so that catching them does not take long.
    pub impatient: Times,
    /// What is played.
    pub scenarios: Vec<Scenario>,
    /// What is broken on purpose.
    pub defects: Vec<Defect>,
}

/// A policy and how long the stage waits for what ought to happen.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// The machine's policy.
    pub policy: Map<String, Value>,
    /// After this the stage gives up and the play counts as stuck.
    pub patience_ms: u64,
}

/// One scenario.
#[derive(Clone, Deserialize)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// The only drivers that can play it; none means all.
    #[serde(default)]
    pub only: Vec<String>,
    /// Changes to the policy.
    #[serde(default)]
    pub policy: Map<String, Value>,
    /// What has to come out.
    pub expect: Value,
    /// The rest is handed to the driver as it is.
    #[serde(flatten)]
    pub play: Play,
}

/// What a driver has to know of a scenario.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Play {
    /// The options of the machine's source.
    pub source: Value,
    /// How many ask at once.
    pub callers: usize,
    /// How often, each time with a new machine.
    #[serde(default = "once")]
    pub repeat: usize,
    /// One caller gets a token before the others come.
    #[serde(default)]
    pub prefill: Option<Prefill>,
    /// What answers wait for.
    #[serde(default)]
    pub gate: Gate,
    /// What the transport gives.
    #[serde(default)]
    pub give: Give,
    /// The first units of work, where they differ.
    #[serde(default)]
    pub works: Vec<Step>,
    /// Something that happens while callers wait.
    #[serde(default)]
    pub moment: Option<Moment>,
    /// How many ask after the others have their answers.
    #[serde(default)]
    pub late: usize,
}

const fn once() -> usize {
    1
}

/// What happens between the first caller and the crowd.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Prefill {
    /// The clocks are moved forward.
    pub then_pass_s: u64,
    /// The token is refused by a service.
    pub then_invalidate: bool,
}

/// Open once everything it names has happened.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gate {
    /// So many waits began since the latest unit of work was handed out.
    pub waiting: usize,
    /// So many callers returned.
    pub returned: usize,
    /// The moment is over.
    pub moment: bool,
}

/// One unit of work.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Step {
    /// Its own gate.
    pub gate: Gate,
    /// What it gives.
    pub give: Give,
}

/// What comes of a unit of work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Give {
    /// A token, or a file's text.
    #[default]
    Token,
    /// HTTP 503.
    Unavailable,
    /// The unit of work is dropped: the language's way of ending it early.
    Dropped,
    /// It vanishes, and nothing of it runs any more.
    Silence,
    /// The transport throws or panics.
    Exception,
}

/// Something that happens once while callers wait.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// As soon as so many waits began.
    pub waiting: usize,
    /// What.
    pub then: Then,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// The caller whose poll gave the first work goes away.
    CancelSender,
    /// Ten others go away.
    CancelWaiters,
    /// All go away.
    CancelAll,
    /// The first token is reported as refused, again.
    Invalidate,
    /// As in a child process.
    AfterFork,
    /// The second event loop is stopped and closed with its callers waiting.
    CloseLoop,
}

/// A way to break a driver.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defect {
    /// Its name.
    pub name: String,
    /// In words.
    pub what: String,
    /// The only drivers in which it can be made; none means all.
    #[serde(default)]
    pub only: Vec<String>,
    /// The scenario that catches it.
    pub scenario: String,
    /// Whether the hook between poll and wait is needed to make it certain.
    #[serde(default)]
    pub hook: bool,
    /// The expectation that it fails.
    pub fails: String,
}

/// One play of one scenario by one driver.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Job {
    /// The scenario.
    #[serde(flatten)]
    pub play: Play,
    /// The whole policy.
    pub policy: Value,
    /// How long the stage waits for what ought to happen.
    pub patience_ms: u64,
    /// Pause between poll and wait.
    pub hook: bool,
    /// How the driver is broken; empty means not at all.
    pub defect: String,
    /// Event loops, where a driver can have several.
    pub loops: usize,
}

impl Scenario {
    /// Whether `driver` plays it.
    #[must_use]
    pub fn is_for(&self, driver: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == driver)
    }

    /// The job of playing it.
    #[must_use]
    pub fn job(&self, times: &Times, hook: bool, defect: &str, loops: usize) -> Job {
        let mut policy = times.policy.clone();
        policy.extend(self.policy.clone());
        Job {
            play: self.play.clone(),
            policy: Value::Object(policy),
            patience_ms: times.patience_ms,
            hook,
            defect: defect.to_owned(),
            loops,
        }
    }
}

impl Defect {
    /// Whether it can be made in `driver`.
    #[must_use]
    pub fn is_for(&self, driver: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == driver)
    }
}
