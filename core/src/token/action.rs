//! What the machine asks of its driver, and what the driver gives back.

use super::access_token::AccessToken;
use super::round::{Outcome, Round};
use crate::error::Error;
use crate::operation::{Exchange, ExchangeId};
use crate::secret::Secret;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A step of the chain that leads to the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// The identity token of the instance or bare metal server; metadata reads want it.
    Identity,
    /// The IAM token of the source itself.
    Iam,
    /// The IAM token of the profile assumed with the one before.
    Assumed,
}

impl Slot {
    /// The name used in vectors and across languages: `identity`, `iam` or `assumed`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Iam => "iam",
            Self::Assumed => "assumed",
        }
    }
}

/// What to do next.
#[derive(Debug)]
#[must_use]
pub enum Action {
    /// The token. After it, [`super::TokenManager::poll_refresh`] may have work for a volunteer.
    Ready(AccessToken),
    /// Send this in a unit of work of its own and report to [`super::TokenManager::handle`].
    Send(Box<Exchange>),
    /// Get this in a unit of work of its own and report to [`super::TokenManager::provide`].
    NeedInput {
        /// Goes back with the reply.
        id: ExchangeId,
        /// What is needed.
        input: Input,
    },
    /// Wait to be woken, but no longer than this, then poll again.
    Wait {
        /// The longest wait.
        at_most: Duration,
    },
    /// There is no token, and this is why.
    Failed(Error),
}

/// Something that only the program's side can get.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Input {
    /// Read these files in order, as bytes, up to `max_bytes` each; stop after the first that could
    /// be read and is not empty.
    CrTokenFile {
        /// The paths, most preferred first.
        paths: Vec<String>,
        /// A longer file is reported as `TooLarge`.
        max_bytes: usize,
    },
    /// Call the program's token callback.
    External {
        /// How long it may take.
        timeout: Duration,
    },
}

/// The answer to an [`Input`].
#[non_exhaustive]
pub enum InputReply {
    /// One entry for every path that was tried, in order.
    CrTokenFile(Vec<FileRead>),
    /// The token of the callback, or its failure in words without secrets.
    External(Result<ExternalToken, String>),
}

impl fmt::Debug for InputReply {
    /// A callback's words may hold a secret all the same, until the machine has searched them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CrTokenFile(reads) => f.debug_tuple("CrTokenFile").field(reads).finish(),
            Self::External(Ok(token)) => f.debug_tuple("External").field(token).finish(),
            Self::External(Err(words)) => write!(f, "External(failed, {} bytes of text)", words.len()),
        }
    }
}

/// What came of one path.
#[derive(Debug)]
pub struct FileRead {
    /// The path.
    pub path: String,
    /// The file's text, or why there is none.
    pub result: Result<Secret, FileProblem>,
}

/// Why a token file does not serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileProblem {
    /// There is no such file.
    NotFound,
    /// It holds nothing but white space.
    Empty,
    /// This process may not read it, or it is not a regular file.
    Denied,
    /// It is longer than allowed.
    TooLarge,
    /// It is not one line of text.
    NotText,
}

impl FileProblem {
    /// The problem in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not found",
            Self::Empty => "empty",
            Self::Denied => "not readable",
            Self::TooLarge => "too large",
            Self::NotText => "not one line of text",
        }
    }

    /// Reads the spelling used in vectors and across languages, such as `not_found`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "not_found" => Self::NotFound,
            "empty" => Self::Empty,
            "denied" => Self::Denied,
            "too_large" => Self::TooLarge,
            "not_text" => Self::NotText,
            _ => return None,
        })
    }
}

/// What the program's own callback returns.
#[derive(Clone, Debug)]
pub struct ExternalToken {
    /// The IAM access token; a leading `Bearer ` is dropped.
    pub access_token: Secret,
    /// Its remaining life.
    pub expires_in: Duration,
}

/// One caller's place in the queue. Make a new one for every call for a token, and poll with it
/// until the call is answered.
#[derive(Debug, Default)]
pub struct Ticket {
    round: Option<Arc<Outcome>>,
}

impl Ticket {
    /// A caller that has not asked yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The failure of the round this caller joined, however late it asks.
    pub(super) fn failure(&self) -> Option<Error> {
        self.round.as_ref().and_then(|round| round.failure().cloned())
    }

    pub(super) fn joins(&mut self, round: &Round) {
        self.round = Some(Arc::clone(&round.outcome));
    }

    pub(super) fn is_in(&self, round: &Round) -> bool {
        self.round.as_ref().is_some_and(|joined| Arc::ptr_eq(joined, &round.outcome))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_shows_no_text_of_callbacks_and_files() {
        let read = |result| FileRead { path: "/tokens/sa-token".to_owned(), result };
        let files = InputReply::CrTokenFile(vec![read(Err(FileProblem::Empty)), read(Ok(Secret::new("of the file")))]);
        let token = ExternalToken { access_token: Secret::new("of the callback"), expires_in: Duration::from_secs(60) };
        let replies = [files, InputReply::External(Ok(token)), InputReply::External(Err("no luck with key 4711".to_owned()))];
        let shown = format!("{replies:?}\n{replies:#?}");
        for text in ["of the file", "of the callback", "luck", "4711"] {
            assert!(!shown.contains(text), "{shown}");
        }
        for kept in ["/tokens/sa-token", "Empty", "60s", "External(failed, 21 bytes of text)"] {
            assert!(shown.contains(kept), "{kept}: {shown}");
        }
    }
}
