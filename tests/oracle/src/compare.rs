//! Where the two sides differ, and why they may.

use crate::record::{Request, Theirs};
use crate::sets::Set;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A difference that has a reason.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The part: `method`, `path`, `query`, `header <name>`, `body`, `refused` by them, or `refused by us`.
    pub part: String,
    /// The operations, as ids; `service.*` is all of a service, `*` all there are.
    pub operations: Vec<String>,
    /// The sets; none means all.
    #[serde(default)]
    pub sets: Vec<String>,
    /// How it may differ, for the reader; where it starts like the difference's own words, only that is allowed.
    #[serde(default)]
    pub difference: Option<String>,
    /// Why.
    pub reason: String,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// The part, as in [`Reason::part`].
    pub part: String,
    /// The operation's id.
    pub operation: String,
    /// The set.
    pub set: String,
    /// Both sides.
    pub difference: String,
}

impl Reason {
    /// Whether it is the reason of a difference.
    #[must_use]
    pub fn covers(&self, found: &Difference) -> bool {
        let is_named = |name: &String| {
            name == "*"
                || *name == found.operation
                || name.strip_suffix(".*").is_some_and(|service| found.operation.split('.').next() == Some(service))
        };
        let says = self.difference.as_ref().is_none_or(|words| found.difference.contains(words.as_str()));
        self.part == found.part && says && self.operations.iter().any(is_named) && (self.sets.is_empty() || self.sets.contains(&found.set))
    }
}

/// The differences between what they and we would send for a set. None when they have no such operation.
#[must_use]
pub fn differences(set: &Set, theirs: &Theirs, ours: &Result<Request, String>) -> Option<Vec<Difference>> {
    let difference = |part: &str, difference: String| Difference {
        part: part.to_owned(),
        operation: format!("{}.{}", set.service, set.operation),
        set: set.set.clone(),
        difference,
    };
    Some(match (theirs, ours) {
        (Theirs::Absent(_), _) => return None,
        (Theirs::Refused(_), Err(_)) => Vec::new(),
        (Theirs::Refused(why), Ok(_)) => vec![difference("refused", why.clone())],
        (Theirs::Request(_), Err(why)) => vec![difference("refused by us", why.clone())],
        (Theirs::Request(theirs), Ok(ours)) => parts(theirs, ours).into_iter().map(|(part, words)| difference(&part, words)).collect(),
    })
}

fn parts(theirs: &Request, ours: &Request) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut check = |part: &str, theirs: String, ours: String| {
        if theirs != ours {
            found.push((part.to_owned(), format!("theirs {theirs}, ours {ours}")));
        }
    };
    check("method", theirs.method.clone(), ours.method.clone());
    check("path", theirs.path.clone(), ours.path.clone());
    check("query", format!("{:?}", theirs.query), format!("{:?}", ours.query));
    check("body", theirs.body.to_string(), ours.body.to_string());
    let names: BTreeMap<&String, ()> = theirs.headers.keys().chain(ours.headers.keys()).map(|name| (name, ())).collect();
    for name in names.into_keys() {
        let shown = |side: &Request| side.headers.get(name).map_or("none".to_owned(), |value| format!("{value:?}"));
        check(&format!("header {name}"), shown(theirs), shown(ours));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request() -> Request {
        let headers = BTreeMap::from([("accept".to_owned(), "a".to_owned())]);
        Request { method: "GET".to_owned(), path: "/a".to_owned(), query: Vec::new(), headers, body: json!({ "n": 1 }) }
    }

    #[test]
    fn every_part_counts() {
        assert!(parts(&request(), &request()).is_empty());
        let others = [
            Request { method: "PUT".to_owned(), ..request() },
            Request { path: "/b".to_owned(), ..request() },
            Request { query: vec![("a".to_owned(), String::new())], ..request() },
            Request { headers: BTreeMap::new(), ..request() },
            Request { body: json!({ "n": 1.0 }), ..request() },
        ];
        let found: Vec<String> = others.iter().flat_map(|other| parts(&request(), other)).map(|(part, _)| part).collect();
        assert_eq!(found, ["method", "path", "query", "header accept", "body"]);
    }

    #[test]
    fn a_reason_covers_what_it_names() {
        let found = |operation: &str| Difference {
            part: "path".into(),
            operation: operation.into(),
            set: "all".into(),
            difference: "theirs a, ours b".into(),
        };
        let reason = |operations: &str, difference: Option<&str>| Reason {
            part: "path".into(),
            operations: vec![operations.into()],
            sets: Vec::new(),
            difference: difference.map(str::to_owned),
            reason: String::new(),
        };
        assert!(
            reason("*", None).covers(&found("a.b"))
                && reason("a.*", None).covers(&found("a.b"))
                && reason("a.b", Some("ours b")).covers(&found("a.b"))
        );
        assert!(
            !reason("a.c", None).covers(&found("a.b"))
                && !reason("b.*", None).covers(&found("a.b"))
                && !reason("*", Some("ours c")).covers(&found("a.b"))
        );
    }
}
