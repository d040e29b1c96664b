//! Plays a script against a machine.

use crate::expected::Expected;
use crate::leaks::Leaks;
use crate::script::{External, Files, Foreign, Invalidate, Respond, Script, Step, Transport};
use crate::{action, shown, state};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, Response};
use std::collections::BTreeMap;
use std::time::Duration;
use trusted_profile_core::token::{ExchangeId, ExternalToken, FileRead, InputReply, SourceOptions};
use trusted_profile_core::{Action, Error, Now, Policy, Secret, Slot, Ticket, TokenManager, TransportError, TransportErrorKind};

/// Plays all steps.
///
/// # Errors
/// The first step that does not go as expected, and how.
pub fn play(script: &Script) -> Result<(), String> {
    let leaks = Leaks::new(&script.secrets);
    let machine = match (make(script), &script.error) {
        (Ok(machine), None) => machine,
        (Ok(_), Some(expected)) => return Err(format!("expected {} at construction, but there is a machine", expected.code)),
        (Err(error), None) => return Err(format!("construction failed: {error}")),
        (Err(error), Some(expected)) => {
            leaks.check("the error", &error)?;
            leaks.check_text("the error", &error.to_string())?;
            crate::same("code", &expected.code.as_str(), &error.code().as_str())?;
            let starts = error.message().starts_with(&expected.message_starts);
            return if starts { Ok(()) } else { Err(format!("message: {}", error.message())) };
        }
    };
    let mut player = Player {
        machine,
        unix_base: script.unix_base,
        leaks,
        tickets: BTreeMap::new(),
        ids: BTreeMap::new(),
        generations: BTreeMap::new(),
    };
    for (number, step) in (1_usize..).zip(&script.steps) {
        player.step(step).map_err(|difference| format!("step {number} at {}: {difference}", step.at))?;
    }
    Ok(())
}

fn make(script: &Script) -> Result<TokenManager, Error> {
    let invalid = |e: serde_json::Error| Error::new(trusted_profile_core::ErrorCode::InvalidArgument, format!("policy: {e}"));
    let source = SourceOptions::from_json(&script.source.to_string())?.into_source()?;
    let policy = script.policy.clone().map_or(Ok(Policy::default()), serde_json::from_value).map_err(invalid)?;
    let mut machine = TokenManager::new(source, policy, script.seed)?;
    machine.set_facts(script.facts.clone().unwrap_or_default());
    Ok(machine)
}

struct Player {
    machine: TokenManager,
    unix_base: u64,
    leaks: Leaks,
    tickets: BTreeMap<String, Ticket>,
    ids: BTreeMap<String, ExchangeId>,
    generations: BTreeMap<String, u64>,
}

impl Player {
    fn step(&mut self, step: &Step) -> Result<(), String> {
        let unix = step.unix.unwrap_or(self.unix_base.saturating_add(step.at));
        let now = Now { monotonic: Duration::from_millis(step.at), unix: Duration::from_millis(unix) };
        let returned = self.call(step, now)?;
        match (&step.expect, returned) {
            (None, None) => {}
            (Some(expected), Some(returned)) => self.returned(expected, returned.as_ref())?,
            (None, Some(_)) => return Err("the call returns something, and nothing is expected".to_owned()),
            (Some(_), None) => return Err("the call returns nothing, and something is expected".to_owned()),
        }
        self.events(step)?;
        let status = self.machine.status();
        self.leaks.check("the status", &status)?;
        self.leaks.check("the machine", &self.machine)?;
        step.status.as_ref().map_or(Ok(()), |expected| state::check(expected, &status))
    }

    /// Makes the step's one call. What `poll` and `poll_refresh` return is passed on.
    fn call(&mut self, step: &Step, now: Now) -> Result<Option<Option<Action>>, String> {
        if step.calls() != 1 {
            return Err(format!("{} calls in one step", step.calls()));
        }
        if let Some(poll) = &step.poll {
            let slot = self.slot(poll.slot.as_deref())?;
            let ticket = self.tickets.entry(poll.ticket.clone()).or_default();
            return Ok(Some(Some(self.machine.poll(slot, now, ticket))));
        }
        if step.refresh.is_some() {
            return Ok(Some(self.machine.poll_refresh(now)));
        }
        step.respond.as_ref().map_or(Ok(()), |respond| self.respond(now, respond))?;
        step.transport.as_ref().map_or(Ok(()), |failed| self.transport(now, failed))?;
        step.files.as_ref().map_or(Ok(()), |files| self.files(now, files))?;
        step.external.as_ref().map_or(Ok(()), |external| self.external(now, external))?;
        step.invalidate.as_ref().map_or(Ok(()), |invalidate| self.invalidate(now, invalidate))?;
        step.foreign.as_ref().map_or(Ok(()), |foreign| self.foreign(now, foreign))?;
        if let Some(abandon) = &step.abandon {
            let id = self.id(&abandon.exchange)?;
            self.machine.abandon(now, id);
        }
        if let Some(fork) = step.fork {
            self.machine.after_fork(fork.seed);
        }
        Ok(None)
    }

    fn slot(&self, name: Option<&str>) -> Result<Slot, String> {
        name.map_or(Ok(self.machine.last_slot()), shown::slot)
    }

    fn id(&self, name: &str) -> Result<ExchangeId, String> {
        self.ids.get(name).copied().ok_or_else(|| format!("nothing is called {name}"))
    }

    fn returned(&mut self, expected: &Expected, action: Option<&Action>) -> Result<(), String> {
        self.leaks.check("the action", &action)?;
        if let Some(Action::Failed(error)) = action {
            self.leaks.check_text("the error", &error.to_string())?;
        }
        match (expected.gives(), action) {
            (Some(name), Some(Action::Send(exchange))) => drop(self.ids.insert(name.to_owned(), exchange.id)),
            (Some(name), Some(Action::NeedInput { id, .. })) => drop(self.ids.insert(name.to_owned(), *id)),
            (Some(name), Some(Action::Ready(token))) => drop(self.generations.insert(name.to_owned(), token.generation())),
            _ => {}
        }
        action::check(expected, action)
    }

    fn respond(&mut self, now: Now, respond: &Respond) -> Result<(), String> {
        let body = match (&respond.body, &respond.json, &respond.body_base64) {
            (Some(text), None, None) => text.clone().into_bytes(),
            (None, Some(json), None) => json.to_string().into_bytes(),
            (None, None, Some(base64)) => STANDARD.decode(base64).map_err(|e| e.to_string())?,
            (None, None, None) => Vec::new(),
            _ => return Err("more than one body".to_owned()),
        };
        let response = response(respond.status, &respond.headers, body)?;
        let id = self.id(&respond.exchange)?;
        self.machine.handle(now, id, Ok(response));
        Ok(())
    }

    fn transport(&mut self, now: Now, failed: &Transport) -> Result<(), String> {
        let kind = TransportErrorKind::from_name(&failed.kind).ok_or_else(|| format!("there is no failure {}", failed.kind))?;
        let mut error = TransportError::new(kind, failed.detail.clone());
        if failed.reused {
            error = error.on_reused_connection();
        }
        let id = self.id(&failed.exchange)?;
        self.machine.handle(now, id, Err(error));
        Ok(())
    }

    fn files(&mut self, now: Now, files: &Files) -> Result<(), String> {
        let mut reads = Vec::new();
        for read in &files.reads {
            let result = match (&read.text, &read.problem) {
                (Some(text), None) => Ok(Secret::new(text.clone())),
                (None, Some(problem)) => Err(shown::file_problem(problem)?),
                _ => return Err("a read has either a text or a problem".to_owned()),
            };
            reads.push(FileRead { path: read.path.clone(), result });
        }
        let id = self.id(&files.input)?;
        self.machine.provide(now, id, InputReply::CrTokenFile(reads));
        Ok(())
    }

    fn external(&mut self, now: Now, external: &External) -> Result<(), String> {
        let reply = match (&external.token, external.expires_in, &external.error) {
            (Some(token), Some(life), None) => Ok(external_token(token, life)),
            (None, None, Some(error)) => Err(error.clone()),
            _ => return Err("a callback brings either a token with its life or an error".to_owned()),
        };
        let id = self.id(&external.input)?;
        self.machine.provide(now, id, InputReply::External(reply));
        Ok(())
    }

    fn invalidate(&mut self, now: Now, invalidate: &Invalidate) -> Result<(), String> {
        let generation = match (&invalidate.token, invalidate.generation) {
            (Some(name), None) => self.generations.get(name).copied().ok_or_else(|| format!("no token is called {name}"))?,
            (None, Some(generation)) => generation,
            _ => return Err("either a token or a generation".to_owned()),
        };
        let slot = self.slot(invalidate.slot.as_deref())?;
        self.machine.invalidate(now, slot, generation);
        Ok(())
    }

    fn foreign(&mut self, now: Now, foreign: &Foreign) -> Result<(), String> {
        let id = ExchangeId(foreign.id);
        let json = serde_json::json!({ "access_token": foreign.token, "expires_in": 3600 });
        let path = "/var/run/secrets/tokens/sa-token".to_owned();
        self.machine.handle(now, id, Ok(response(200, &BTreeMap::new(), json.to_string().into_bytes())?));
        self.machine.provide(now, id, InputReply::External(Ok(external_token(&foreign.token, 3600))));
        let read = FileRead { path, result: Ok(Secret::new(foreign.token.clone())) };
        self.machine.provide(now, id, InputReply::CrTokenFile(vec![read]));
        self.machine.abandon(now, id);
        Ok(())
    }

    fn events(&mut self, step: &Step) -> Result<(), String> {
        let mut happened = Vec::new();
        while let Some(event) = self.machine.poll_event() {
            self.leaks.check("an event", &event)?;
            happened.push(shown::event(&event)?);
        }
        crate::same_if_given("events", step.events.as_ref(), &happened)
    }
}

fn external_token(token: &str, seconds: u64) -> ExternalToken {
    ExternalToken { access_token: Secret::new(token), expires_in: Duration::from_secs(seconds) }
}

/// A response of its parts.
///
/// # Errors
/// The part that HTTP does not allow.
pub fn response(status: u16, headers: &BTreeMap<String, String>, body: Vec<u8>) -> Result<Response<Vec<u8>>, String> {
    let mut response = Response::new(body);
    *response.status_mut() = http::StatusCode::from_u16(status).map_err(|e| e.to_string())?;
    for (name, value) in headers {
        let name = HeaderName::try_from(name.as_str()).map_err(|e| e.to_string())?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|e| e.to_string())?;
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}
