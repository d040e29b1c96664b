//! The simulator's control API, over HTTP like everything else.

use crate::Failure;
use crate::page::Page;
use reqwest::{Client, Method};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use simulator::Simulator;
use std::sync::Arc;

/// A client of the control API.
pub(crate) struct Control {
    client: Client,
    url: String,
    token: String,
    pub(crate) iam_url: String,
    pub(crate) object_store_url: String,
}

impl Control {
    pub(crate) fn new(simulator: &Simulator) -> Result<Self, Failure> {
        Ok(Self {
            client: plain_client()?,
            url: simulator.control_url(),
            token: simulator.control_token(),
            iam_url: simulator.iam_url(),
            object_store_url: simulator.object_store_url(),
        })
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Result<(u16, Value), Failure> {
        let mut request = self.client.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token);
        if !body.is_null() {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await?;
        let status = response.status();
        let text = response.text().await?;
        if !status.is_success() {
            return Err(format!("the control API answered {path} with {status}: {text}").into());
        }
        let answer = if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? };
        Ok((status.as_u16(), answer))
    }

    /// Makes something, and shows the call.
    pub(crate) async fn post(&self, page: &mut Page<'_>, path: &str, body: Value) -> Result<Value, Failure> {
        let path = format!("/control/v1/{path}");
        let (status, answer) = self.send(Method::POST, &path, &body).await?;
        page.control_call("POST", &path, &body, status, &answer)?;
        Ok(answer)
    }

    /// Prints everything the services received since the last time.
    pub(crate) async fn show_exchanges(&self, page: &mut Page<'_>) -> Result<(), Failure> {
        let (_, journal) = self.send(Method::GET, "/control/v1/journal", &Value::Null).await?;
        page.exchanges(journal.get("entries").unwrap_or(&journal))?;
        Ok(())
    }
}

/// A client that takes no proxy from the environment and speaks no TLS: everything here is on this
/// machine.
pub(crate) fn plain_client() -> Result<Client, Failure> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let no_tls = versions.with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    Ok(Client::builder().no_proxy().user_agent("demo").tls_backend_preconfigured(no_tls).build()?)
}

/// The text at `pointer`, which the simulator always sends.
pub(crate) fn text(value: &Value, pointer: &str) -> Result<String, Failure> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.map(str::to_owned).ok_or_else(|| format!("the simulator did not send {pointer}").into())
}
