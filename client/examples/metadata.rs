#![expect(clippy::print_stdout, reason = "an example shows what it got")]
// ANCHOR: all
//! What an instance knows about itself: `cargo run --features metadata --example metadata [METADATA_ENDPOINT]`.

use serde_json::json;
use trusted_profile::{Metadata, TokenProvider};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), trusted_profile::Error> {
    let mut builder = TokenProvider::vpc_instance();
    if let Some(endpoint) = std::env::args().nth(1) {
        builder = builder.endpoint(endpoint);
    }
    let metadata = Metadata::new(&builder.build()?);

    let reply = metadata.call("get_instance", json!({})).await?;
    if let Some(instance) = reply.value.json() {
        let zone = instance.get("zone").and_then(|zone| zone.get("name")?.as_str());
        println!("{} in {}", instance.text("name").unwrap_or_default(), zone.unwrap_or_default());
    }
    // User data may hold secrets: this says how long it is.
    let reply = metadata.call("get_instance_initialization", json!({})).await?;
    let user_data = reply.value.json().and_then(|initialization| initialization.text("user_data")).unwrap_or_default();
    println!("{} bytes of user data", user_data.len());
    Ok(())
}
// ANCHOR_END: all
