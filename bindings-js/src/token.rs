//! Tokens as JavaScript gets them.

use crate::time::instant;
use serde_json::{Value, json};
use trusted_profile_core::AccessToken;

/// The token with its text, for the one object that keeps it.
pub(crate) fn described(token: &AccessToken) -> Value {
    json!({
        "value": token.expose(), "slot": token.slot().as_str(), "generation": token.generation(),
        "expiresAt": instant(token.expires_at()), "usableUntil": instant(token.usable_until()), "refreshAt": instant(token.refresh_at()),
    })
}
