//! The same as Rust structs: `cargo run --features types-vpc --example typed_instances [METADATA_ENDPOINT VPC_ENDPOINT]`.
#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use trusted_profile::types::vpc::ListInstances;
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

    // ANCHOR: typed
    let page = vpc.send(ListInstances { limit: Some(100), ..ListInstances::default() }).await?.value;
    for instance in page.instances.unwrap_or_default() {
        println!("{}: {} vCPU", instance.name.unwrap_or_default(), instance.vcpu.and_then(|vcpu| vcpu.count).unwrap_or_default());
    }
    // ANCHOR_END: typed
    Ok(())
}
