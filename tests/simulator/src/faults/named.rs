//! Faults by name, for command lines: `[SERVICE:]NAME[=VALUE]`.

use std::str::FromStr;

use serde_json::{Map, Value, json};

use super::script::{Fault, FaultRule};
use crate::service::Service;

/// A fault as a command line names it. Without a service it is on both services of the token path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NamedFault(Vec<FaultRule>);

/// What the value of a fault is called in a rule.
const VALUES: [(&str, &str); 12] = [
    ("latency", "ms"),
    ("status", "status"),
    ("html", "status"),
    ("empty_body", "status"),
    ("empty_object", "status"),
    ("close_mid_body", "after_bytes"),
    ("drip", "interval_ms"),
    ("huge_body", "bytes"),
    ("gzip_bomb", "bytes"),
    ("redirect", "location"),
    ("skew", "seconds"),
    ("content_type", "value"),
];

impl NamedFault {
    /// The rules that make it.
    pub(crate) fn rules(&self) -> impl Iterator<Item = FaultRule> + '_ {
        self.0.iter().cloned()
    }
}

impl FromStr for NamedFault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with('{') {
            return serde_json::from_str(text).map(|rule| Self(vec![rule])).map_err(|error| error.to_string());
        }
        let service = |name: &str| serde_json::from_value::<Service>(json!(name)).ok();
        let prefix = text.split_once(':').and_then(|(name, rest)| Some((service(name)?, rest)));
        let (services, text) = match prefix {
            Some((service, rest)) => (vec![service], rest),
            None => (vec![Service::Metadata, Service::Iam], text),
        };
        let fault = fault(text)?;
        Ok(Self(services.into_iter().map(|service| FaultRule::on(service, fault.clone())).collect()))
    }
}

fn fault(text: &str) -> Result<Fault, String> {
    let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
    let mut rule = Map::from_iter([("kind".to_owned(), json!(name))]);
    if name == "redirect" {
        rule.insert("status".to_owned(), json!(302));
    }
    if let Some(value) = value {
        let (_, field) = VALUES.iter().find(|(known, _)| *known == name).ok_or_else(|| format!("{name} takes no value"))?;
        // Numbers are numbers, all else is text.
        let value = value.parse::<i64>().map_or_else(|_| json!(value), |number| json!(number));
        rule.insert((*field).to_owned(), value);
    }
    serde_json::from_value(Value::Object(rule)).map_err(|error| format!("{error}; give it as NAME=VALUE, or a whole rule as JSON"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<FaultRule> {
        text.parse::<NamedFault>().unwrap().rules().collect()
    }

    #[test]
    fn by_name_and_service() {
        assert_eq!(read("hang"), [FaultRule::on(Service::Metadata, Fault::Hang {}), FaultRule::on(Service::Iam, Fault::Hang {})]);
        let status = Fault::Status { status: 503, retry_after: None, code: None, message: None };
        assert_eq!(read("iam:status=503"), [FaultRule::on(Service::Iam, status)]);
        let redirect = Fault::Redirect { status: 302, location: "http://127.0.0.2/x".into() };
        assert_eq!(read("metadata:redirect=http://127.0.0.2/x"), [FaultRule::on(Service::Metadata, redirect)]);
        assert_eq!(read(r#"{"service":"iam","fault":{"kind":"hang"},"times":2}"#), [FaultRule::on(Service::Iam, Fault::Hang {}).times(2)]);
    }

    #[test]
    fn mistakes_say_what_was_expected() {
        for (text, words) in
            [("nonsense", "expected one of `latency`"), ("latency", "missing field `ms`"), ("hang=1", "hang takes no value"), ("{", "EOF")]
        {
            let error = text.parse::<NamedFault>().unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
