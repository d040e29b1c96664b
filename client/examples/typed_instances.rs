//! The same as Rust structs: `cargo run --features types-vpc --example typed_instances [METADATA_ENDPOINT VPC_ENDPOINT]`.
#![expect(clippy::print_stdout, reason = "an example shows what it got")]

// ANCHOR: typed
use trusted_profile::types::vpc::ListInstances;
use trusted_profile::{Error, TokenProvider, Vpc};

async fn show_first_page(vpc: &Vpc) -> Result<(), Error> {
    let page = vpc.send(ListInstances { limit: Some(100), ..ListInstances::default() }).await?.value;
    for instance in page.instances.unwrap_or_default() {
        let count = instance.vcpu.and_then(|vcpu| vcpu.count).unwrap_or_default();
        println!("{}: {count} vCPU", instance.name.unwrap_or_default());
    }
    Ok(())
}
// ANCHOR_END: typed

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (mut tokens, mut arguments) = (TokenProvider::vpc_instance(), std::env::args().skip(1));
    if let Some(metadata) = arguments.next() {
        tokens = tokens.endpoint(metadata);
    }
    let mut vpc = Vpc::new(&tokens.build()?).region("us-south");
    if let Some(endpoint) = arguments.next() {
        vpc = vpc.endpoint(endpoint);
    }
    show_first_page(&vpc).await
}
