//! What settings come to, in the words of IBM's SDK cores.

use crate::machine::Case;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use trusted_profile_core::Secret;
use trusted_profile_core::services::Profile;
use trusted_profile_core::token::{Assume, Iam, Metadata, Protocol, Source};

/// A kind of authenticator with the options that are set, secrets as their SHA-256.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) kind: String,
    pub(crate) options: BTreeMap<String, String>,
    /// Those that settings chose.
    pub(crate) configured: Vec<&'static str>,
}

/// A choice, none at all, or a refusal.
pub(crate) type Outcome = Result<Option<Choice>, String>;

/// What our core chooses.
pub(crate) fn ours(case: &Case) -> Outcome {
    let chosen = case.given.choose().map_err(|error| error.to_string())?;
    let configured = chosen.settings.iter().map(|setting| setting.option).collect();
    let source = chosen.into_source().map_err(|error| error.to_string())?;
    Ok(Some(Choice { configured, ..of(&source) }))
}

/// What the script says of IBM's.
pub(crate) fn theirs(result: &Value) -> Outcome {
    if let Some(exception) = result["exception"].as_str() {
        return Err(exception.to_owned());
    }
    let Some(kind) = result["type"].as_str() else { return Ok(None) };
    let options = result["options"].as_object().unwrap().iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
    Ok(Some(Choice { kind: kind.to_owned(), options: options.collect(), configured: Vec::new() }))
}

fn of(source: &Source) -> Choice {
    let mut choice = Choice::default();
    match source {
        Source::VpcInstance(metadata) => choice.metadata("vpc", metadata),
        Source::BareMetal(metadata) => choice.metadata("bare_metal", metadata),
        Source::Container(container) => {
            choice.kind = "container".to_owned();
            choice.profile(Some(&container.profile));
            choice.set("cr_token_file", container.cr_token_file.as_deref());
            choice.secret("cr_token", container.cr_token.as_ref());
            choice.iam(&container.iam);
        }
        Source::ApiKey(key) => {
            choice.kind = "iam".to_owned();
            choice.secret("api_key", Some(&key.api_key));
            choice.iam(&key.iam);
        }
        Source::Assume(assume) => choice.assume(assume),
        Source::Bearer(token) => {
            choice.kind = "bearerToken".to_owned();
            choice.secret("token", Some(token));
        }
        other => choice.kind = other.to_string(),
    }
    choice
}

impl Choice {
    fn set(&mut self, name: &str, value: Option<&str>) {
        self.options.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }

    fn secret(&mut self, name: &str, secret: Option<&Secret>) {
        let digest = |secret: &Secret| format!("sha256:{:x}", Sha256::digest(secret.expose()));
        self.set(name, secret.map(digest).as_deref());
    }

    fn profile(&mut self, profile: Option<&Profile>) {
        match profile {
            None => {}
            Some(Profile::Id(id)) => self.set("profile_id", Some(id)),
            Some(Profile::Crn(crn)) => self.set("profile_crn", Some(crn)),
            Some(Profile::Name { name, account_id }) => {
                self.set("profile_name", Some(name));
                self.set("account_id", account_id.as_deref());
            }
            Some(other) => panic!("{other:?} has no name in IBM's cores"),
        }
    }

    fn metadata(&mut self, kind: &str, metadata: &Metadata) {
        self.kind = kind.to_owned();
        self.profile(metadata.profile.as_ref());
        self.set("version", Some(&metadata.version.to_string()));
        let url = match (&metadata.endpoint, metadata.protocol) {
            (Some(endpoint), _) => &endpoint.to_string(),
            (None, Protocol::Auto) => "whichever answers",
            (None, Protocol::Http) => "http://169.254.169.254",
            (None, Protocol::Https) => "https://api.metadata.cloud.ibm.com",
        };
        self.set("url", Some(url));
    }

    fn iam(&mut self, iam: &Iam) {
        self.set("url", Some(&iam.endpoint.base().unwrap().to_string()));
        self.set("scope", iam.scope.as_deref());
        self.set("client_id", iam.client.as_ref().map(|client| client.id.as_str()));
        self.secret("client_secret", iam.client.as_ref().map(|client| &client.secret));
    }

    fn assume(&mut self, assume: &Assume) {
        *self = of(&assume.base);
        assert_eq!(self.options["url"], assume.endpoint.base().unwrap().to_string(), "IBM's cores know one address only");
        self.kind = match self.kind.as_str() {
            "iam" => "iamAssume".to_owned(),
            other => format!("assume with {other}"),
        };
        self.profile(Some(&assume.profile));
    }
}
