#![expect(clippy::print_stdout, reason = "an example shows what it got")]
// ANCHOR: all
//! A service that starts while the instance is still being set up: `cargo run --example first_boot [METADATA_ENDPOINT]`.

use std::time::Duration;
use trusted_profile::{Policy, TokenProvider};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), trusted_profile::Error> {
    // Until there was a first token, "not linked" and "unreachable" are tried again, for five minutes.
    let policy = Policy { wait_until_ready: Duration::from_secs(300), ..Policy::default() };
    let mut builder = TokenProvider::vpc_instance().policy(policy).on_event(|event| println!("{event:?}"));
    if let Some(endpoint) = std::env::args().nth(1) {
        builder = builder.endpoint(endpoint);
    }
    let tokens = builder.build()?;
    tokens.token().await?;
    println!("{}", tokens.describe());
    Ok(())
}
// ANCHOR_END: all
