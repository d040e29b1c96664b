//! What was seen, against what a scenario expects. The same for every driver.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What one play showed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Units of work by what they fetched.
    pub works: BTreeMap<String, u64>,
    /// Callers that got a token.
    pub ok: u64,
    /// Callers that got an error.
    pub failed: u64,
    /// Callers that went away.
    pub cancelled: u64,
    /// Different tokens handed out.
    pub tokens: usize,
    /// Different errors handed out, elapsed time included.
    pub errors: usize,
    /// Waits for a unit of work that ended by running out.
    pub lost: u64,
    /// Refreshes taken on.
    pub volunteers: u64,
    /// Waiters still registered at the end.
    pub left: usize,
    /// Tokens that the last slot has had.
    pub generation: u64,
    /// Something that ought to happen did not.
    pub stuck: bool,
    /// The machine's events by name.
    pub events: BTreeMap<String, u64>,
}

/// Every expectation that is not met: its name, and the difference in words.
#[must_use]
pub fn judge(expect: &Value, report: &Report) -> Vec<(String, String)> {
    let seen = serde_json::to_value(report).unwrap_or_default();
    let mut wanted =
        json!({ "ok": 0, "failed": 0, "cancelled": 0, "tokens": 0, "errors": 0, "lost": 0, "volunteers": 0, "left": 0, "stuck": false });
    if let (Some(wanted), Some(expect)) = (wanted.as_object_mut(), expect.as_object()) {
        wanted.extend(expect.clone());
    }
    let nothing = Map::new();
    let names = wanted.as_object().unwrap_or(&nothing);
    let failed = names.iter().filter(|(name, wanted)| !fits(wanted, seen.get(name.as_str()).unwrap_or(&Value::Null)));
    failed
        .map(|(name, wanted)| {
            (name.clone(), format!("{name}: expected {wanted}, found {}", seen.get(name.as_str()).unwrap_or(&Value::Null)))
        })
        .collect()
}

/// A number is exact, `[n]` is a lower bound, an object has the same members.
fn fits(wanted: &Value, seen: &Value) -> bool {
    match (wanted, seen) {
        (Value::Array(least), seen) => least.first().and_then(Value::as_u64) <= seen.as_u64(),
        (Value::Object(wanted), Value::Object(seen)) => {
            wanted.len() == seen.len() && wanted.iter().all(|(name, wanted)| seen.get(name).is_some_and(|seen| fits(wanted, seen)))
        }
        (wanted, seen) => wanted == seen,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(expect: Value, report: &Report) -> Vec<String> {
        judge(&expect, report).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn whatever_is_not_expected_has_to_be_nothing() {
        let report = Report { lost: 1, stuck: true, left: 2, ..Report::default() };
        assert_eq!(failed(json!({}), &report), ["left", "lost", "stuck"]);
        assert_eq!(failed(json!({ "lost": [1], "left": [3], "stuck": true }), &report), ["left"]);
    }

    #[test]
    fn units_of_work_are_counted_one_by_one() {
        let report = Report { works: [("iam".to_owned(), 2)].into(), ..Report::default() };
        assert!(failed(json!({ "works": { "iam": 2 } }), &report).is_empty());
        for expect in [
            json!({ "works": { "iam": 1 } }),
            json!({ "works": {} }),
            json!({ "works": { "iam": [3] } }),
            json!({ "works": { "file": 2 } }),
        ] {
            assert_eq!(failed(expect, &report), ["works"]);
        }
    }
}
