#![expect(clippy::print_stdout, reason = "an example shows what it got")]
// ANCHOR: all
//! Every instance of a region: `cargo run --features vpc --example list_instances [METADATA_ENDPOINT VPC_ENDPOINT]`.

use serde_json::json;
use trusted_profile::{TokenProvider, Vpc};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), trusted_profile::Error> {
    let (mut tokens, mut arguments) = (TokenProvider::vpc_instance(), std::env::args().skip(1));
    if let Some(metadata) = arguments.next() {
        tokens = tokens.endpoint(metadata);
    }
    let mut vpc = Vpc::new(&tokens.build()?).region("us-south");
    if let Some(endpoint) = arguments.next() {
        vpc = vpc.endpoint(endpoint);
    }

    // One page after the other, each when it is needed.
    let mut instances = vpc.items("list_instances", json!({ "limit": 100 }));
    while let Some(instance) = instances.next().await {
        let instance = instance?;
        println!("{}: {}", instance.text("name").unwrap_or_default(), instance.text("status").unwrap_or_default());
    }
    Ok(())
}
// ANCHOR_END: all
