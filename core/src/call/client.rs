//! The operations of a client by name: what wrappers in other languages make their clients of.

use super::{Call, EntityTags, Manner, Settings};
use crate::catalog;
use crate::error::{Error, ErrorCode};
use crate::operation::{Entry, MetadataService};
use crate::wire::{Json, is_plain};
use http::Request;
use serde_json::Value;
use std::time::Duration;

/// What a client is set up with; all of it optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientOptions {
    /// `public`, `private`, `private(<region>)` or an address.
    pub endpoint: Option<String>,
    /// The region, for the VPC API.
    pub region: Option<String>,
    /// The version date that is sent.
    pub version: Option<String>,
    /// The most that a call may take in all; a page is a call of its own.
    pub deadline: Option<Duration>,
    /// Whether `If-Match` is also sent where the service does not demand it.
    pub always_if_match: bool,
}

impl ClientOptions {
    /// Reads a JSON object: `endpoint`, `region`, `version`, `deadline` in milliseconds, `always_if_match`. What is `null` is not
    /// given.
    ///
    /// # Errors
    /// `InvalidArgument` names the option that is unknown, or of another kind.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let given = Json::parse(text.as_bytes()).map_err(|what| invalid(&format!("options: {what}")))?;
        let members = given.as_value().as_object().ok_or_else(|| invalid("options: expected a JSON object"))?;
        let mut options = Self::default();
        for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
            options.set(name, value)?;
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &Value) -> Result<(), Error> {
        let wrong = |expected: &str| invalid(&format!("{name}: expected {expected}, got {}", shown(value)));
        let text = || value.as_str().map(str::to_owned).ok_or_else(|| wrong("text"));
        match name {
            "endpoint" => self.endpoint = Some(text()?),
            "region" => self.region = Some(text()?),
            "version" => self.version = Some(text()?),
            "deadline" => {
                let time = value.as_f64().and_then(|ms| Duration::try_from_secs_f64(ms / 1000.0).ok()).filter(|time| !time.is_zero());
                self.deadline = Some(time.ok_or_else(|| wrong("milliseconds, more than 0"))?);
            }
            "always_if_match" => self.always_if_match = value.as_bool().ok_or_else(|| wrong("true or false"))?,
            _ => {
                let known = "endpoint, region, version, deadline and always_if_match";
                let name = if is_plain(name) { name } else { "such option" };
                return Err(invalid(&format!("options: there is no {name}; there are {known}")));
            }
        }
        Ok(())
    }
}

/// The client of some services, without any I/O: it makes calls, and keeps what they learn of resources.
#[derive(Debug)]
pub struct Client {
    settings: Settings,
    tags: EntityTags,
}

impl Client {
    /// The client `name`, which is `vpc`, `metadata`, `iam` or `containers`. Its answers are left as JSON text
    /// ([`crate::operation::Content::Unread`]). A wrong endpoint, region or version is told by its first call.
    ///
    /// # Errors
    /// `InvalidArgument` names what is wrong, such as a deadline of no time at all.
    pub fn new(name: &str, options: ClientOptions) -> Result<Self, Error> {
        let settings = Settings::of(catalog::client_services(name)?);
        let ClientOptions { endpoint, region, version, deadline, always_if_match } = options;
        if deadline.is_some_and(|deadline| deadline.is_zero()) {
            return Err(invalid("deadline: expected more than 0"));
        }
        if settings.is_metadata() && (endpoint.is_some() || region.is_some() || version.is_some()) {
            let words = "expected none of them for metadata, which is where the provider asks for its tokens";
            return Err(invalid(&format!("endpoint, region, version: {words}")));
        }
        let settings = Settings { endpoint, region, version, deadline, always_if_match, leave_json: true, ..settings };
        Ok(Self { settings, tags: EntityTags::default() })
    }

    /// Whether it is that of the metadata service: its calls have to know how that is reached.
    #[must_use]
    pub fn is_metadata(&self) -> bool {
        self.settings.is_metadata()
    }

    /// Its operations, each with the name of its method.
    #[must_use]
    pub fn methods(&self) -> Vec<(String, Entry)> {
        catalog::methods(self.settings.services)
    }

    /// An operation by the name of its method, its own name, or its id.
    ///
    /// # Errors
    /// `InvalidArgument` when there is none; the message names what was meant.
    pub fn find(&self, operation: &str) -> Result<Entry, Error> {
        catalog::find_method(self.settings.services, operation)
    }

    /// The request of an operation, without credentials. `metadata` is how the metadata service is reached, for its client.
    ///
    /// # Errors
    /// `InvalidArgument` names the operation, argument or option that is wrong.
    pub fn request(&self, operation: &str, arguments: &Json, metadata: Option<&MetadataService>) -> Result<Request<Vec<u8>>, Error> {
        let entry = self.find(operation)?;
        entry.request(arguments, &self.settings.target(entry, metadata)?)
    }

    /// A call. `seed` feeds its jitter.
    ///
    /// # Errors
    /// As for [`Client::request`].
    pub fn begin(
        &self,
        operation: &str,
        arguments: Json,
        manner: Manner,
        metadata: Option<&MetadataService>,
        seed: u64,
    ) -> Result<Call, Error> {
        self.settings.call(self.find(operation)?, arguments, manner, metadata, &self.tags, seed)
    }

    /// Keeps what `call` has learned of resources.
    pub fn learn_from(&mut self, call: &Call) {
        self.tags.learn_from(call);
    }
}

/// Reads the arguments of an operation from text: a JSON object of them by name. No text is an empty object.
///
/// # Errors
/// `InvalidArgument` when it is no JSON; it shows nothing of the text, which may be secret. What is no object is told by the call.
pub fn read_arguments(text: &str) -> Result<Json, Error> {
    let text = if text.trim_ascii().is_empty() { "{}" } else { text };
    Json::parse(text.as_bytes()).map_err(|what| invalid(&format!("arguments: {what}")))
}

/// What stands in the place of an option: texts, and what may hold some, may be secrets that came to stand there.
fn shown(value: &Value) -> String {
    match value {
        Value::String(_) => "text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

fn invalid(message: &str) -> Error {
    Error::new(ErrorCode::InvalidArgument, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(options: &str) -> String {
        ClientOptions::from_json(options).unwrap_err().message().to_owned()
    }

    #[test]
    fn options_are_read_and_mistakes_named() {
        let all = r#"{"endpoint":"private","region":"eu-de","version":"2025-08-26","deadline":1500,"always_if_match":true}"#;
        let options = ClientOptions::from_json(all).unwrap();
        assert_eq!((options.deadline, options.always_if_match), (Some(Duration::from_millis(1500)), true));
        assert_eq!(ClientOptions::from_json(r#"{"endpoint":null}"#).unwrap(), ClientOptions::default());
        assert!(refused(r#"{"regoin":"eu-de"}"#).contains("regoin"));
        assert!(refused(r#"{"deadline":0}"#).starts_with("deadline: expected milliseconds"));
        assert!(refused(r#"{"region":1}"#).starts_with("region: expected text"));
        assert!(refused("[]").starts_with("options"));
        for mistake in [r#"{"endpoint":{"apikey":"Hush"}}"#, r#"{"region":["Hush"]}"#, r#"{"deadline":"Hush"}"#, r#"{"Hush":1}"#] {
            let said = refused(mistake);
            assert!(!said.contains("Hush"), "{said}");
            assert!(said.contains("expected") || said.contains("there is no such"), "{said}");
        }
    }

    #[test]
    fn a_deadline_is_some_time() {
        let of = |deadline| Client::new("vpc", ClientOptions { deadline: Some(deadline), ..ClientOptions::default() });
        assert_eq!(of(Duration::ZERO).unwrap_err().message(), "deadline: expected more than 0");
        assert!(of(Duration::from_nanos(1)).is_ok());
    }

    #[test]
    fn arguments_are_read_from_text_and_none_are_an_empty_object() {
        let text = |given| read_arguments(given).map(|json| crate::wire::to_text(json.as_value()));
        for nothing in ["", " \n", "{}"] {
            assert_eq!(text(nothing).unwrap(), "{}");
        }
        assert_eq!(text(r#"{"limit": 5}"#).unwrap(), r#"{"limit":5}"#);
        let error = text(r#"{"user_data": "pa55word"#).unwrap_err();
        assert!(error.message().starts_with("arguments: ") && !error.message().contains("pa55word"), "{error}");
    }

    #[test]
    fn a_method_has_its_service_before_it_where_two_have_the_name() {
        let client = Client::new("iam", ClientOptions::default()).unwrap();
        let methods = client.methods();
        for name in ["iam_identity_get_account_settings", "iam_access_groups_get_account_settings", "list_policies"] {
            let entry = methods.iter().find(|(method, _)| method == name).map(|(_, entry)| *entry).unwrap();
            assert_eq!(client.find(name).unwrap(), entry);
            assert_eq!(client.find(&entry.id()).unwrap(), entry);
        }
        assert!(client.find("get_account_settings").unwrap_err().message().contains("several"));
    }

    #[test]
    fn requests_are_those_of_the_catalog() {
        let client = Client::new("vpc", ClientOptions { region: Some("eu-de".to_owned()), ..ClientOptions::default() }).unwrap();
        let request = client.request("list_instances", &json!({ "limit": 5 }).into(), None).unwrap();
        assert!(request.uri().to_string().starts_with("https://eu-de.iaas.cloud.ibm.com/v1/instances?"));
        let metadata = Client::new("metadata", ClientOptions::default()).unwrap();
        let unknown = metadata.request("get_instance", &json!({}).into(), None).unwrap_err();
        assert!(unknown.message().starts_with("metadata:"), "{unknown}");
        assert!(Client::new("metadata", ClientOptions { region: Some("eu-de".to_owned()), ..ClientOptions::default() }).is_err());
        assert!(Client::new("vcp", ClientOptions::default()).unwrap_err().message().contains("vcp"));
    }
}
