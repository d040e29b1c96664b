//! Compares the machine's status with what a script expects of it.

use crate::expected::{SlotStatus, Status};
use crate::shown::{millis, slot_name};
use crate::{same, same_if_given};
use trusted_profile_core::token;

/// Compares.
///
/// # Errors
/// The first difference.
pub fn check(expected: &Status, found: &token::Status) -> Result<(), String> {
    same_if_given("source", expected.source.as_ref(), &found.source)?;
    let protocol = found.protocol.map_or("none", trusted_profile_core::wire::Scheme::as_str);
    same_if_given("protocol", expected.protocol.as_ref(), &protocol.to_owned())?;
    if let Some(skew) = expected.clock_skew_seconds {
        same("clock_skew_seconds", &Some(skew), &found.clock_skew_seconds)?;
    }
    for (name, expected) in &expected.slots {
        let slot = found.slots.iter().find(|slot| slot_name(slot.slot) == name);
        let slot = slot.ok_or_else(|| format!("the status has no slot {name}"))?;
        check_slot(expected, slot).map_err(|difference| format!("status of {name}: {difference}"))?;
    }
    Ok(())
}

fn check_slot(expected: &SlotStatus, found: &token::SlotStatus) -> Result<(), String> {
    same_if_given("generation", expected.generation.as_ref(), &found.generation)?;
    same_if_given("has_token", expected.has_token.as_ref(), &found.usable_until.is_some())?;
    if let Some(time) = expected.usable_until {
        same("usable_until", &Some(time), &found.usable_until.map(|until| millis(until.monotonic)))?;
    }
    if let Some(time) = expected.refresh_at {
        same("refresh_at", &Some(time), &found.refresh_at.map(|at| millis(at.monotonic)))?;
    }
    same_if_given("fetching", expected.fetching.as_ref(), &found.fetching)?;
    same_if_given("failed_refreshes", expected.failed_refreshes.as_ref(), &found.failed_refreshes)?;
    let failure = found.last_failure.as_ref().map_or("none", |(_, error)| error.code().as_str());
    same_if_given("last_failure", expected.last_failure.as_ref(), &failure.to_owned())
}
