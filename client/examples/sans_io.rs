//! The machine for one caller at a time, with a transport of one's own: the least that a driver can be.
//! `cargo run --example sans_io [METADATA_ENDPOINT]`
//!
//! It is an instance's, so that there are neither files nor a callback to ask. Where several share a machine, the module
//! `trusted_profile_core::token` says what else there is to do.
#![expect(clippy::print_stdout, reason = "an example shows what it got")]

// ANCHOR: driver
use http::Response;
use std::error::Error;
use trusted_profile_core::token::{Action, Exchange, Policy, SourceOptions, Ticket};
use trusted_profile_core::{AccessToken, TokenManager, TransportError, TransportErrorKind};

async fn token(machine: &mut TokenManager) -> Result<AccessToken, Box<dyn Error>> {
    let mut ticket = Ticket::new();
    loop {
        // The machine has no clock: every call of it brings the time.
        match machine.poll(machine.last_slot(), trusted_profile::now(), &mut ticket) {
            Action::Ready(token) => return Ok(token),
            Action::Send(exchange) => {
                let id = exchange.id;
                let outcome = send(*exchange).await;
                machine.handle(trusted_profile::now(), id, outcome);
            }
            Action::Wait { at_most } => tokio::time::sleep(at_most).await,
            Action::Failed(error) => return Err(error.into()),
            Action::NeedInput { .. } => return Err("an instance has neither files nor a callback".into()),
        }
    }
}

/// One request within its limits. It decides nothing: what went wrong is named, and the machine goes by that.
async fn send(exchange: Exchange) -> Result<Response<Vec<u8>>, TransportError> {
    let failure = |error: reqwest::Error| {
        let kind = match () {
            () if error.is_timeout() && error.is_connect() => TransportErrorKind::ConnectTimeout,
            () if error.is_timeout() => TransportErrorKind::ReadTimeout,
            () if error.is_connect() => TransportErrorKind::Refused,
            () => TransportErrorKind::Interrupted,
        };
        TransportError::new(kind, error.without_url().to_string())
    };
    // Neither a proxy nor a redirect: both would see the token.
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let client = client.connect_timeout(exchange.connect_timeout).timeout(exchange.timeout).build().map_err(failure)?;
    let (parts, body) = exchange.request.into_parts();
    let request = client.request(parts.method, parts.uri.to_string()).headers(parts.headers).body(body);
    let mut answer = request.send().await.map_err(failure)?;
    let mut response = Response::new(Vec::new());
    *response.status_mut() = answer.status();
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    while let Some(chunk) = answer.chunk().await.map_err(failure)? {
        response.body_mut().extend_from_slice(&chunk);
        if response.body().len() > exchange.max_response_bytes {
            return Err(TransportError::new(TransportErrorKind::TooLarge, ""));
        }
    }
    Ok(response)
}
// ANCHOR_END: driver

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = SourceOptions { source: "vpc_instance".to_owned(), endpoint: std::env::args().nth(1), ..SourceOptions::default() };
    let mut machine = TokenManager::new(options.into_source()?, Policy::default(), trusted_profile::driver::seed())?;
    println!("{:?}", token(&mut machine).await?);
    while let Some(event) = machine.poll_event() {
        println!("{event:?}");
    }
    Ok(())
}
