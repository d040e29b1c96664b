//! What requests for described operations need: a simulator, tokens, and the values that cannot be made up.

use std::collections::BTreeMap;

use serde_json::Value;
use simulator::{Config, Simulator};

use crate::wire::{Reply, call, identity_token, token};

/// A seeded simulator, and tokens for it.
pub(crate) struct Setting {
    pub(crate) simulator: Simulator,
    pub(crate) iam_token: String,
    pub(crate) identity_token: String,
}

impl Setting {
    pub(crate) fn start() -> Self {
        let simulator = Simulator::start_blocking(Config::seeded()).unwrap();
        let key = simulator.seed().unwrap().api_key.value;
        let reply = token(&simulator, &[("grant_type", "urn:ibm:params:oauth:grant-type:apikey"), ("apikey", &key)]);
        let iam_token = reply.json()["access_token"].as_str().unwrap().to_owned();
        let identity_token = identity_token(&simulator);
        Self { simulator, iam_token, identity_token }
    }

    /// Values by the name of a property.
    pub(crate) fn known(&self) -> BTreeMap<String, String> {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut parameters = rcgen::CertificateParams::default();
        parameters.distinguished_name = rcgen::DistinguishedName::new();
        let csr = parameters.serialize_request(&key).unwrap().pem().unwrap();
        let crn = self.simulator.primary_instance().crn;
        [
            ("apikey", self.simulator.seed().unwrap().api_key.value),
            ("access_token", self.iam_token.clone()),
            ("token", self.iam_token.clone()),
            ("csr", csr),
            ("crn", crn),
            // Claim rules compare with JSON, in a string.
            ("value", "\"example\"".to_owned()),
            ("operator", "EQUALS".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    pub(crate) fn base(&self, name: &str) -> String {
        match name {
            "vpc" => self.simulator.vpc_url(),
            "containers" => self.simulator.containers_url(),
            "metadata" => self.simulator.metadata_url(),
            _ => self.simulator.iam_url(),
        }
    }

    /// A request of an administrator. The path comes after the base of the interface.
    pub(crate) fn send(&self, method: &str, name: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        let mut path = path.to_owned();
        if name == "vpc" && !path.contains("version=") {
            let sign = if path.contains('?') { '&' } else { '?' };
            path = format!("{path}{sign}version=2026-10-06&generation=2");
        }
        let mut request = call(method, format!("{}{path}", self.base(name))).bearer(&self.iam_token);
        let label = if name == "vpc" && method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
        if !body.is_null() {
            request = request.body(body.to_string());
            if !headers.iter().any(|(name, _)| *name == "Content-Type") {
                request = request.header("Content-Type", label);
            }
        }
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.send()
    }

    pub(crate) fn get(&self, name: &str, path: &str) -> Reply {
        self.send("GET", name, path, &[], &Value::Null)
    }

    pub(crate) fn delete(&self, name: &str, path: &str) -> Reply {
        self.send("DELETE", name, path, &[], &Value::Null)
    }

    /// Sends a body and returns what was made of it.
    pub(crate) fn make(&self, method: &str, name: &str, path: &str, body: &Value) -> Value {
        let reply = self.send(method, name, path, &[], body);
        assert!((200..300).contains(&reply.status), "{method} {path}: {} {}", reply.status, reply.text());
        reply.json()
    }
}
