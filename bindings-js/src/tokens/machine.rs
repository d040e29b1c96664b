//! The machine of one source.

use super::action::{Ticket, described};
use super::options;
use crate::error::{invalid, thrown};
use crate::exchange::{exchange_id, failure, response};
use crate::time::{duration, now};
use http::Response;
use trusted_profile_core::token::{ExternalToken, FileProblem, FileRead, InputReply, UnverifiedClaims};
use trusted_profile_core::wire::{read_header, to_text};
use trusted_profile_core::{Now, Secret, Slot, Source, TokenManager, TransportError};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroize as _;

/// The machine. Each call that depends on the time takes both clocks.
#[wasm_bindgen]
pub struct Machine {
    machine: TokenManager,
}

#[wasm_bindgen]
impl Machine {
    /// A machine for the options of a source, with the knobs of a policy; both are JSON objects. `seed` feeds the
    /// jitter, `known` is what is known of this machine.
    #[wasm_bindgen(constructor)]
    pub fn new(mut source: String, policy: &str, known: &str, seed: u64) -> Result<Self, JsValue> {
        let read = options::source(&source);
        source.zeroize();
        Self::of(read?, policy, known, seed)
    }

    /// The step whose token the program is after.
    pub fn last_slot(&self) -> String {
        self.machine.last_slot().as_str().to_owned()
    }

    /// What to do next for the caller with this ticket; without a slot for the token of the last step.
    pub fn poll(&mut self, slot: Option<String>, ticket: &mut Ticket, monotonic: f64, unix: f64) -> Result<String, JsValue> {
        let slot = match slot {
            Some(name) => read_slot(&name)?,
            None => self.machine.last_slot(),
        };
        Ok(described(self.machine.poll(slot, now(monotonic, unix), &mut ticket.ticket)))
    }

    /// The work of a volunteer, if something is to be refreshed.
    pub fn poll_refresh(&mut self, monotonic: f64, unix: f64) -> Option<String> {
        self.machine.poll_refresh(now(monotonic, unix)).map(described)
    }

    /// Reports an answer. Its headers are lines of name, colon and value.
    pub fn handle(&mut self, id: f64, status: u16, headers: &str, body: Vec<u8>, monotonic: f64, unix: f64) -> Result<(), JsValue> {
        self.report(id, Ok(response(status, headers, body, read_header)?), now(monotonic, unix));
        Ok(())
    }

    /// Reports that no answer came, or that a unit of work failed.
    pub fn fail(&mut self, id: f64, kind: &str, detail: &str, reused_connection: bool, monotonic: f64, unix: f64) -> Result<(), JsValue> {
        self.report(id, Err(failure(kind, detail, reused_connection)?), now(monotonic, unix));
        Ok(())
    }

    /// Reports what files hold: a JSON list of triples, path, text or null, problem or null.
    pub fn provide_files(&mut self, id: f64, mut reads: String, monotonic: f64, unix: f64) -> Result<(), JsValue> {
        let listed = serde_json::from_slice::<Vec<(String, Option<Secret>, Option<String>)>>(reads.as_bytes());
        reads.zeroize();
        let listed = listed.map_err(|_| invalid("reads: expected a list of paths with their texts or problems"))?;
        let reads: Result<Vec<FileRead>, JsValue> = listed.into_iter().map(file_read).collect();
        self.machine.provide(now(monotonic, unix), exchange_id(id), InputReply::CrTokenFile(reads?));
        Ok(())
    }

    /// Reports the token of the program's callback, and its remaining life.
    pub fn provide_token(&mut self, id: f64, token: String, expires_in: f64, monotonic: f64, unix: f64) {
        let token = ExternalToken { access_token: Secret::new(token), expires_in: duration(expires_in) };
        self.machine.provide(now(monotonic, unix), exchange_id(id), InputReply::External(Ok(token)));
    }

    /// Reports that the program's callback failed, in words without secrets.
    pub fn provide_failure(&mut self, id: f64, words: String, monotonic: f64, unix: f64) {
        self.machine.provide(now(monotonic, unix), exchange_id(id), InputReply::External(Err(words)));
    }

    /// Gives back what a unit of work that was stopped from outside cannot do.
    pub fn abandon(&mut self, id: f64, monotonic: f64, unix: f64) {
        self.machine.abandon(now(monotonic, unix), exchange_id(id));
    }

    /// A service refused the token of this step and generation with 401.
    pub fn invalidate(&mut self, slot: &str, generation: f64, monotonic: f64, unix: f64) -> Result<(), JsValue> {
        self.machine.invalidate(now(monotonic, unix), read_slot(slot)?, generation as u64);
        Ok(())
    }

    /// For a copy of a machine that goes on elsewhere.
    pub fn after_fork(&mut self, seed: u64) {
        self.machine.after_fork(seed);
    }

    /// The next thing that happened, as JSON.
    pub fn poll_event(&mut self) -> Option<String> {
        self.machine.poll_event().map(|event| to_text(&event.to_json()))
    }

    /// What a token says about itself, as JSON, if it is a JWT. Nothing is verified.
    pub fn claims(token: &str) -> Option<String> {
        UnverifiedClaims::read(token).map(|claims| to_text(claims.json().as_value()))
    }

    /// How the metadata service is reached, as the module of operations takes it.
    pub fn metadata_service(&self) -> Result<String, JsValue> {
        self.machine.metadata_service().map(|service| service.to_json()).map_err(|e| thrown(&e))
    }

    /// What the machine knows, as JSON. Holds no secret.
    pub fn status(&self) -> String {
        to_text(&self.machine.status().to_json())
    }
}

impl Machine {
    pub(crate) fn of(source: Source, policy: &str, known: &str, seed: u64) -> Result<Self, JsValue> {
        let mut machine = TokenManager::new(source, options::policy(policy)?, seed).map_err(|e| thrown(&e))?;
        machine.set_facts(options::facts(known)?);
        Ok(Self { machine })
    }

    fn report(&mut self, id: f64, outcome: Result<Response<Vec<u8>>, TransportError>, now: Now) {
        self.machine.handle(now, exchange_id(id), outcome);
    }
}

fn read_slot(name: &str) -> Result<Slot, JsValue> {
    let slot = [Slot::Identity, Slot::Iam, Slot::Assumed].into_iter().find(|slot| slot.as_str() == name);
    slot.ok_or_else(|| invalid(format!("slot: expected identity, iam or assumed, got {name:?}")))
}

fn file_read((path, content, problem): (String, Option<Secret>, Option<String>)) -> Result<FileRead, JsValue> {
    let result = match (content, problem) {
        (Some(content), None) => Ok(content),
        (None, Some(name)) => Err(FileProblem::from_name(&name).ok_or_else(|| invalid(format!("reads: there is no problem {name:?}")))?),
        _ => return Err(invalid(format!("reads: expected either a text or a problem for {path}"))),
    };
    Ok(FileRead { path, result })
}
