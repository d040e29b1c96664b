#![expect(clippy::print_stdout, reason = "an example shows what it got")]
// ANCHOR: all
//! A service that is shown tokens: `cargo run --features verify --example verify -- ACCOUNT_ID [IAM_ENDPOINT]`.
//!
//! It reads an `Authorization` header from its standard input, as a request would bring it.

use std::io::read_to_string;
use trusted_profile::verify::{IBM_CLOUD_ISSUER, Verifier};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let account = arguments.next().ok_or("which account?")?;
    let mut builder = Verifier::builder(IBM_CLOUD_ISSUER, account);
    if let Some(endpoint) = arguments.next() {
        builder = builder.endpoint(endpoint);
    }
    // One for the whole program: it keeps the keys.
    let verifier = builder.build()?;

    let authorization = read_to_string(std::io::stdin())?;
    let shown = authorization.trim().strip_prefix("Bearer ").unwrap_or_default();
    match verifier.verify(shown).await {
        // What the caller may do is for this service to decide.
        Ok(claims) => println!("200: {} of account {}", claims.iam_id(), claims.account_id()),
        // Which check it failed is for the log of this service. The caller is told 401 and no more.
        Err(error) => println!("401: {error}"),
    }
    Ok(())
}
// ANCHOR_END: all
