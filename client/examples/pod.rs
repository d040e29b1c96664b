//! A token in a pod: `cargo run --example pod -- PROFILE_ID [TOKEN_FILE IAM_ENDPOINT]`.
#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use trusted_profile::TokenProvider;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), trusted_profile::Error> {
    let mut arguments = std::env::args().skip(1);
    let mut builder = TokenProvider::container().profile_id(arguments.next().unwrap_or_default());
    if let Some(file) = arguments.next() {
        builder = builder.cr_token_file(file);
    }
    if let Some(endpoint) = arguments.next() {
        builder = builder.endpoint(endpoint);
    }
    let token = builder.build()?.token().await?;
    let claims = token.unverified_claims();
    println!("this program is {}", claims.as_ref().and_then(|claims| claims.iam_id()).unwrap_or("somebody"));
    Ok(())
}
