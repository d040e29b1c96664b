//! What to wait for.

use crate::error::{Error, ErrorCode};
use crate::operation::{Content, Entry, Reply};
use serde_json::Value;
use std::time::Duration;

/// A condition for which an operation is called again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Until {
    condition: Condition,
    /// From one answer to the next call. Default 5 s.
    pub every: Duration,
    /// The whole of it, from the first poll: also the calls and what they wait for end by then. Default 10 min.
    pub within: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    Property { path: Vec<String>, wanted: Vec<String>, never: Vec<String> },
    Accepted { pending: Vec<ErrorCode> },
}

/// What an answer means for who waits.
pub(super) enum Verdict {
    Done,
    NotYet,
    Never(String),
}

impl Until {
    const fn new(condition: Condition) -> Self {
        Self { condition, every: Duration::from_secs(5), within: Duration::from_secs(600) }
    }

    /// Until the text at `path` (names of properties) is one of `wanted`. One of `never` ends the wait with an error.
    #[must_use]
    pub const fn property(path: Vec<String>, wanted: Vec<String>, never: Vec<String>) -> Self {
        Self::new(Condition::Property { path, wanted, never })
    }

    /// For `vpc.get_instance`: until the instance runs. One that failed or is being deleted never will (VPC API, `status` of
    /// an instance).
    #[must_use]
    pub fn instance_running() -> Self {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Self::property(texts(&["status"]), texts(&["running"]), texts(&["failed", "deleting"]))
    }

    /// For `metadata.create_iam_token` and `iam_token.get_token`: until the link between a profile and a compute resource is
    /// effective everywhere, which takes a while after it was made. Until then the services answer that the profile is not
    /// linked or not eligible.
    #[must_use]
    pub fn link_effective() -> Self {
        Self::new(Condition::Accepted { pending: vec![ErrorCode::ProfileNotLinked, ErrorCode::ProfileNotEligible] })
    }

    pub(super) fn judge(&self, result: &Result<Reply<Content>, Error>) -> Verdict {
        match (&self.condition, result) {
            (Condition::Accepted { .. }, Ok(_)) => Verdict::Done,
            (Condition::Accepted { pending }, Err(error)) if pending.contains(&error.code()) => Verdict::NotYet,
            // What a call could not get over in its own time, a longer wait may.
            (_, Err(error)) if error.is_transient() => Verdict::NotYet,
            (_, Err(error)) => Verdict::Never(error.message().to_owned()),
            (Condition::Property { path, wanted, never }, Ok(reply)) => {
                let start = reply.value.json().map(|json| json.as_value());
                let found = path.iter().fold(start, |value, name| value?.get(name)).and_then(Value::as_str).unwrap_or_default();
                match () {
                    () if wanted.iter().any(|text| text == found) => Verdict::Done,
                    () if never.iter().any(|text| text == found) => {
                        Verdict::Never(format!("{} is {found}, and will not become {}", path.join("."), wanted.join(" or ")))
                    }
                    () => Verdict::NotYet,
                }
            }
        }
    }

    pub(super) fn too_late(&self, entry: Entry, last: Option<&Error>) -> Error {
        let seconds = self.within.as_secs();
        let error =
            Error::new(ErrorCode::DeadlineExceeded, format!("{}: what was waited for did not come about in {seconds} s", entry.id()));
        last.map_or(error.clone(), |last| error.with_note(format!("the last answer: {}", last.message()))).explained(&[])
    }
}
