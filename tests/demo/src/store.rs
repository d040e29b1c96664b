//! A call of an IAM-enabled service, as a program makes it: ask for the token before every request,
//! and once more when the service refuses it.

use crate::Failure;
use crate::control::{Control, plain_client};
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, Response};
use trusted_profile::{AccessToken, TokenProvider};

/// Sends one request to the object store; after a 401 the token is dropped and a new one tried, once.
pub(crate) async fn call(
    control: &Control,
    tokens: &TokenProvider,
    method: Method,
    path: &str,
    body: &'static str,
) -> Result<(AccessToken, u16, String), Failure> {
    let token = tokens.token().await?;
    let response = send(control, &token, method.clone(), path, body).await?;
    if response.status().as_u16() != 401 {
        return Ok((token, response.status().as_u16(), response.text().await?));
    }
    tokens.invalidate(&token);
    let token = tokens.token().await?;
    let response = send(control, &token, method, path, body).await?;
    Ok((token, response.status().as_u16(), response.text().await?))
}

async fn send(control: &Control, token: &AccessToken, method: Method, path: &str, body: &'static str) -> Result<Response, Failure> {
    let request = plain_client()?.request(method, format!("{}{path}", control.object_store_url));
    Ok(request.header(AUTHORIZATION, token.authorization()).body(body).send().await?)
}

/// An answer that has to be a success.
pub(crate) fn expect_success(status: u16, text: &str) -> Result<(), Failure> {
    if (200..300).contains(&status) { Ok(()) } else { Err(format!("the object store answered {status}: {text}").into()) }
}
