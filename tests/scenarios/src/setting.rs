//! The simulator of one scenario, and what placeholders stand for.

use crate::Failure;
use crate::script::{ControlCall, Counted};
use serde_json::{Map, Value, json};
use simulator::{Config, Service, Simulator};
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use tempfile::TempDir;

/// A simulator with the seeded account, and the runner's own folder.
pub(crate) struct Setting {
    pub(crate) simulator: Simulator,
    folder: TempDir,
    values: BTreeMap<String, String>,
}

impl Setting {
    pub(crate) fn new() -> Result<Self, Failure> {
        let simulator = Simulator::start_blocking(Config::seeded()).map_err(|e| e.to_string())?;
        let seed = simulator.seed().ok_or("the simulator has no seeded account")?;
        let values = [
            ("metadata_url", simulator.metadata_url()),
            ("iam_url", simulator.iam_url()),
            ("object_store_url", simulator.object_store_url()),
            ("account_id", simulator.account_id()),
            ("instance_id", seed.instance.id.clone()),
            ("instance_crn", seed.instance.crn.clone()),
            ("instance_profile_id", seed.instance_profile.id.clone()),
            ("instance_profile_iam_id", seed.instance_profile.iam_id.clone()),
            ("pod_profile_id", seed.pod_profile.id.clone()),
            ("pod_profile_crn", seed.pod_profile.crn.clone()),
            ("cluster_id", seed.cluster.id.clone()),
            ("bucket", seed.bucket.clone()),
            ("api_key", seed.api_key.value.clone()),
        ];
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        Ok(Self { simulator, folder, values })
    }

    /// `value` with every `{placeholder}` filled in.
    pub(crate) fn fill(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => {
                let filled = self.values.iter().fold(text.clone(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value));
                Value::String(filled)
            }
            Value::Array(items) => items.iter().map(|item| self.fill(item)).collect(),
            Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), self.fill(value))).collect(),
            other => other.clone(),
        }
    }

    /// Calls the control API, as a runner in any language does.
    pub(crate) fn control(&self, call: &ControlCall) -> Result<Value, Failure> {
        let path = self.fill(&Value::String(call.path.clone()));
        let path = format!("/control/v1/{}", path.as_str().unwrap_or_default());
        let body = if call.body.is_null() { String::new() } else { self.fill(&call.body).to_string() };
        let authority = self.simulator.control_url().replace("http://", "");
        let request = format!(
            "{} {path} HTTP/1.1\r\nhost: {authority}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            call.method,
            self.simulator.control_token(),
            body.len()
        );
        let answer = exchange(&authority, &request).map_err(|e| format!("control API: {e}"))?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split(' ').nth(1).unwrap_or_default();
        if !status.starts_with('2') {
            return Err(format!("control API: {} {path} was answered with {status}: {body}", call.method));
        }
        Ok(serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// Projects a token file into the runner's folder.
    pub(crate) fn token_file(&mut self, token: &Map<String, Value>) -> Result<(), Failure> {
        let mut token = token.clone();
        token.entry("cluster_id").or_insert_with(|| json!("{cluster_id}"));
        let body = json!({ "directory": self.folder.path(), "file_name": "sa-token", "token": token });
        let file = self.control(&ControlCall { method: "POST".to_owned(), path: "cr_token_files".to_owned(), body })?;
        for (name, member) in [("cr_token_file", "path"), ("cr_token_file_id", "id")] {
            let value = file.get(member).and_then(Value::as_str).ok_or("the simulator did not name the token file")?;
            self.values.insert(name.to_owned(), value.to_owned());
        }
        Ok(())
    }

    pub(crate) fn count(&self, counted: &Counted) -> Result<usize, Failure> {
        let service = match counted.service.as_str() {
            "metadata" => Service::Metadata,
            "iam" => Service::Iam,
            "object_store" => Service::ObjectStore,
            other => return Err(format!("there is no service {other}")),
        };
        Ok(self.simulator.journal().count(service, &counted.method, &counted.path))
    }

    /// The object store's status for a token.
    pub(crate) fn use_token(&self, token: &str) -> Result<u16, Failure> {
        let authority = self.simulator.object_store_url().replace("http://", "");
        let bucket = self.values.get("bucket").cloned().unwrap_or_default();
        let request = format!(
            "GET /{bucket}/greeting.txt HTTP/1.1\r\nhost: {authority}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n"
        );
        let answer = exchange(&authority, &request).map_err(|e| format!("object store: {e}"))?;
        answer.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(|| "object store: no answer".to_owned())
    }
}

/// One request over a connection of its own. Enough for a server on this machine that closes it.
fn exchange(authority: &str, request: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(authority)?;
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
