//! The spellings that scripts use for the core's values.

use std::time::Duration;
use trusted_profile_core::Slot;
use trusted_profile_core::token::{Event, FileProblem, Network};

/// Whole milliseconds, rounded up: the first millisecond at which an instant has come.
#[must_use]
pub fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

/// A slot by its name.
///
/// # Errors
/// The name, when there is no such slot.
pub fn slot(name: &str) -> Result<Slot, String> {
    match name {
        "identity" => Ok(Slot::Identity),
        "iam" => Ok(Slot::Iam),
        "assumed" => Ok(Slot::Assumed),
        other => Err(format!("there is no slot {other}")),
    }
}

/// A slot's name.
#[must_use]
pub const fn slot_name(slot: Slot) -> &'static str {
    match slot {
        Slot::Identity => "identity",
        Slot::Iam => "iam",
        Slot::Assumed => "assumed",
    }
}

/// A network's name.
#[must_use]
pub const fn network_name(network: Network) -> &'static str {
    match network {
        Network::LinkLocal => "link_local",
        Network::Private => "private",
        Network::Public => "public",
    }
}

/// Why a file does not serve, by its name.
///
/// # Errors
/// The name, when there is no such problem.
pub fn file_problem(name: &str) -> Result<FileProblem, String> {
    FileProblem::from_name(name).ok_or_else(|| format!("there is no file problem {name}"))
}

/// An event as scripts write it.
///
/// # Errors
/// The event, when scripts have no spelling for it yet.
pub fn event(event: &Event) -> Result<crate::expected::Event, String> {
    use crate::expected::Event as Shown;
    let name = |slot: &Slot| slot_name(*slot).to_owned();
    Ok(match event {
        Event::Fetched { slot, life } => Shown::Fetched { slot: name(slot), life: millis(*life) },
        Event::Refreshed { slot, life, replaced_age } => {
            Shown::Refreshed { slot: name(slot), life: millis(*life), replaced_age: millis(*replaced_age) }
        }
        Event::RefreshFailed { slot, error, token_age } => {
            Shown::RefreshFailed { slot: name(slot), code: error.code().as_str().to_owned(), token_age: millis(*token_age) }
        }
        Event::NotReady { slot, error, remaining } => {
            Shown::NotReady { slot: name(slot), code: error.code().as_str().to_owned(), remaining: millis(*remaining) }
        }
        Event::Failed { slot, error } => Shown::Failed { slot: name(slot), code: error.code().as_str().to_owned() },
        Event::Invalidated { slot, generation } => Shown::Invalidated { slot: name(slot), generation: *generation },
        Event::ClockSkew { seconds } => Shown::ClockSkew { seconds: *seconds },
        other => return Err(format!("scripts cannot spell {other:?}")),
    })
}
