#![expect(clippy::print_stdout, reason = "an example shows what it got")]
// ANCHOR: all
//! An object of IBM Cloud Object Storage, read on a VPC instance without a key:
//! `cargo run --example object_storage -- URL [METADATA_ENDPOINT]`.

use reqwest::header::AUTHORIZATION;
use reqwest::{Client, Response, StatusCode, redirect};
use std::error::Error;
use trusted_profile::TokenProvider;

async fn get(http: &Client, tokens: &TokenProvider, url: &str) -> Result<Response, Box<dyn Error>> {
    // Asked for before every request: it is cached, and refreshed before it ends.
    let token = tokens.token().await?;
    let answer = http.get(url).header(AUTHORIZATION, token.authorization()).send().await?;
    if answer.status() != StatusCode::UNAUTHORIZED {
        return Ok(answer);
    }
    // It was revoked: once more, with a new one.
    tokens.invalidate(&token);
    let token = tokens.token().await?;
    Ok(http.get(url).header(AUTHORIZATION, token.authorization()).send().await?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("which object? https://s3.us-south.cloud-object-storage.appdomain.cloud/BUCKET/KEY")?;
    let mut builder = TokenProvider::vpc_instance();
    if let Some(endpoint) = arguments.next() {
        builder = builder.endpoint(endpoint);
    }
    let tokens = builder.build()?;
    // The next line is for this repository's reqwest alone; one with its default features needs none.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // A redirect would carry the token to somebody else.
    let http = Client::builder().redirect(redirect::Policy::none()).build()?;
    let object = get(&http, &tokens, &url).await?.error_for_status()?;
    print!("{}", object.text().await?);
    Ok(())
}
// ANCHOR_END: all
