#![expect(clippy::print_stdout, reason = "an example shows what it got")]
// ANCHOR: all
//! A token on a bare metal server: `cargo run --example bare_metal -- PROFILE_ID [METADATA_ENDPOINT]`.

use trusted_profile::TokenProvider;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), trusted_profile::Error> {
    let mut arguments = std::env::args().skip(1);
    let mut builder = TokenProvider::bare_metal().profile_id(arguments.next().unwrap_or_default());
    if let Some(endpoint) = arguments.next() {
        builder = builder.endpoint(endpoint);
    }
    let token = builder.build()?.token().await?;
    let claims = token.unverified_claims();
    println!("this program is {}", claims.as_ref().and_then(|claims| claims.iam_id()).unwrap_or("somebody"));
    Ok(())
}
// ANCHOR_END: all
