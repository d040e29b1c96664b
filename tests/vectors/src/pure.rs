//! Cases of the small languages: addresses, dates, options, encodings, redaction, the generator.

use crate::failure::Failure;
use crate::leaks::Leaks;
use crate::same;
use serde::Deserialize;
use serde_json::{Value, json};
use trusted_profile_core::operation::ApiDate;
use trusted_profile_core::token::{IamEndpoint, SourceOptions, UnverifiedClaims};
use trusted_profile_core::wire::{AllowedOrigins, BaseUrl, Redactor, form, path_segment, query};
use trusted_profile_core::{Error, ErrorCode, Policy, Secret, TokenManager};

/// A text that one of the small languages reads, or refuses.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// For the reader.
    #[serde(default)]
    pub why: Option<String>,
    /// `base_url`, `iam_endpoint`, `api_date`, `path_segment`, `source`, `policy`, `claims`, `configuration` or `allowed_origins`.
    pub language: String,
    /// The text; of `source`, `policy`, `configuration` and `allowed_origins` the JSON object.
    pub given: Value,
    /// How what was read is shown.
    #[serde(default)]
    pub shown: Option<Value>,
    /// Or why it is refused.
    #[serde(default)]
    pub error: Option<Failure>,
}

/// Pairs and what they become.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encode {
    /// The pairs.
    pub pairs: Vec<(String, String)>,
    /// As a query.
    pub query: String,
    /// As a form.
    pub form: String,
}

/// A text and what may be shown of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redact {
    /// What must not be shown.
    pub hidden: Vec<String>,
    /// The text.
    pub text: String,
    /// What is shown.
    pub shown: String,
}

/// The first numbers of a seed, as decimal texts since they do not fit into every language's numbers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    /// The seed.
    pub seed: u64,
    /// The numbers.
    pub numbers: Vec<String>,
}

impl Read {
    pub(crate) fn run(&self, leaks: &Leaks) -> Result<(), String> {
        match (self.read(), &self.shown, &self.error) {
            (Ok(found), Some(expected), None) => same("shown", expected, &found),
            (Err(found), None, Some(expected)) => {
                leaks.check_text("the error", &found.to_string())?;
                leaks.check("the error", &found)?;
                expected.check(&found).map_err(|difference| format!("{}: {difference}", self.given))
            }
            (Err(found), _, _) => Err(format!("{}: no error was expected: {found}", self.given)),
            (Ok(found), _, _) => Err(format!("{}: should have been refused, found {found}", self.given)),
        }
    }

    fn read(&self) -> Result<Value, Error> {
        let text = self.given.as_str().unwrap_or_default();
        let unfit = |what: String| Error::new(ErrorCode::Internal, what);
        match self.language.as_str() {
            "base_url" => Ok(json!(BaseUrl::parse("endpoint", text)?.to_string())),
            "iam_endpoint" => Ok(json!(IamEndpoint::parse(text)?.base()?.to_string())),
            "api_date" => Ok(json!(ApiDate::parse("version", text)?.to_string())),
            "path_segment" => Ok(json!(path_segment("id", text)?)),
            "source" => Ok(json!(SourceOptions::from_json(&self.given.to_string())?.into_source()?.to_string())),
            "policy" => {
                let policy = Policy::from_json(&self.given.to_string())?;
                let source = SourceOptions::from_json(r#"{"source":"external"}"#)?.into_source()?;
                TokenManager::new(source, policy, 1).map(|_| json!("accepted"))
            }
            "configuration" => crate::configuration::read(&self.given),
            "allowed_origins" => {
                let origins = self.given.get("origins").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
                let url = self.given.get("url").and_then(Value::as_str).unwrap_or_default();
                Ok(json!(AllowedOrigins::new(origins)?.allows(url)))
            }
            "claims" => Ok(UnverifiedClaims::read(text).map_or(json!("no claims"), |claims| shown_claims(&claims))),
            other => Err(unfit(format!("there is no language {other}"))),
        }
    }
}

fn shown_claims(claims: &UnverifiedClaims) -> Value {
    without_nulls(json!({
        "iam_id": claims.iam_id(),
        "account_id": claims.account_id(),
        "expires_at": claims.expires_at(),
        "audiences": claims.audiences(),
        "service_account": claims.service_account().map(|(namespace, account)| format!("{namespace}/{account}")),
    }))
}

impl Encode {
    pub(crate) fn run(&self) -> Result<(), String> {
        let pairs = || self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        same("query", &self.query, &query(pairs()))?;
        same("form", &self.form.as_str(), &form(pairs()).expose())
    }
}

impl Redact {
    pub(crate) fn run(&self) -> Result<(), String> {
        let hidden: Vec<Secret> = self.hidden.iter().map(Secret::new).collect();
        same("shown", &self.shown, &Redactor::new(&hidden).excerpt(&self.text))
    }
}

impl Stream {
    /// The runner's own SplitMix64: the machine's is checked by the times that scripts pin.
    pub(crate) fn run(&self) -> Result<(), String> {
        let mut state = self.seed;
        let mut next = || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            (z ^ (z >> 31)).to_string()
        };
        same("numbers", &self.numbers, &self.numbers.iter().map(|_| next()).collect())
    }
}

/// Drops members that are null, at every depth of objects that the runner made.
#[must_use]
pub fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            members.into_iter().filter(|(_, member)| !member.is_null()).map(|(name, member)| (name, without_nulls(member))).collect()
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}
