//! The machine of one source, without any I/O: what to do next, and what it knows.

use crate::border::{alone, answer, free, give, lent, tell, text};
use crate::names::{read_slot, slot_number};
use crate::result::{Outcome, tp_result};
use crate::surroundings::Surroundings;
use crate::text::Text;
use std::ffi::c_char;
use std::sync::Mutex;
use std::time::Duration;
use trusted_profile_core::token::SourceOptions;
use trusted_profile_core::{Error, Facts, Now, Policy, Source, Ticket, TokenManager};

/// The machine of one source: it decides when to fetch, retry, refresh and give up, and has no socket, clock, file or
/// thread of its own. Used by one thread at a time: hold a lock of your own around each call, the one that your waiters
/// wait on.
pub struct tp_machine {
    machine: Mutex<TokenManager>,
}

/// One caller's place in the machine: a new one for every call for a token, used until that call is answered, by one
/// thread at a time.
pub struct tp_ticket {
    ticket: Mutex<Ticket>,
}

impl tp_machine {
    /// Runs a call of the machine.
    pub(crate) fn call<R>(&self, call: impl FnOnce(&mut TokenManager) -> R) -> Result<R, Error> {
        alone("machine", &self.machine).map(|mut machine| call(&mut machine))
    }
}

/// Both clocks, of nanoseconds.
pub(crate) const fn at(monotonic: u64, unix_time: u64) -> Now {
    Now { monotonic: Duration::from_nanos(monotonic), unix: Duration::from_nanos(unix_time) }
}

/// The policy of its knobs; no text means the defaults.
pub(crate) fn read_policy(knobs: &str) -> Result<Policy, Error> {
    if knobs.is_empty() { Ok(Policy::default()) } else { Policy::from_json(knobs) }
}

fn make(source: Source, policy: &str, facts: &str, seed: u64) -> Result<tp_machine, Error> {
    let mut machine = TokenManager::new(source, read_policy(policy)?, seed)?;
    if !facts.is_empty() {
        let facts: Result<Facts, _> = serde_json::from_slice(facts.as_bytes());
        machine.set_facts(facts.map_err(|e| crate::border::invalid(format!("facts: {e}")))?);
    }
    Ok(tp_machine { machine: Mutex::new(machine) })
}

/// A machine for the options of a source.
///
/// `source` is a JSON object: `source`, one of `vpc_instance`, `bare_metal`, `container`, `api_key`, `assume`, `external` and
/// `bearer`, and the options of that kind, such as `profile_id`. `policy` is a JSON object of the knobs that differ from
/// their defaults, with times in milliseconds; `facts` one of what is known of this computer, for better causes in errors
/// (`container`, `kubernetes`, `code_engine`, `proxy_set`, `arch`, `os`). Both may be empty. `seed` feeds the jitter: another
/// one in every process.
///
/// Returns NULL and sets `*machine`, which is freed by `tp_machine_free`, or `TP_FAILED`: `TP_ERROR_INVALID_ARGUMENT` names the
/// option that cannot be used, `TP_ERROR_UNEXPECTED_IDENTITY` says that a `bearer` token is somebody else's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_machine_new(
    source: *const c_char,
    source_length: usize,
    policy: *const c_char,
    policy_length: usize,
    facts: *const c_char,
    facts_length: usize,
    seed: u64,
    machine: *mut *mut tp_machine,
) -> *mut tp_result {
    answer(|| {
        let made = || {
            // SAFETY: text and length are the caller's promise.
            let source = unsafe { text("source", source, source_length) }?;
            // SAFETY: as above.
            let policy = unsafe { text("policy", policy, policy_length) }?;
            // SAFETY: as above.
            let facts = unsafe { text("facts", facts, facts_length) }?;
            make(SourceOptions::from_json(source)?.into_source()?, policy, facts, seed)
        };
        // SAFETY: the place is the caller's promise.
        unsafe { give("machine", machine, made) }?;
        Ok(None)
    })
}

/// A machine for the source that a program's surroundings say `service` has; see `tp_configuration`.
///
/// The rest is as for `tp_machine_new`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_machine_from_surroundings(
    service: *const c_char,
    service_length: usize,
    surroundings: *const c_char,
    surroundings_length: usize,
    policy: *const c_char,
    policy_length: usize,
    facts: *const c_char,
    facts_length: usize,
    seed: u64,
    machine: *mut *mut tp_machine,
) -> *mut tp_result {
    answer(|| {
        let made = || {
            // SAFETY: text and length are the caller's promise.
            let service = unsafe { text("service", service, service_length) }?;
            // SAFETY: as above.
            let surroundings = unsafe { text("surroundings", surroundings, surroundings_length) }?;
            // SAFETY: as above.
            let policy = unsafe { text("policy", policy, policy_length) }?;
            // SAFETY: as above.
            let facts = unsafe { text("facts", facts, facts_length) }?;
            make(Surroundings::read(surroundings)?.choose(service)?.into_source()?, policy, facts, seed)
        };
        // SAFETY: the place is the caller's promise.
        unsafe { give("machine", machine, made) }?;
        Ok(None)
    })
}

/// Frees a machine, and overwrites its tokens and secrets. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_machine_free(machine: *mut tp_machine) {
    // SAFETY: the caller gives the handle back.
    unsafe { free(machine) };
}

/// A ticket of a caller that has not asked yet. It is freed by `tp_ticket_free`.
#[unsafe(no_mangle)]
pub extern "C" fn tp_ticket_new() -> *mut tp_ticket {
    tell(std::ptr::null_mut(), || Box::into_raw(Box::new(tp_ticket { ticket: Mutex::default() })))
}

/// Frees a ticket. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_ticket_free(ticket: *mut tp_ticket) {
    // SAFETY: the caller gives the handle back.
    unsafe { free(ticket) };
}

/// What to do next for the caller with this ticket.
///
/// `slot` is one of `TP_SLOT_...`; both clocks are in nanoseconds and read under the lock: one that never goes backwards and
/// runs on during suspend where there is such a thing (`CLOCK_BOOTTIME`), and the time since 1970.
///
/// Returns `TP_READY`, `TP_SEND`, `TP_NEED_FILES`, `TP_NEED_TOKEN`, `TP_WAIT` or `TP_FAILED`, never NULL. Work is done in a
/// unit of its own that no caller's giving up takes down, and all waiters are woken after every report. A wait is begun
/// before the lock is released.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_machine_poll(
    machine: *mut tp_machine,
    ticket: *mut tp_ticket,
    slot: u32,
    monotonic: u64,
    unix_time: u64,
) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let machine = unsafe { lent("machine", machine) }?;
        // SAFETY: so is this one.
        let ticket = unsafe { lent("ticket", ticket) }?;
        let mut ticket = alone("ticket", &ticket.ticket)?;
        let action = machine.call(|machine| {
            let slot = read_slot(slot, machine.last_slot())?;
            Ok(machine.poll(slot, at(monotonic, unix_time), &mut ticket))
        })?;
        action.map(|action| Some(Outcome::from(action)))
    })
}

/// The work of a volunteer, if something is to be refreshed: ask after each `TP_READY`, and after each report of such work.
///
/// Returns `TP_SEND`, `TP_NEED_FILES`, `TP_NEED_TOKEN`, or NULL when there is nothing to do; `TP_FAILED` only of a bad argument.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_machine_poll_refresh(machine: *mut tp_machine, monotonic: u64, unix_time: u64) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let machine = unsafe { lent("machine", machine) }?;
        let action = machine.call(|machine| machine.poll_refresh(at(monotonic, unix_time)))?;
        Ok(action.map(Outcome::from))
    })
}

/// The next thing that happened, for logs: `TP_JSON` with `event`, such as `refresh_failed`, and what belongs to it. NULL when
/// there is nothing more. Ask after every call; the oldest of more than 64 are dropped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_machine_poll_event(machine: *mut tp_machine) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let machine = unsafe { lent("machine", machine) }?;
        let event = machine.call(TokenManager::poll_event)?;
        Ok(event.map(|event| Outcome::json(&event.to_json())))
    })
}

/// What the machine knows: `TP_JSON` with `source`, `slots` with their tokens' times and last failures, `protocol` and
/// `clock_skew_seconds`. It holds no secret.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_machine_status(machine: *const tp_machine) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let machine = unsafe { lent("machine", machine) }?;
        let status = machine.call(|machine| machine.status())?;
        Ok(Some(Outcome::json(&status.to_json())))
    })
}

/// How the metadata service is reached, for `tp_client_begin`, `tp_client_request` and `tp_call_served_by`: `TP_JSON` with `endpoint`,
/// `version` and `bare_metal`. With the protocol `auto` that is settled once there is an identity token: ask again then.
///
/// Returns `TP_FAILED` with `TP_ERROR_INVALID_ARGUMENT` where the source has no metadata service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_machine_metadata_service(machine: *const tp_machine) -> *mut tp_result {
    answer(|| {
        // SAFETY: the handle is the caller's promise.
        let machine = unsafe { lent("machine", machine) }?;
        let service = machine.call(|machine| machine.metadata_service())??;
        Ok(Some(Outcome::Json(Text::from(service.to_json().as_str()))))
    })
}

/// The step whose token a program is after: `TP_SLOT_IAM`, or `TP_SLOT_ASSUMED`; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_machine_last_slot(machine: *const tp_machine) -> u32 {
    tell(0, || {
        // SAFETY: the handle is the caller's promise.
        let machine = unsafe { lent("machine", machine) };
        machine.and_then(|machine| machine.call(|machine| slot_number(machine.last_slot()))).unwrap_or(0)
    })
}
