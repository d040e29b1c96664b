//! What a script expects, as it stands in its file. All times are whole milliseconds, rounded up.

use crate::failure::Failure;
use crate::request::Request;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What `poll` or `poll_refresh` returns. Exactly one is given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// A token.
    #[serde(default)]
    pub ready: Option<Ready>,
    /// An exchange to send.
    #[serde(default)]
    pub send: Option<Send>,
    /// Input to get.
    #[serde(default)]
    pub need_input: Option<NeedInput>,
    /// A wait.
    #[serde(default)]
    pub wait: Option<Wait>,
    /// A failure.
    #[serde(default)]
    pub failed: Option<Failure>,
    /// No work for a volunteer.
    #[serde(default)]
    pub none: Option<bool>,
}

impl Expected {
    /// The name that is given to what was returned.
    #[must_use]
    pub fn gives(&self) -> Option<&str> {
        let names = [
            self.send.as_ref().and_then(|s| s.name.as_deref()),
            self.need_input.as_ref().and_then(|i| i.name.as_deref()),
            self.ready.as_ref().and_then(|r| r.name.as_deref()),
        ];
        names.into_iter().flatten().next()
    }
}

/// A token.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ready {
    /// Its text.
    pub token: String,
    /// A name for `invalidate`.
    #[serde(default)]
    pub name: Option<String>,
    /// Its generation.
    #[serde(default)]
    pub generation: Option<u64>,
    /// Not to be used from here on, by the monotonic clock.
    #[serde(default)]
    pub usable_until: Option<Instant>,
    /// The same by the unix clock.
    #[serde(default)]
    pub usable_until_unix: Option<Instant>,
    /// The machine is to be asked again from here on, by the monotonic clock.
    #[serde(default)]
    pub refresh_at: Option<Instant>,
    /// The same by the unix clock.
    #[serde(default)]
    pub refresh_at_unix: Option<Instant>,
}

/// Milliseconds, or `"never"`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Instant {
    /// Milliseconds.
    At(u64),
    /// `"never"`.
    Never(String),
}

/// An exchange to send.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Send {
    /// A name for `respond`, `transport` and `abandon`.
    #[serde(default, rename = "as")]
    pub name: Option<String>,
    /// The request itself.
    #[serde(default)]
    pub request: Request,
    /// To connect.
    #[serde(default)]
    pub connect_timeout: Option<u64>,
    /// To the last byte.
    #[serde(default)]
    pub timeout: Option<u64>,
    /// The cap.
    #[serde(default)]
    pub max_response_bytes: Option<usize>,
    /// `link_local`, `private` or `public`.
    #[serde(default)]
    pub network: Option<String>,
}

/// Input to get.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedInput {
    /// A name for `files`, `external` and `abandon`.
    #[serde(default, rename = "as")]
    pub name: Option<String>,
    /// Token files: these paths in this order.
    #[serde(default)]
    pub paths: Option<Vec<String>>,
    /// The cap of a file.
    #[serde(default)]
    pub max_bytes: Option<usize>,
    /// The program's callback.
    #[serde(default)]
    pub external: Option<Callback>,
}

/// The program's callback.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Callback {
    /// How long it may take.
    pub timeout: u64,
}

/// A wait.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// The longest wait.
    pub at_most: u64,
}

/// One event. Exactly one is given.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Event {
    /// A token was fetched because there was none.
    Fetched {
        /// Which step.
        slot: String,
        /// How long the token lives.
        life: u64,
    },
    /// A token was replaced while it was usable.
    Refreshed {
        /// Which step.
        slot: String,
        /// How long the new token lives.
        life: u64,
        /// How old the one before was.
        replaced_age: u64,
    },
    /// A refresh failed.
    RefreshFailed {
        /// Which step.
        slot: String,
        /// The error's code.
        code: String,
        /// How old the token in use is.
        token_age: u64,
    },
    /// An attempt failed, and the machine may still be coming up.
    NotReady {
        /// Which step.
        slot: String,
        /// The error's code.
        code: String,
        /// How long failures are still forgiven.
        remaining: u64,
    },
    /// A round failed.
    Failed {
        /// Which step.
        slot: String,
        /// The error's code.
        code: String,
    },
    /// A token was dropped because a service refused it.
    Invalidated {
        /// Which step.
        slot: String,
        /// Its generation.
        generation: u64,
    },
    /// The clocks of machine and service differ.
    ClockSkew {
        /// This machine's time minus the service's, in seconds.
        seconds: i64,
    },
}

/// Parts of a status.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// The source in one line.
    #[serde(default)]
    pub source: Option<String>,
    /// `http`, `https`, or `none` while `auto` has not settled.
    #[serde(default)]
    pub protocol: Option<String>,
    /// This machine's time minus the service's, in seconds.
    #[serde(default)]
    pub clock_skew_seconds: Option<i64>,
    /// Parts of the steps of the chain, by slot.
    #[serde(default)]
    pub slots: BTreeMap<String, SlotStatus>,
}

/// Parts of the status of a slot.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotStatus {
    /// How many tokens it has had.
    #[serde(default)]
    pub generation: Option<u64>,
    /// Whether it holds a token, usable or not.
    #[serde(default)]
    pub has_token: Option<bool>,
    /// Not to be used from here on, by the monotonic clock.
    #[serde(default)]
    pub usable_until: Option<u64>,
    /// Refreshed from here on, by the monotonic clock.
    #[serde(default)]
    pub refresh_at: Option<u64>,
    /// Whether a round is live.
    #[serde(default)]
    pub fetching: Option<bool>,
    /// Failed refreshes in a row.
    #[serde(default)]
    pub failed_refreshes: Option<u32>,
    /// The code of the last failure, or `none`.
    #[serde(default)]
    pub last_failure: Option<String>,
}
