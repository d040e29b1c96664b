//! `faults.schema.json` and the fault script say the same.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use simulator::{Fault, FaultRule, RetryAfter, Service};

fn schema() -> Value {
    serde_json::from_str(include_str!("../../faults.schema.json")).unwrap()
}

/// Every fault with everything it can carry.
fn every_fault() -> Vec<Fault> {
    vec![
        Fault::Latency { ms: 1 },
        Fault::Hang {},
        Fault::Refuse {},
        Fault::NotListening {},
        Fault::Unreachable {},
        Fault::Reset {},
        Fault::Close {},
        Fault::CloseMidBody { after_bytes: Some(1), reset: true },
        Fault::Drip { interval_ms: 1 },
        Fault::Status {
            status: 429,
            retry_after: Some(RetryAfter::DateIn { date_in: 2 }),
            code: Some("c".to_owned()),
            message: Some("m".to_owned()),
        },
        Fault::Html { status: 200 },
        Fault::EmptyBody { status: 200 },
        Fault::EmptyObject { status: 200 },
        Fault::TruncatedJson {},
        Fault::InvalidJson {},
        Fault::OpaqueToken {},
        Fault::MissingExpiresIn {},
        Fault::ExpiresInString {},
        Fault::HugeBody { bytes: 1, content_length: false },
        Fault::GzipBomb { bytes: 1 },
        Fault::Redirect { status: 302, location: "http://x".to_owned() },
        Fault::Skew { seconds: -1 },
        Fault::ExpiredOnArrival {},
        Fault::ContentType { value: "text/plain".to_owned() },
        Fault::ExtraFields {},
        Fault::ConnectionClose {},
    ]
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn kinds_and_properties_agree() {
    let schema = schema();
    let described = schema["$defs"]["fault"]["oneOf"].as_array().unwrap();
    let faults = every_fault();
    assert_eq!(described.len(), faults.len());
    for fault in faults {
        let value = serde_json::to_value(&fault).unwrap();
        let kind = described
            .iter()
            .find(|one| one["properties"]["kind"]["const"] == value["kind"])
            .unwrap_or_else(|| panic!("{} is not described", value["kind"]));
        assert_eq!(keys(&kind["properties"]), keys(&value), "{}", value["kind"]);
        assert_eq!(kind["additionalProperties"], json!(false));
        // What is required suffices, and what is not required has a default.
        let required: BTreeSet<String> = serde_json::from_value(kind["required"].clone()).unwrap();
        let mut least = value.clone();
        least.as_object_mut().unwrap().retain(|name, _| required.contains(name));
        serde_json::from_value::<Fault>(least.clone()).unwrap();
        for name in required {
            let mut less = least.clone();
            less.as_object_mut().unwrap().remove(&name);
            assert!(serde_json::from_value::<Fault>(less).is_err(), "{name}");
        }
        let mut more = value.clone();
        more["surprise"] = json!(1);
        assert!(serde_json::from_value::<Fault>(more).is_err(), "{value}");
        assert_eq!(serde_json::from_value::<Fault>(value).unwrap(), fault);
    }
}

#[test]
fn rule_properties_agree() {
    let rule = FaultRule::on(Service::Iam, Fault::Hang {}).at("POST", "/identity/token").times(1).after(1).delayed(1);
    let value = serde_json::to_value(rule).unwrap();
    let schema = schema();
    assert_eq!(keys(&schema["$defs"]["rule"]["properties"]), keys(&value));
    let services = schema["$defs"]["rule"]["properties"]["service"]["enum"].clone();
    let services: Vec<Service> = serde_json::from_value(services).unwrap();
    assert_eq!(services.len(), 6);
}

#[test]
fn the_examples_are_rules() {
    for example in schema()["examples"].as_array().unwrap() {
        let rules = match example {
            Value::Array(rules) => rules.clone(),
            one => vec![one.clone()],
        };
        for rule in rules {
            let parsed: FaultRule = serde_json::from_value(rule.clone()).unwrap();
            assert!(!format!("{parsed:?}").is_empty());
        }
    }
}
