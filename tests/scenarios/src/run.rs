//! Runs a scenario through a driver.

use crate::script::{Call, Counted, Expected, ExpectedError, Scenario, Step};
use crate::setting::Setting;
use crate::{Answer, Driver, Failure, Token, event_name};
use serde_json::Value;
use simulator::Service;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};
use trusted_profile::{Builder, Policy, SourceOptions};

/// How long a step may wait for something to show up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs `scenario` in the manner of `D`.
///
/// # Errors
/// The first step that does not hold, with what was found instead.
pub fn run<D: Driver>(scenario: &Scenario) -> Result<(), Failure> {
    let mut stage = Stage { scenario, setting: Setting::new()?, driver: None::<D>, tokens: BTreeMap::new(), events: Arc::default() };
    for (number, step) in (1..).zip(&scenario.steps) {
        stage.step(step).map_err(|failure| format!("{} (step {number}, {}): {failure}", scenario.name, D::NAME))?;
    }
    Ok(())
}

struct Stage<'a, D> {
    scenario: &'a Scenario,
    setting: Setting,
    /// Opened by the first call, so that placeholders of earlier steps are filled.
    driver: Option<D>,
    tokens: BTreeMap<String, Token>,
    events: Arc<Mutex<Vec<&'static str>>>,
}

impl<D: Driver> Stage<'_, D> {
    fn step(&mut self, step: &Step) -> Result<(), Failure> {
        match step {
            Step::Control(call) => self.setting.control(call).map(drop),
            Step::CrTokenFile(token) => self.setting.token_file(token),
            Step::Call(call) => self.call(call),
            Step::Invalidate(name) => {
                let token = self.token(name)?.clone();
                self.driver()?.invalidate(&token);
                Ok(())
            }
            Step::WaitMs(milliseconds) => {
                sleep(Duration::from_millis(*milliseconds));
                Ok(())
            }
            Step::WaitForJournal(counted) => self.wait_for(|stage| stage.setting.count(counted), counted.count),
            Step::WaitForFailedRefreshes(count) => self.wait_for(|stage| Ok(stage.driver()?.failed_refreshes() as usize), *count as usize),
            Step::Journal(all) => all.iter().try_for_each(|counted| self.journal(counted)),
            Step::Events(names) => self.events(names),
            Step::Use(with) => {
                let status = self.setting.use_token(self.token(&with.token)?.expose())?;
                same("the object store's status", &with.status, &status)
            }
        }
    }

    fn driver(&mut self) -> Result<&D, Failure> {
        if self.driver.is_none() {
            let driver = self.open()?;
            return Ok(self.driver.insert(driver));
        }
        self.driver.as_ref().ok_or_else(|| "no provider".to_owned())
    }

    fn open(&self) -> Result<D, Failure> {
        let source = self.setting.fill(&Value::Object(self.scenario.source.clone()));
        let options = SourceOptions::from_json(&source.to_string()).map_err(|e| e.to_string())?;
        let policy: Policy =
            serde_json::from_value(self.setting.fill(&Value::Object(self.scenario.policy.clone()))).map_err(|e| e.to_string())?;
        let events = Arc::clone(&self.events);
        let note = move |event: &trusted_profile::Event| events.lock().unwrap_or_else(PoisonError::into_inner).push(event_name(event));
        D::open(Builder::from_options(options).policy(policy).on_event(note))
    }

    fn token(&self, name: &str) -> Result<&Token, Failure> {
        self.tokens.get(name).ok_or_else(|| format!("no step gave a token the name {name}"))
    }

    fn call(&mut self, call: &Call) -> Result<(), Failure> {
        let journal = self.setting.simulator.journal();
        let requests = move || journal.entries().iter().filter(|entry| entry.service != Service::ObjectStore).count();
        let before = requests();
        let answers = self.driver()?.call(call, &move || requests() > before);
        let cancelled = answers.iter().filter(|answer| matches!(answer, Answer::Cancelled)).count();
        same("callers that gave up", &call.cancelled, &cancelled)?;
        let answers: Vec<&Answer> = answers.iter().filter(|answer| !matches!(answer, Answer::Cancelled)).collect();
        same("callers that were answered", &call.callers.saturating_sub(call.cancelled), &answers.len())?;
        for answer in &answers {
            self.answer(&call.expect, answer)?;
        }
        let first = answers.iter().find_map(|answer| if let Answer::Token(token) = answer { Some(token) } else { None });
        if let Some(token) = first {
            let all_same = answers.iter().all(|answer| matches!(answer, Answer::Token(other) if other.expose() == token.expose()));
            same("one token for all", &true, &all_same)?;
            self.tokens.insert(call.name.clone().unwrap_or_default(), token.clone());
        }
        Ok(())
    }

    fn answer(&self, expected: &Expected, answer: &Answer) -> Result<(), Failure> {
        match (expected, answer) {
            (Expected::NewToken, Answer::Token(token)) => {
                let known = self.tokens.iter().find(|(_, known)| known.expose() == token.expose());
                known.map_or(Ok(()), |(name, _)| Err(format!("expected a new token, found that of {name:?}")))
            }
            (Expected::TokenOf(name), Answer::Token(token)) => {
                same("the token is that of before", &true, &(self.token(name)?.expose() == token.expose()))
            }
            (Expected::Error(expected), Answer::Error(error)) => check_error(expected, error),
            (expected, answer) => Err(format!("expected {expected:?}, found {answer:?}")),
        }
    }

    fn journal(&self, counted: &Counted) -> Result<(), Failure> {
        same(&format!("requests {} {} at {}", counted.method, counted.path, counted.service), &counted.count, &self.setting.count(counted)?)
    }

    /// Handlers run beside the callers, so the last event may come a moment after its cause shows.
    fn events(&mut self, names: &[String]) -> Result<(), Failure> {
        let so_far = |stage: &mut Self| Ok(stage.events.lock().unwrap_or_else(PoisonError::into_inner).len());
        self.wait_for(so_far, names.len())?;
        let found = std::mem::take(&mut *self.events.lock().unwrap_or_else(PoisonError::into_inner));
        same("events", &names.iter().map(String::as_str).collect::<Vec<_>>(), &found)
    }

    fn wait_for(&mut self, mut found: impl FnMut(&mut Self) -> Result<usize, Failure>, wanted: usize) -> Result<(), Failure> {
        let start = Instant::now();
        loop {
            let now = found(self)?;
            if now >= wanted {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                return Err(format!("waited for {wanted}, found {now}"));
            }
            sleep(Duration::from_millis(2));
        }
    }
}

fn check_error(expected: &ExpectedError, error: &trusted_profile::Error) -> Result<(), Failure> {
    let shown = error.to_string();
    let context = |failure: Failure| format!("{failure}; the error was: {shown}");
    same("the code", &expected.code.as_str(), &error.code().as_str()).map_err(context)?;
    if expected.status.is_some() {
        same("the status", &expected.status, &error.status()).map_err(context)?;
    }
    if let Some(code) = &expected.service_code {
        same("the service's code", &Some(code.as_str()), &error.service().and_then(|s| s.code.as_deref())).map_err(context)?;
    }
    if let Some(attempts) = expected.attempts {
        same("the attempts", &attempts, &error.attempts()).map_err(context)?;
    }
    expected
        .shows
        .iter()
        .try_for_each(|part| if shown.contains(part.as_str()) { Ok(()) } else { Err(context(format!("expected it to show {part:?}"))) })
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, found: &T) -> Result<(), Failure> {
    if expected == found { Ok(()) } else { Err(format!("{what}: expected {expected:?}, found {found:?}")) }
}
