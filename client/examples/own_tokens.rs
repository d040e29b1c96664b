#![expect(clippy::print_stdout, reason = "an example shows what it got")]
// ANCHOR: all
//! Tokens of one's own: an agent beside this program leaves them in a file, with their end: `cargo run --example own_tokens -- FILE`.
//!
//! The file holds JSON, such as `{"token": "...", "expires_at": 1767225600}`.

use serde_json::Value;
use std::time::Duration;
use trusted_profile::{CallbackError, ExternalToken, Secret, TokenProvider, now};

fn from_agent(file: &str) -> Result<ExternalToken, CallbackError> {
    let kept: Value = serde_json::from_slice(&std::fs::read(file)?)?;
    let token = kept.get("token").and_then(Value::as_str).ok_or("the file holds no token")?;
    let end = Duration::from_secs(kept.get("expires_at").and_then(Value::as_u64).unwrap_or_default());
    Ok(ExternalToken { access_token: Secret::new(token), expires_in: end.saturating_sub(now().unix) })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), trusted_profile::Error> {
    let file = std::env::args().nth(1).unwrap_or_else(|| "token.json".to_owned());
    // Called whenever a token is needed. Caching, refreshing ahead of time and keeping a good token while the agent is away
    // are the provider's part.
    let tokens = TokenProvider::external_blocking(move || from_agent(&file)).build()?;
    println!("{:?}", tokens.token().await?);
    Ok(())
}
// ANCHOR_END: all
