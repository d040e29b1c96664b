//! OAuth clients, by HTTP Basic authentication.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::StatusCode;

use super::Call;
use super::error::TokenError;

/// The client of requests that name none.
pub(crate) const DEFAULT: &str = "default";

/// The client that asks, or [`DEFAULT`].
pub(crate) fn authenticate(call: &Call<'_>) -> Result<String, TokenError> {
    let Some(header) = call.request.header("authorization") else {
        return Ok(DEFAULT.to_owned());
    };
    let (id, secret) =
        basic(header).ok_or_else(|| TokenError::new(StatusCode::UNAUTHORIZED, "BXNIM0108E", "The Authorization header is not valid"))?;
    let account = call.world.account();
    let known =
        account.clients.get(&id).ok_or_else(|| TokenError::bad("BXNIM0310E", "The client could not be found").details(id.clone()))?;
    if *known == secret {
        return Ok(id);
    }
    Err(TokenError::new(StatusCode::UNAUTHORIZED, "BXNIM0108E", "The client's secret is not valid"))
}

fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, credentials) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}
