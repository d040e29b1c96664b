//! What kind of compute this is, where nothing is configured.

use super::surroundings::Surroundings;
use super::{Configuration, names};
use crate::token::SourceOptions;

/// The one kind of source that a program may use where nothing is configured (R21).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Detected {
    /// `container` or `vpc_instance`.
    pub source: &'static str,
    /// What tells, in one line.
    pub reason: String,
}

/// Variables that only a pod or Code Engine has.
const MARKS: [&str; 4] = ["KUBERNETES_SERVICE_HOST", "CE_APP", "CE_JOB", "CE_FUNCTION"];

/// Tells a pod or Code Engine from an instance.
///
/// Inside a pod only the token that the pod was given counts: its node's metadata service may well be
/// reachable, but the node's identity is not the pod's.
#[must_use]
pub fn detect(found: &Surroundings) -> Detected {
    let is_set = |name: &&str| found.variables.get(*name).is_some_and(|value| !value.is_empty());
    let mark = MARKS.iter().find(|name| is_set(name)).map(|name| format!("{name} is set"));
    match mark.or_else(|| found.token_folders.first().map(|folder| format!("{folder} exists"))) {
        Some(mark) => Detected {
            source: "container",
            reason: format!("{mark}: this is a container with an identity of its own, never that of its node"),
        },
        None => Detected { source: "vpc_instance", reason: "nothing says that this is a pod or Code Engine".to_owned() },
    }
}

impl Detected {
    /// The options of that source, with the default trusted profile where there is such a thing.
    pub(super) fn into_configuration(self, prefix: &str) -> Configuration {
        let options = SourceOptions { source: self.source.to_owned(), ..SourceOptions::default() };
        let reason = format!("no setting begins with {prefix}, IBM's command line has none either, and {}", self.reason);
        Configuration { options, reason, settings: Vec::new(), passed_over: Vec::new(), profile_settings: names::of_profile(prefix) }
    }
}
