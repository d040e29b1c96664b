//! Conditions of claim rules.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::resource::ComputeResource;

/// One condition; all conditions of a rule must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The claim of the compute resource.
    pub claim: String,
    /// `EQUALS`, `NOT_EQUALS`, `EQUALS_IGNORE_CASE`, `NOT_EQUALS_IGNORE_CASE`, `CONTAINS` or `IN`.
    pub operator: String,
    /// JSON in a string: `"\"prod\""`, `"[\"a\",\"b\"]"`.
    pub value: String,
}

const OPERATORS: [&str; 6] = ["EQUALS", "NOT_EQUALS", "EQUALS_IGNORE_CASE", "NOT_EQUALS_IGNORE_CASE", "CONTAINS", "IN"];

impl Condition {
    /// A condition that compares a claim with a text.
    #[must_use]
    pub fn equals(claim: &str, text: &str) -> Self {
        Self { claim: claim.to_owned(), operator: "EQUALS".to_owned(), value: Value::String(text.to_owned()).to_string() }
    }

    /// Why the service would refuse this condition.
    pub(crate) fn fault(&self) -> Option<String> {
        if self.claim.is_empty() {
            return Some("a condition needs a claim".to_owned());
        }
        if !OPERATORS.contains(&self.operator.as_str()) {
            return Some(format!("unknown operator {}", self.operator));
        }
        if serde_json::from_str::<Value>(&self.value).is_err() {
            return Some(format!("the value of the condition on {} is not stringified JSON", self.claim));
        }
        None
    }

    /// A claim the resource does not have fulfils no condition, not even a negative one.
    pub(crate) fn holds(&self, resource: &ComputeResource) -> bool {
        let Some(claim) = resource.claims.get(&self.claim) else {
            return false;
        };
        let Ok(value) = serde_json::from_str::<Value>(&self.value) else {
            return false;
        };
        match self.operator.as_str() {
            "EQUALS" => *claim == value,
            "NOT_EQUALS" => *claim != value,
            "EQUALS_IGNORE_CASE" => folded(claim) == folded(&value),
            "NOT_EQUALS_IGNORE_CASE" => folded(claim) != folded(&value),
            "CONTAINS" => contains(claim, &value),
            "IN" => value.as_array().is_some_and(|list| list.contains(claim)),
            _ => false,
        }
    }
}

fn folded(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_lowercase(),
        other => other.to_string().to_lowercase(),
    }
}

/// An exact element of a list, or a part of a text.
fn contains(claim: &Value, value: &Value) -> bool {
    match (claim, value) {
        (Value::Array(list), value) => list.contains(value),
        (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn resource() -> ComputeResource {
        ComputeResource {
            cr_type: "IKS_SA".to_owned(),
            crn: "crn".to_owned(),
            account_id: "a".to_owned(),
            identifier: "c:prod:worker:p".to_owned(),
            name: "worker".to_owned(),
            claims: [
                ("namespace".to_owned(), json!("prod")),
                ("name".to_owned(), json!("worker")),
                ("groups".to_owned(), json!(["a", "bc"])),
            ]
            .into(),
        }
    }

    fn holds(claim: &str, operator: &str, value: &str) -> bool {
        let condition = Condition { claim: claim.to_owned(), operator: operator.to_owned(), value: value.to_owned() };
        assert_eq!(condition.fault(), None);
        condition.holds(&resource())
    }

    #[test]
    fn each_operator() {
        assert!(holds("namespace", "EQUALS", "\"prod\""));
        assert!(!holds("namespace", "EQUALS", "\"Prod\""));
        assert!(holds("namespace", "NOT_EQUALS", "\"dev\""));
        assert!(!holds("namespace", "NOT_EQUALS", "\"prod\""));
        assert!(holds("namespace", "EQUALS_IGNORE_CASE", "\"PROD\""));
        assert!(!holds("namespace", "NOT_EQUALS_IGNORE_CASE", "\"PROD\""));
        assert!(holds("name", "IN", "[\"default\",\"worker\"]"));
        assert!(!holds("name", "IN", "[\"default\"]"));
        assert!(!holds("name", "IN", "\"worker\""));
        assert!(holds("name", "CONTAINS", "\"ork\""));
        assert!(holds("groups", "CONTAINS", "\"bc\""));
        assert!(!holds("groups", "CONTAINS", "\"b\""));
    }

    #[test]
    fn an_absent_claim_fulfils_nothing() {
        assert!(!holds("zone", "EQUALS", "\"x\""));
        assert!(!holds("zone", "NOT_EQUALS", "\"x\""));
    }

    #[test]
    fn a_bare_value_is_refused() {
        let condition = Condition { claim: "namespace".to_owned(), operator: "EQUALS".to_owned(), value: "prod".to_owned() };
        assert!(condition.fault().unwrap().contains("stringified"));
        assert!(!condition.holds(&resource()));
    }
}
