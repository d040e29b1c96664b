//! A token by the settings of a service, wherever this runs:
//! `MY_SERVICE_AUTH_TYPE=vpc cargo run --example environment -- my-service`.
#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use trusted_profile::{DEFAULT_SERVICE, TokenProvider};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), trusted_profile::Error> {
    let service = std::env::args().nth(1).unwrap_or_else(|| DEFAULT_SERVICE.to_owned());
    let tokens = TokenProvider::from_environment(&service)?.build()?;
    let token = tokens.token().await?;
    let claims = token.unverified_claims();
    println!("this program is {}", claims.as_ref().and_then(|claims| claims.iam_id()).unwrap_or("somebody"));
    println!("{}", tokens.describe());
    Ok(())
}
