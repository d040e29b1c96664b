//! Tokens as JavaScript gets them.

use crate::exchange;
use crate::time::milliseconds;
use serde_json::{Value, json};
use std::time::Duration;
use trusted_profile_core::{AccessToken, Now};

/// The token with its text, for the one object that keeps it.
pub(crate) fn described(token: &AccessToken) -> Value {
    let described = json!({
        "slot": token.slot().as_str(), "generation": token.generation(), "expiresAt": instant(token.expires_at()),
        "usableUntil": instant(token.usable_until()), "refreshAt": instant(token.refresh_at()),
    });
    exchange::with(described, "value", token.expose().into())
}

/// The two clocks of an instant; null where it never comes.
fn instant(at: Now) -> Value {
    if at.monotonic == Duration::MAX {
        return Value::Null;
    }
    json!({ "monotonic": milliseconds(at.monotonic), "unix": milliseconds(at.unix) })
}
