//! A token on a VPC instance: `cargo run --example instance`.
//!
//! With an argument, the metadata service is looked for there: the simulator's address on a laptop.
#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use trusted_profile::TokenProvider;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), trusted_profile::Error> {
    let mut builder = TokenProvider::vpc_instance();
    if let Some(endpoint) = std::env::args().nth(1) {
        builder = builder.endpoint(endpoint);
    }
    let tokens = builder.build()?;

    // Ask before every request: the token is cached, and refreshed before it ends.
    let token = tokens.token().await?;
    let claims = token.unverified_claims();
    println!("this program is {}", claims.as_ref().and_then(|claims| claims.iam_id()).unwrap_or("somebody"));
    println!("{}", tokens.describe());
    Ok(())
}
