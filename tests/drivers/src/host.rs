//! The machine behind JSON lines: one request, one reply, nothing in between.
//!
//! Drivers in other languages call it as they will call the machine through FFI, under a lock of
//! their own. It exists for this proof only and is no way to use the machine in earnest.

use crate::machine;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;
use trusted_profile_core::token::{ExchangeId, Input};
use trusted_profile_core::{Action, Now, Ticket, TokenManager, TransportError, TransportErrorKind};

/// One call.
#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
enum Call {
    New {
        source: Value,
        policy: Value,
        seed: u64,
    },
    Poll {
        ticket: u64,
        now: Clocks,
    },
    PollRefresh {
        now: Clocks,
    },
    Handle {
        id: u64,
        now: Clocks,
        #[serde(default)]
        status: u16,
        #[serde(default)]
        body: String,
        error: Option<String>,
    },
    Provide {
        id: u64,
        now: Clocks,
        paths: Vec<String>,
        text: Option<String>,
    },
    Abandon {
        id: u64,
        now: Clocks,
    },
    Invalidate {
        generation: u64,
        now: Clocks,
    },
    AfterFork {
        seed: u64,
    },
    Status,
    /// What happened since last asked.
    Events,
}

/// Monotonic and unix time in milliseconds.
#[derive(Clone, Copy, Deserialize)]
struct Clocks(f64, f64);

impl Clocks {
    fn now(self) -> Now {
        let read = |ms: f64| Duration::try_from_secs_f64(ms / 1000.0).unwrap_or_default();
        Now { monotonic: read(self.0), unix: read(self.1) }
    }
}

/// A machine and the tickets of its callers.
#[derive(Default)]
pub struct Host {
    machine: Option<TokenManager>,
    tickets: HashMap<u64, Ticket>,
}

impl Host {
    /// Answers one line.
    ///
    /// # Errors
    /// In words, when the line is no call that can be made now.
    pub fn answer(&mut self, line: &str) -> Result<Value, String> {
        let call: Call = serde_json::from_str(line).map_err(|error| error.to_string())?;
        if let Call::New { source, policy, seed } = call {
            self.machine = Some(machine::build(&source, &policy, seed)?);
            self.tickets.clear();
            return Ok(json!({}));
        }
        let machine = self.machine.as_mut().ok_or("there is no machine yet")?;
        match call {
            Call::Poll { ticket, now } => {
                let slot = machine.last_slot();
                return Ok(shown(machine.poll(slot, now.now(), self.tickets.entry(ticket).or_default())));
            }
            Call::PollRefresh { now } => return Ok(machine.poll_refresh(now.now()).map_or_else(|| json!({ "do": "nothing" }), shown)),
            Call::Handle { id, now, status, body, error } => {
                let outcome = match error {
                    None => Ok(machine::response(status, body.into_bytes())),
                    Some(name) => {
                        let kind = TransportErrorKind::from_name(&name).unwrap_or(TransportErrorKind::Other);
                        Err(TransportError::new(kind, "the transport threw"))
                    }
                };
                machine.handle(now.now(), ExchangeId(id), outcome);
            }
            Call::Provide { id, now, paths, text } => machine.provide(now.now(), ExchangeId(id), machine::files(&paths, text.as_deref())),
            Call::Abandon { id, now } => machine.abandon(now.now(), ExchangeId(id)),
            Call::Invalidate { generation, now } => machine.invalidate(now.now(), machine.last_slot(), generation),
            Call::AfterFork { seed } => machine.after_fork(seed),
            Call::Status => return Ok(status(machine)),
            Call::Events => {
                let events: Vec<&str> = std::iter::from_fn(|| machine.poll_event()).map(|event| machine::event_name(&event)).collect();
                return Ok(json!({ "events": events }));
            }
            Call::New { .. } => {}
        }
        Ok(json!({}))
    }
}

fn status(machine: &TokenManager) -> Value {
    let status = machine.status();
    let last = status.slots.last();
    json!({ "generation": last.map(|slot| slot.generation), "fetching": status.slots.iter().any(|slot| slot.fetching) })
}

fn shown(action: Action) -> Value {
    match action {
        Action::Ready(token) => json!({ "do": "ready", "token": token.expose(), "generation": token.generation() }),
        Action::Send(exchange) => {
            json!({ "do": "send", "id": exchange.id.0, "hop": machine::hop(&exchange), "timeout_ms": millis(exchange.timeout) })
        }
        Action::NeedInput { id, input: Input::CrTokenFile { paths, .. } } => {
            json!({ "do": "input", "id": id.0, "hop": "file", "paths": paths })
        }
        Action::NeedInput { id, .. } => json!({ "do": "input", "id": id.0, "hop": "other" }),
        Action::Wait { at_most } => json!({ "do": "wait", "at_most_ms": millis(at_most) }),
        Action::Failed(error) => json!({ "do": "failed", "error": machine::fingerprint(&error) }),
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
