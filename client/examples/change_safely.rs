//! A VPC is made, changed by two, and taken away:
//! `cargo run --features vpc --example change_safely -- NAME [METADATA_ENDPOINT VPC_ENDPOINT]`.
#![expect(clippy::print_stdout, reason = "an example shows what it got")]

use serde_json::json;
use trusted_profile::{Error, TokenProvider, Vpc};

async fn change(vpc: &Vpc, somebody_else: &Vpc, name: &str) -> Result<(), Error> {
    // `If-Match` goes along with every change of what this client has read: the tag that it last saw.
    let vpc = vpc.clone().always_if_match();
    let made = vpc.call("create_vpc", json!({ "body": { "name": name } })).await?;
    let id = made.value.json().and_then(|vpc| vpc.text("id")).unwrap_or_default();
    // A list, or what making it was answered with, says nothing of tags: read what is to be changed.
    vpc.call("get_vpc", json!({ "id": id })).await?;

    somebody_else.call("update_vpc", json!({ "id": id, "body": { "name": format!("{name}-theirs") } })).await?;

    let ours = json!({ "id": id, "body": { "name": format!("{name}-ours") } });
    match vpc.call("update_vpc", ours.clone()).await {
        Err(error) if error.status() == Some(412) => println!("somebody else was faster"),
        other => println!("nobody noticed: {other:?}"),
    }
    // What they made of it has a tag of its own. Look at it, and decide anew.
    vpc.call("get_vpc", json!({ "id": id })).await?;
    let changed = vpc.call("update_vpc", ours).await?;
    println!("{}", changed.value.json().and_then(|vpc| vpc.text("name")).unwrap_or_default());
    vpc.call("delete_vpc", json!({ "id": id })).await?;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (mut tokens, mut arguments) = (TokenProvider::vpc_instance(), std::env::args().skip(1));
    let name = arguments.next().unwrap_or_else(|| "by-trusted-profile".to_owned());
    if let Some(metadata) = arguments.next() {
        tokens = tokens.endpoint(metadata);
    }
    let tokens = tokens.build()?;
    let endpoint = arguments.next();
    let client = || {
        let vpc = Vpc::new(&tokens).region("us-south");
        endpoint.iter().fold(vpc, |vpc, endpoint| vpc.endpoint(endpoint))
    };
    change(&client(), &client(), &name).await
}
