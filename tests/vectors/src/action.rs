//! Compares what the machine returned with what a script expects.

use crate::expected::{Expected, Instant, NeedInput, Ready, Send};
use crate::shown::{millis, network_name};
use crate::{same, same_if_given};
use std::time::Duration;
use trusted_profile_core::token::Input;
use trusted_profile_core::{AccessToken, Action, Exchange};

/// Compares.
///
/// # Errors
/// The first difference.
pub fn check(expected: &Expected, found: Option<&Action>) -> Result<(), String> {
    let given = [
        expected.ready.is_some(),
        expected.send.is_some(),
        expected.need_input.is_some(),
        expected.wait.is_some(),
        expected.failed.is_some(),
        expected.none == Some(true),
    ];
    if given.iter().filter(|is_given| **is_given).count() != 1 {
        return Err("exactly one thing is to be expected".to_owned());
    }
    match found {
        None if expected.none.is_some() => Ok(()),
        Some(Action::Ready(token)) if expected.ready.is_some() => expected.ready.as_ref().map_or(Ok(()), |e| ready(e, token)),
        Some(Action::Send(exchange)) if expected.send.is_some() => expected.send.as_ref().map_or(Ok(()), |e| send(e, exchange)),
        Some(Action::NeedInput { input, .. }) if expected.need_input.is_some() => {
            expected.need_input.as_ref().map_or(Ok(()), |e| need_input(e, input))
        }
        Some(Action::Wait { at_most }) if expected.wait.is_some() => {
            expected.wait.map_or(Ok(()), |wait| same("at_most", &wait.at_most, &millis(*at_most)))
        }
        Some(Action::Failed(error)) if expected.failed.is_some() => expected.failed.as_ref().map_or(Ok(()), |e| e.check(error)),
        Some(Action::Failed(error)) => Err(format!("another outcome was expected than this failure: {error}")),
        other => Err(format!("another outcome was expected than {other:?}")),
    }
}

fn ready(expected: &Ready, found: &AccessToken) -> Result<(), String> {
    same("token", &expected.token.as_str(), &found.expose())?;
    same_if_given("generation", expected.generation.as_ref(), &found.generation())?;
    same_if_given("usable_until", expected.usable_until.as_ref(), &instant(found.usable_until().monotonic))?;
    same_if_given("usable_until_unix", expected.usable_until_unix.as_ref(), &instant(found.usable_until().unix))?;
    same_if_given("refresh_at", expected.refresh_at.as_ref(), &instant(found.refresh_at().monotonic))?;
    same_if_given("refresh_at_unix", expected.refresh_at_unix.as_ref(), &instant(found.refresh_at().unix))
}

fn instant(time: Duration) -> Instant {
    if time == Duration::MAX { Instant::Never("never".to_owned()) } else { Instant::At(millis(time)) }
}

fn send(expected: &Send, found: &Exchange) -> Result<(), String> {
    expected.request.check(&found.request)?;
    same_if_given("connect_timeout", expected.connect_timeout.as_ref(), &millis(found.connect_timeout))?;
    same_if_given("timeout", expected.timeout.as_ref(), &millis(found.timeout))?;
    same_if_given("max_response_bytes", expected.max_response_bytes.as_ref(), &found.max_response_bytes)?;
    same_if_given("network", expected.network.as_deref().as_ref(), &network_name(found.network))
}

fn need_input(expected: &NeedInput, found: &Input) -> Result<(), String> {
    match found {
        Input::CrTokenFile { paths, max_bytes } if expected.external.is_none() => {
            same("paths", &expected.paths.as_ref(), &Some(paths))?;
            same_if_given("max_bytes", expected.max_bytes.as_ref(), max_bytes)
        }
        Input::External { timeout } if expected.paths.is_none() => {
            same("timeout", &expected.external.map(|callback| callback.timeout), &Some(millis(*timeout)))
        }
        other => Err(format!("other input was expected than {other:?}")),
    }
}
